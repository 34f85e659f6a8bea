/**
 * Clang and LLD themselves, 75 MB of Wasm, with their package's own JavaScript around them: a component of
 * four core modules, of which the adapter works in the memory of the compiler.
 */

import { decodeUtf8 } from "@skerry/base";
import { withEngineHook } from "./engine_hook.ts";
import { freshModule } from "./fresh_package.ts";
import type { RealProgram } from "./real_program.ts";

const source = `
static int values[] = {5, 3, 9, 1};
__attribute__((export_name("largest"))) int largest(int offset) {
  int best = values[0];
  for (unsigned i = 1; i < sizeof values / sizeof *values; i++)
    if (values[i] > best) best = values[i];
  return best + offset;
}
`;

type Clang = typeof import("@yowasp/clang");

/** A copy of the package that compiles its modules under the hook and keeps them. */
let loaded: Promise<Clang> | undefined;

/** Compiles and links a C file, runs it, compiles it to assembly too, and names a mistake. */
export const clang: RealProgram = {
  name: "Clang and LLD compile C",
  output: `53e29d76a0c3d542a54f7507730e8e96f216bb470ed38b828a22ceb8cb5b03d8
fd1cd365422088c3581a94790dce78ae7cb8e5a703ec0b4738073b0f142efa9d
42
exit 1
main.c:1:25: error: use of undeclared identifier 'nothing'
    1 | int main(void) { return nothing; }
      |                         ^~~~~~~
1 error generated.
`,
  async run(instantiate) {
    loaded ??= freshModule("@yowasp/clang/gen/bundle.js");
    const { commands, Exit } = await loaded;
    return await withEngineHook(instantiate, async () => {
      let messages = "";
      const listen = (bytes: Uint8Array | null) => {
        if (bytes !== null) messages += decodeUtf8(bytes);
      };
      const compile = async (text: string, ...flags: string[]) => {
        // The driver's first step takes no listener for the progress of loading, and would print it.
        await commands.clang(undefined, undefined, { fetchProgress: () => {} });
        const args = ["-nostdlib", "-fno-color-diagnostics", ...flags, "main.c", "-o", "out"];
        const files = await commands.clang(args, { "main.c": text }, {
          stdout: listen,
          stderr: listen,
          decodeASCII: false,
        });
        const out = files?.["out"];
        if (!(out instanceof Uint8Array)) throw new Error(`Clang wrote nothing: ${messages}`);
        return new Uint8Array(out);
      };
      const module = await compile(source, "-O2", "-Wl,--no-entry");
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
      const answer = (exports["largest"] as (offset: number) => number)(33);
      const assembly = await compile(source, "-O0", "-S");
      const refused = await compile("int main(void) { return nothing; }").then(
        () => "accepted",
        (error) => error instanceof Exit ? `exit ${error.code}` : Promise.reject(error),
      );
      const digests = await Promise.all([module, assembly].map(sha256));
      return `${digests.join("\n")}\n${answer}\n${refused}\n${messages}`;
    });
  },
};

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

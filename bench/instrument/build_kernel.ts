/**
 * Kernels from C to Wasm, and to a native program beside it.
 *
 * Both compilers get the same source and optimise alike. Neither may contract a multiplication and an
 * addition into one rounding, so that floating point gives the same checksum on both sides.
 */

import { fileURLToPath } from "node:url";
import { encodeUtf8 } from "@skerry/base";
import { build } from "@skerry/languages";
import { cached } from "./cache.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
const header = "kernel.h";

/** What a module depends on besides the kernel: the compiler's release, and how the project calls it. */
const toolchainFiles = ["node_modules/@yowasp/clang/package.json", "packages/languages/clang.ts"];

/** What both compilers are told. */
const commonFlags = ["-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-fno-math-errno"];

/** No start: the module exports `run` and its memory, and imports nothing. */
const wasmFlags = [...commonFlags, "-nostartfiles", "-Wl,--no-entry", "-Wl,--export=run"];

const nativeFlags = ["-O2", ...commonFlags];

/** A kernel as a Wasm module. */
export async function buildKernel(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const [source, shared] = [readKernel(`${name}.c`), readKernel(header)];
  const toolchain = toolchainFiles.map((file) => Deno.readTextFileSync(`${folder}../../${file}`));
  const inputs = [...toolchain, ...wasmFlags, source, shared];
  const path = await cached(`${name}.wasm`, inputs, async (draft) => {
    const sources = new Map([[`${name}.c`, encodeUtf8(source)], [header, encodeUtf8(shared)]]);
    const result = await build("c", sources, { flags: wasmFlags });
    if (!result.ok) throw new Error(`the kernel ${name} does not compile:\n${result.error.raw}`);
    Deno.writeFileSync(draft, result.value.wasm);
  });
  return Deno.readFileSync(path);
}

/** Rounds of a native program. */
export interface NativeRounds {
  readonly ms: readonly number[];
  readonly checksum: number;
}

/** Runs a kernel natively, so many rounds in one process; undefined where there is no C compiler. */
export async function runNative(name: string, rounds: number): Promise<NativeRounds | undefined> {
  const version = nativeCompiler();
  if (version === undefined) return undefined;
  const main = `${folder}native_main.c`;
  const inputs = [
    version,
    ...nativeFlags,
    readKernel(`${name}.c`),
    readKernel(header),
    Deno.readTextFileSync(main),
  ];
  const path = await cached(name, inputs, (draft) => {
    const source = `${folder}kernels/${name}.c`;
    output("cc", [...nativeFlags, "-o", draft, source, main, "-lm"]);
    return Promise.resolve();
  });
  return parseRounds(name, output(path, [String(rounds)]));
}

/** How the native compiler names itself; undefined where there is none. */
export function nativeCompiler(): string | undefined {
  try {
    return output("cc", ["--version"]).split("\n")[0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function parseRounds(name: string, printed: string): NativeRounds {
  const rounds = printed.trim().split("\n").map((line) => line.split(" ").map(Number));
  const checksums = new Set(rounds.map(([, checksum]) => checksum));
  const [checksum] = checksums;
  if (checksum === undefined || checksums.size > 1) {
    throw new Error(`${name}: its native rounds give ${checksums.size} different checksums`);
  }
  return { ms: rounds.map(([ns = Number.NaN]) => ns / 1e6), checksum };
}

function readKernel(file: string): string {
  return Deno.readTextFileSync(`${folder}kernels/${file}`);
}

/** What a command prints. */
function output(command: string, args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args }).outputSync();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command} failed:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

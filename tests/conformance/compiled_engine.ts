/**
 * V8 with what the compiler makes of a module: all passes, ticks that fire at every charge, a barrier for
 * every memory, and an artifact that the verifier has passed.
 */

import { compileModule, openPolicy } from "@skerry/compiler";
import { verify } from "@skerry/verifier";
import { instantiateArtifact } from "../../packages/compiler/testing/instance.ts";
import type { Engine } from "./engine.ts";

/** The compiled engine. */
export const compiledEngine: Engine = {
  async compile(bytes) {
    await artifactOf(bytes);
  },
  async instantiate(bytes, imports) {
    const module = await artifactOf(bytes);
    const { exports, start, reset } = instantiateArtifact(module, imports, { tick: () => 1 });
    start();
    if (reset === undefined) return { exports: guestExports(exports) };
    return {
      exports: guestExports(exports),
      // An instance that has grown reads zeros beyond its size instead of trapping: not what a script expects.
      reset: () => {
        if (reset() !== 0) return "discard";
        start();
        return "clean";
      },
    };
  },
};

async function artifactOf(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const compiled = await compileModule(bytes, {
    passes: { dirty: "always" },
    policy: openPolicy,
  });
  if (!compiled.ok) {
    const message = compiled.error.diagnostics.map((found) => found.message).join("; ");
    throw new WebAssembly.CompileError(message);
  }
  const { artifact } = compiled.value;
  const verified = await verify(artifact, { input: bytes });
  if (!verified.ok) throw new Error(`not verified: ${JSON.stringify(verified.error)}`);
  return new WebAssembly.Module(artifact);
}

/** Without ours, in an object without a prototype, since a guest may export `__proto__`. */
function guestExports(exports: WebAssembly.Exports): WebAssembly.Exports {
  const own: WebAssembly.Exports = Object.create(null);
  for (const name of Object.keys(exports)) {
    if (name.startsWith("skerry:")) continue;
    Object.defineProperty(own, name, { value: exports[name], enumerable: true });
  }
  return own;
}

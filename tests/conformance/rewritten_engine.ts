/**
 * V8 with modules that were taken apart by the decoder and put together by the encoder, and whose start
 * function is called from outside: what every compiled module goes through, before any pass adds to it.
 */

import { decodeModule, encodeModule, type WasmModule } from "@skerry/wasm";
import type { Engine } from "./engine.ts";

/** Decodes, encodes, runs. Nothing can be reset. */
export const rewrittenEngine: Engine = {
  async compile(bytes) {
    await Promise.resolve();
    new WebAssembly.Module(rewrite(bytes).bytes);
  },
  async instantiate(bytes, imports) {
    await Promise.resolve();
    const { bytes: rewritten, start } = rewrite(bytes);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(rewritten), imports);
    if (start === undefined) return { exports, reset: () => "discard" };
    const { [start]: startFunction, ...own } = exports;
    if (typeof startFunction === "function") startFunction();
    return { exports: own, reset: () => "discard" };
  },
};

interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Name of the export that is the start function. */
  readonly start: string | undefined;
}

function rewrite(bytes: Uint8Array<ArrayBuffer>): Rewritten {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) {
    throw new WebAssembly.CompileError(decoded.error.map(({ message }) => message).join("; "));
  }
  const module = decoded.value;
  if (module.start === undefined) return { bytes: encodeModule(module), start: undefined };
  // A module that is not valid shall stay so, whatever its start function is.
  new WebAssembly.Module(bytes);
  const start = freeName(module);
  const exported = { name: start, kind: "function", index: module.start } as const;
  const exports = [...module.exports, exported];
  return { bytes: encodeModule({ ...module, start: undefined, exports }), start };
}

function freeName({ exports }: WasmModule): string {
  const names = new Set(exports.map(({ name }) => name));
  let name = "start";
  while (names.has(name)) name += "'";
  return name;
}

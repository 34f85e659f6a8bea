/** For this package's tests: from text to bytes, and from bytes to an artifact that is expected to be one. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { formatDiagnostic } from "@skerry/base";
import { decodeModule, type WasmModule } from "@skerry/wasm";
import { compileModule } from "../compile.ts";
import type { Compiled, CompileOptions } from "../options.ts";

/** The bytes of a text. */
export async function assembleText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text));
}

/** The artifact of a module that is expected to have one. */
export async function compiledBytes(
  bytes: Uint8Array,
  options?: CompileOptions,
): Promise<Compiled> {
  const result = await compileModule(bytes, options);
  if (result.ok) return result.value;
  throw new Error(
    result.error.diagnostics.map((each) => formatDiagnostic("module", each)).join("\n"),
  );
}

/** The artifact of a text that is expected to have one. */
export async function compiledText(text: string, options?: CompileOptions): Promise<Compiled> {
  return await compiledBytes(await assembleText(text), options);
}

/** The module of bytes that are expected to be one. */
export function decodedModule(bytes: Uint8Array): WasmModule {
  const result = decodeModule(bytes);
  if (result.ok) return result.value;
  throw new Error(result.error.map((each) => formatDiagnostic("module", each)).join("\n"));
}

/** Artifacts for this room's tests, and ways of spoiling them. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { decodeModule, type WasmModule } from "@skerry/wasm";
import { compileModule, openPolicy, type Passes } from "@skerry/compiler";

/** A module and what was made of it. */
export interface Pair {
  readonly input: Uint8Array;
  readonly artifact: Uint8Array;
}

/** Assembles and compiles a text. */
export async function compiled(text: string, passes: Partial<Passes> = {}): Promise<Pair> {
  const input = new Uint8Array(await parse(text));
  const result = await compileModule(input, { policy: openPolicy, passes });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return { input, artifact: result.value.artifact };
}

/** A copy with a digest that fits: only what the change means is then wrong with it. */
export async function sealed(artifact: Uint8Array): Promise<Uint8Array> {
  const copy = artifact.slice();
  const content = copy.slice(0, copy.length - 32);
  copy.set(new Uint8Array(await crypto.subtle.digest("SHA-256", content)), copy.length - 32);
  return copy;
}

/** Replaces bytes by as many others, wherever they occur first, and seals the copy. */
export function replaced(
  artifact: Uint8Array,
  from: readonly number[],
  to: readonly number[],
): Promise<Uint8Array> {
  const at = indexOf(artifact, from);
  if (at < 0 || from.length !== to.length) throw new Error("there are no such bytes");
  const copy = artifact.slice();
  copy.set(to, at);
  return sealed(copy);
}

/** Where bytes occur first. */
export function indexOf(bytes: Uint8Array, part: readonly number[], from = 0): number {
  for (let at = from; at + part.length <= bytes.length; at += 1) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/** The module that bytes are. */
export function moduleOf(bytes: Uint8Array): WasmModule {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

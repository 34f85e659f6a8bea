/**
 * Modules of a few functions of ours, which stand between guests and the host, written byte by byte (WebAssembly core
 * specification §5).
 */

import type { NumberType } from "./host.ts";

/** How V8 names the modules made here in stack traces. The engine is given no names of a guest's. */
export const tinyModuleUrl = "wasm://wasm/skerry-own-";

/** What types begin with, or are. */
export const valueTypes: Readonly<Record<NumberType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
};

/** Compiles a module of these sections. */
export function tinyModule(sections: readonly number[]): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...sections,
    ...[0x00, ...sized([...text("name"), 0x00, ...sized(text("skerry-own"))])],
  ]));
}

/** A section of a vector of entries. */
export function section(id: number, entries: readonly (readonly number[])[]): number[] {
  return [id, ...sized(vector(entries))];
}

/** A function's type. */
export function functionType(
  params: readonly NumberType[],
  results: readonly NumberType[],
): number[] {
  const list = (types: readonly NumberType[]) => vector(types.map((type) => [valueTypes[type]]));
  return [0x60, ...list(params), ...list(results)];
}

/** A name. */
export function text(name: string): number[] {
  return sized([...new TextEncoder().encode(name)]);
}

/** Bytes behind their number. */
export function sized(bytes: readonly number[]): number[] {
  return [...leb128(bytes.length), ...bytes];
}

/** An unsigned LEB128 (§5.2.2). */
export function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128(value >>> 7)];
}

function vector(entries: readonly (readonly number[])[]): number[] {
  return [...leb128(entries.length), ...entries.flat()];
}

/** The types that generated code works with, each by one word. */

import type { ReferenceType, ValueType } from "@skerry/wasm";

/** A type of values. */
export type Kind =
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "v128"
  | "funcref"
  | "externref"
  | "anyref"
  | "struct"
  | "array"
  | "exnref";

/** Types that the host can pass and see. */
export const hostKinds = ["i32", "i64", "f32", "f64", "funcref", "externref"] as const;

/** Type indexes that every generated module begins with. */
export const fixedType = { struct: 0, array: 1, bytes: 2 } as const;

/** The fields of the struct, in order, all mutable. */
export const structFields = ["i32", "i64", "anyref"] as const;

/** The type in a module. */
export function typeOf(kind: Kind): ValueType {
  switch (kind) {
    case "funcref":
    case "externref":
    case "anyref":
    case "struct":
    case "array":
    case "exnref":
      return referenceOf(kind);
    default:
      return kind;
  }
}

/** The type of a table's elements. */
export function referenceOf(
  kind: "funcref" | "externref" | "anyref" | "struct" | "array" | "exnref",
): ReferenceType {
  const heaps = {
    funcref: "func",
    externref: "extern",
    anyref: "any",
    struct: fixedType.struct,
    array: fixedType.array,
    exnref: "exn",
  } as const;
  return { nullable: true, heap: heaps[kind] };
}

/** Number of a struct's field by its type. */
export function fieldOf(kind: "i32" | "i64" | "anyref"): number {
  return structFields.indexOf(kind);
}

/** The types of WebAssembly 3.0 as plain values (2.3 Types). A number in the place of a type is a type index. */

/** The types of numbers. */
export type NumberType = "i32" | "i64" | "f32" | "f64";

/** What an address of a memory or table is. */
export type AddressType = "i32" | "i64";

/** Heap types that no module defines. */
export type AbstractHeapType =
  | "any"
  | "eq"
  | "i31"
  | "struct"
  | "array"
  | "none"
  | "func"
  | "nofunc"
  | "extern"
  | "noextern"
  | "exn"
  | "noexn";

/** What a reference refers to. */
export type HeapType = AbstractHeapType | number;

/** `(ref heap)`, or `(ref null heap)` where it is nullable. */
export interface ReferenceType {
  readonly nullable: boolean;
  readonly heap: HeapType;
}

/** The type of a value on the stack. */
export type ValueType = NumberType | "v128" | ReferenceType;

/** The type of a field. The packed types `i8` and `i16` exist nowhere else. */
export type StorageType = ValueType | "i8" | "i16";

/** A field of a struct, or what an array holds. */
export interface FieldType {
  readonly storage: StorageType;
  readonly mutable: boolean;
}

/** What a function takes and gives. */
export interface FunctionType {
  readonly kind: "function";
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A type with parts. */
export type CompositeType =
  | FunctionType
  | { readonly kind: "struct"; readonly fields: readonly FieldType[] }
  | { readonly kind: "array"; readonly field: FieldType };

/** A defined type with its place among the others. */
export interface SubType {
  readonly final: boolean;
  /** Type indexes; validation allows one at most. */
  readonly supertypes: readonly number[];
  readonly composite: CompositeType;
}

/** Types that may refer to each other. */
export interface RecursionGroup {
  /** Whether the binary spells the group out (`rec`), which a lone type need not do. */
  readonly explicit: boolean;
  readonly types: readonly SubType[];
}

/** Sizes: pages of 64 KiB for a memory, elements for a table. */
export interface Limits {
  readonly min: bigint;
  readonly max: bigint | undefined;
}

/** The type of a memory. */
export interface MemoryType {
  readonly addressType: AddressType;
  readonly limits: Limits;
  readonly shared: boolean;
}

/** The type of a table. */
export interface TableType {
  readonly element: ReferenceType;
  readonly addressType: AddressType;
  readonly limits: Limits;
}

/** The type of a global. */
export interface GlobalType {
  readonly value: ValueType;
  readonly mutable: boolean;
}

/** What is imported. */
export type ExternType =
  | { readonly kind: "function"; readonly type: number }
  | { readonly kind: "table"; readonly type: TableType }
  | { readonly kind: "memory"; readonly type: MemoryType }
  | { readonly kind: "global"; readonly type: GlobalType }
  | { readonly kind: "tag"; readonly type: number };

/** The kinds of things that modules import and export. */
export type ExternKind = ExternType["kind"];

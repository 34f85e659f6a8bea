/** Text for people of a module's types and sections, in the words of the text format. */

import type { Section, WasmModule } from "./module.ts";
import type {
  CompositeType,
  ExternType,
  FieldType,
  FunctionType,
  GlobalType,
  HeapType,
  Limits,
  MemoryType,
  StorageType,
  SubType,
  TableType,
} from "./types.ts";

/** `i32`, `funcref`, `(ref null 3)`, `i8`. */
export function describeValueType(type: StorageType): string {
  if (typeof type === "string") return type;
  const shorthand = type.nullable ? shorthands[type.heap] : undefined;
  return shorthand ?? `(ref ${type.nullable ? "null " : ""}${describeHeapType(type.heap)})`;
}

/** `func`, or a type index. */
export function describeHeapType(heap: HeapType): string {
  return String(heap);
}

/** `(i32, i64) -> f32`; several results in parentheses too. */
export function describeFunctionType(type: FunctionType): string {
  const results = type.results.map(describeValueType);
  const given = results.length === 1 ? results[0] : `(${results.join(", ")})`;
  return `(${type.params.map(describeValueType).join(", ")}) -> ${given}`;
}

/** `struct { mut i32, i8 }`, `array { mut funcref }`, or a function type. */
export function describeCompositeType(type: CompositeType): string {
  switch (type.kind) {
    case "function":
      return describeFunctionType(type);
    case "struct":
      return type.fields.length === 0
        ? "struct {}"
        : `struct { ${type.fields.map(describeField).join(", ")} }`;
    case "array":
      return `array { ${describeField(type.field)} }`;
  }
}

/** A composite type, with what it extends: `sub 0 struct { i32 }`. */
export function describeSubType({ final, supertypes, composite }: SubType): string {
  const text = describeCompositeType(composite);
  if (final && supertypes.length === 0) return text;
  return ["sub", ...(final ? ["final"] : []), ...supertypes, text].join(" ");
}

/** `1..16`, or `1..` where there is no maximum. */
export function describeLimits(limits: Limits): string {
  return `${limits.min}..${limits.max ?? ""}`;
}

/** `i32 1..16 shared`: the addresses' type, pages of 64 KiB. */
export function describeMemoryType(type: MemoryType): string {
  return `${type.addressType} ${describeLimits(type.limits)}${type.shared ? " shared" : ""}`;
}

/** `i32 10..20 funcref`. */
export function describeTableType(type: TableType): string {
  const element = describeValueType(type.element);
  return `${type.addressType} ${describeLimits(type.limits)} ${element}`;
}

/** `i32`, or `mut i32`. */
export function describeGlobalType(type: GlobalType): string {
  return `${type.mutable ? "mut " : ""}${describeValueType(type.value)}`;
}

/** What an import is; functions and tags by their type index. */
export function describeExternType(extern: ExternType): string {
  switch (extern.kind) {
    case "function":
    case "tag":
      return `${extern.kind} type ${extern.type}`;
    case "table":
      return `table ${describeTableType(extern.type)}`;
    case "memory":
      return `memory ${describeMemoryType(extern.type)}`;
    case "global":
      return `global ${describeGlobalType(extern.type)}`;
  }
}

/** A line of the section list: where it starts and what it takes, its id and size included. */
export interface SectionSummary {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** The sections of a decoded module in the order of the file. */
export function listSections(module: WasmModule): SectionSummary[] {
  return module.sections.map(({ id, name, offset, end }: Section) => ({
    name: id === 0 ? `custom "${name}"` : name,
    offset,
    sizeBytes: end - offset,
  }));
}

function describeField(field: FieldType): string {
  return `${field.mutable ? "mut " : ""}${describeValueType(field.storage)}`;
}

const shorthands: Readonly<Record<HeapType, string>> = {
  any: "anyref",
  eq: "eqref",
  i31: "i31ref",
  struct: "structref",
  array: "arrayref",
  none: "nullref",
  func: "funcref",
  nofunc: "nullfuncref",
  extern: "externref",
  noextern: "nullexternref",
  exn: "exnref",
  noexn: "nullexnref",
};

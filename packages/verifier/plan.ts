/** An artifact as the checks see it: the module, what its `skerry` section says, and look-ups made of both. */

import {
  type FunctionType,
  functionType,
  type IndexSpaces,
  indexSpaces,
  type ReferenceType,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import type { Image, Metadata } from "./metadata.ts";

/** Kinds of injected functions, by the number that the section gives them. */
export const functionKinds = [
  "tick",
  "charge_length",
  "mark_range",
  "grow",
  "fill",
  "copy",
  "init",
  "grow_table",
  "fill_table",
  "copy_table",
  "init_table",
  "restore",
  "sweep",
  "initialize",
  "reset",
  "mark_span",
] as const;

/** The kind of an injected function. */
export type FunctionKind = (typeof functionKinds)[number];

/** An artifact, ready to be checked. */
export interface Plan {
  readonly module: WasmModule;
  readonly metadata: Metadata;
  readonly spaces: IndexSpaces;
  /** Counts of parameters and results by type index; 0 for what is no function. */
  readonly paramCounts: Uint16Array;
  readonly resultCounts: Uint16Array;
  /** Fields of structs by type index. */
  readonly fieldCounts: Uint16Array;
  /** Whether a type is a final function type without supertypes, alone in its group. */
  readonly plainTypes: Uint8Array;
  /** Index of the injected function of this kind. */
  readonly injected: (kind: FunctionKind, a?: number, b?: number) => number | undefined;
  /** The types of the hooks `tick` and `grow`. */
  readonly hookTypes: { readonly tick: number | undefined; readonly grow: number | undefined };
  readonly imagesOf: (memory: number) => readonly Image[];
  /** Guest functions with bodies. */
  readonly guestBodies: number;
}

/** Makes the look-ups. */
export function makePlan(module: WasmModule, metadata: Metadata): Plan {
  const spaces = indexSpaces(module);
  const byKey = new Map<string, number>();
  metadata.functions.forEach(({ kind, a, b }, index) => {
    byKey.set(`${functionKinds[kind]} ${a} ${b}`, metadata.guest.functions + index);
  });
  const images = Map.groupBy(metadata.images, (image) => image.memory);
  const plainTypes = plainTypesOf(module);
  const plain = (params: readonly ValueType[]): number | undefined => {
    for (let index = 0; index < plainTypes.length; index += 1) {
      if (plainTypes[index] === 1 && isType(spaces, index, params, ["i32"])) return index;
    }
    return undefined;
  };
  return {
    module,
    metadata,
    spaces,
    hookTypes: { tick: plain(["i32", "i32"]), grow: plain(["i32", "i32", "i64", "i64"]) },
    imagesOf: (memory) => images.get(memory) ?? [],
    paramCounts: countsOf(spaces, (type) => type.kind === "function" ? type.params.length : 0),
    resultCounts: countsOf(spaces, (type) => type.kind === "function" ? type.results.length : 0),
    fieldCounts: countsOf(spaces, (type) => type.kind === "struct" ? type.fields.length : 0),
    plainTypes,
    injected: (kind, a = 0, b = 0) => byKey.get(`${kind} ${a} ${b}`),
    guestBodies: metadata.guest.functions - spaces.importedFunctions,
  };
}

/** Whether a function has a plain type that is spelled like this. */
export function hasPlainType(
  plan: Plan,
  functionIndex: number,
  params: readonly ValueType[],
  results: readonly ValueType[],
): boolean {
  const index = plan.spaces.functions[functionIndex] ?? -1;
  return plan.plainTypes[index] === 1 && isType(plan.spaces, index, params, results);
}

/** The type of a function. */
export function typeOfFunction(plan: Plan, functionIndex: number): FunctionType | undefined {
  return functionType(plan.spaces, functionIndex);
}

/** Whether two types are spelled alike. */
export function sameType(left: ValueType, right: ValueType): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  return sameReference(left, right);
}

function sameReference(left: ReferenceType, right: ReferenceType): boolean {
  return left.nullable === right.nullable && left.heap === right.heap;
}

function plainTypesOf(module: WasmModule): Uint8Array {
  return Uint8Array.from(
    module.types.flatMap(({ types }) =>
      types.map(({ final, supertypes, composite }) => {
        const plain = types.length === 1 && final && supertypes.length === 0;
        return plain && composite.kind === "function" ? 1 : 0;
      })
    ),
  );
}

function isType(
  spaces: IndexSpaces,
  index: number,
  params: readonly ValueType[],
  results: readonly ValueType[],
): boolean {
  const type = spaces.types[index]?.composite;
  return type?.kind === "function" && sameTypes(type.params, params) &&
    sameTypes(type.results, results);
}

function sameTypes(left: readonly ValueType[], right: readonly ValueType[]): boolean {
  return left.length === right.length &&
    left.every((type, index) => {
      const other = right[index];
      return other !== undefined && sameType(type, other);
    });
}

function countsOf(
  spaces: IndexSpaces,
  count: (type: IndexSpaces["types"][number]["composite"]) => number,
): Uint16Array {
  return Uint16Array.from(spaces.types, (type) => count(type.composite));
}

/** Puts an artifact together: the module with what the plan adds to it (docs/artifact.md). */

import { sha256 } from "@skerry/base";
import {
  ByteWriter,
  type Code,
  type CustomSection,
  type DataSegment,
  type ElementSegment,
  encodeModule,
  type Export,
  type FunctionType,
  type Global,
  type GlobalType,
  rangeOf,
  type RecursionGroup,
  sectionId,
  type Table,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import { branchHintSection } from "./branch_hints.ts";
import { artifactSection, artifactVersion, offsetsSection, reservedPrefix } from "./constants.ts";
import type { Entities } from "./entities.ts";
import { functionKind, type Plan } from "./plan.ts";
import type { InjectedFunction } from "./function_text.ts";

/** Types of the module and those that are appended to them. */
export class TypeTable {
  readonly added: RecursionGroup[] = [];
  readonly #byKey = new Map<string, number>();
  #count: number;

  constructor(module: WasmModule) {
    let index = 0;
    for (const { types } of module.types) {
      for (const { final, supertypes, composite } of types) {
        const plain = final && supertypes.length === 0 && types.length === 1;
        if (plain && composite.kind === "function") this.#remember(composite, index);
        index += 1;
      }
    }
    this.#count = index;
  }

  /** The index of a function type, which is appended where the module has none like it. */
  indexOf(type: FunctionType): number {
    const found = this.#byKey.get(keyOf(type));
    if (found !== undefined) return found;
    this.#remember(type, this.#count);
    this.added.push({
      explicit: false,
      types: [{ final: true, supertypes: [], composite: type }],
    });
    return this.#count++;
  }

  #remember(type: FunctionType, index: number): void {
    const key = keyOf(type);
    if (!this.#byKey.has(key)) this.#byKey.set(key, index);
  }
}

function keyOf({ params, results }: FunctionType): string {
  const spell = (types: readonly ValueType[]) =>
    types.map((type) =>
      typeof type === "string" ? type : `${type.nullable ? "null" : "some"}:${type.heap}`
    ).join(",");
  return `${spell(params)}>${spell(results)}`;
}

/** What was written of the code. */
export interface WrittenCode {
  /** The module's bodies and ours after them. */
  readonly code: Code;
  readonly hints: Uint8Array | undefined;
  readonly offsets: Uint8Array;
}

/** The artifact as a module, without its section `skerry`. */
export function assembleArtifact(
  module: WasmModule,
  plan: Plan,
  entities: Entities,
  types: TypeTable,
  injected: readonly InjectedFunction[],
  written: WrittenCode,
): WasmModule {
  const functions = new Uint32Array(module.functions.length + injected.length);
  functions.set(module.functions);
  injected.forEach(({ type }, index) => {
    functions[module.functions.length + index] = types.indexOf(type);
  });
  const data = dataSegments(module, plan);
  return {
    ...module,
    types: [...module.types, ...types.added],
    functions,
    tables: [...module.tables, ...addedTables(module, plan)],
    memories: memories(module, plan),
    globals: [...module.globals, ...addedGlobals(plan)],
    exports: [...module.exports, ...addedExports(module, plan, entities)],
    start: undefined,
    elements: [
      ...module.elements,
      ...plan.droppedElements.map(({ segment }) => emptyLike(module.elements[segment])),
    ],
    data,
    dataCount: module.dataCount !== undefined || data.length > 0 ? data.length : undefined,
    code: written.code,
    customs: customs(module, written),
  };
}

/** Appends the section `skerry`, whose last bytes are a digest of all before them. */
export async function seal(
  artifact: WasmModule,
  section: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(section.length + 32);
  content.set(section);
  const custom: CustomSection = {
    name: artifactSection,
    content: rangeOf(content),
    after: sectionId.data,
  };
  const bytes = encodeModule({ ...artifact, customs: [...artifact.customs, custom] });
  bytes.set(await sha256(bytes.subarray(0, bytes.length - 32)), bytes.length - 32);
  return bytes;
}

function addedTables(module: WasmModule, plan: Plan): Table[] {
  const added: Table[] = [];
  if (plan.hooksTable !== undefined) {
    const limits = { min: 2n, max: 2n };
    added.push({
      type: { element: { nullable: true, heap: "func" }, addressType: "i32", limits },
      init: undefined,
    });
  }
  // A table that is imported makes a reset impossible, so all indexes are those of defined tables.
  plan.tables.forEach(({ snapshot }, index) => {
    const table = module.tables[index];
    if (snapshot === undefined || table === undefined) return;
    const { min } = table.type.limits;
    added.push({ ...table, type: { ...table.type, limits: { min, max: min } } });
  });
  return added;
}

function memories(module: WasmModule, plan: Plan): WasmModule["memories"] {
  if (!plan.reset) return module.memories;
  const own = plan.memories.map(({ type }) => type);
  if (plan.sideMemory === undefined) return own;
  const pages = BigInt(plan.sidePages);
  return [...own, { addressType: "i32", limits: { min: pages, max: pages }, shared: false }];
}

function addedGlobals(plan: Plan): Global[] {
  const added: [index: number, type: "i32" | "i64"][] = [];
  for (const index of [plan.fuelGlobal, plan.idGlobal, plan.discardGlobal]) {
    if (index !== undefined) added.push([index, "i32"]);
  }
  for (const { hiddenGlobal, type } of plan.memories) {
    if (hiddenGlobal !== undefined) added.push([hiddenGlobal, type.addressType]);
  }
  for (const { changedGlobal } of plan.tables) {
    if (changedGlobal !== undefined) added.push([changedGlobal, "i32"]);
  }
  for (const { global } of [...plan.droppedData, ...plan.droppedElements]) {
    added.push([global, "i32"]);
  }
  return added.sort(([left], [right]) => left - right).map(([, value]) => ({
    type: { value, mutable: true } satisfies GlobalType,
    init: rangeOf(Uint8Array.of(value === "i32" ? 0x41 : 0x42, 0x00, 0x0b)),
  }));
}

function addedExports(module: WasmModule, plan: Plan, entities: Entities): Export[] {
  const added: Export[] = [];
  const add = (name: string, kind: Export["kind"], index: number | undefined) => {
    if (index !== undefined) added.push({ name: reservedPrefix + name, kind, index });
  };
  add("side", "memory", plan.sideMemory);
  add("hooks", "table", plan.hooksTable);
  add("fuel", "global", plan.fuelGlobal);
  add("id", "global", plan.idGlobal);
  add("init", "function", entities.findFunction(functionKind.runInit));
  add("reset", "function", entities.findFunction(functionKind.runReset));
  add("start", "function", module.start);
  return added;
}

/** Active segments become what they are after instantiation; their bytes are in the images. */
function dataSegments(module: WasmModule, plan: Plan): DataSegment[] {
  if (!plan.reset) return [...module.data];
  const passive = { kind: "passive" } as const;
  const nothing = rangeOf(new Uint8Array(0));
  return [
    ...module.data.map((segment) =>
      segment.mode.kind === "active" ? { mode: passive, content: nothing } : segment
    ),
    ...plan.images.map(({ content }) => ({ mode: passive, content: rangeOf(content) })),
    ...plan.droppedData.slice(0, 1).map(() => ({ mode: passive, content: nothing })),
  ];
}

function emptyLike(segment: ElementSegment | undefined): ElementSegment {
  const passive = { kind: "passive" } as const;
  if (segment?.items.kind === "expressions") {
    const { type } = segment.items;
    const items = {
      kind: "expressions",
      type,
      bytes: new Uint8Array(0),
      offsets: new Uint32Array(1),
    };
    return { mode: passive, items: { ...items, kind: "expressions" } };
  }
  return { mode: passive, items: { kind: "functions", indexes: new Uint32Array(0) } };
}

function customs(module: WasmModule, { hints, offsets }: WrittenCode): CustomSection[] {
  const kept = module.customs.filter(({ name }) => name !== branchHintSection);
  // Hints stand before the code they are about.
  const hinted = hints === undefined
    ? []
    : [{ name: branchHintSection, content: rangeOf(hints), after: sectionId.dataCount }];
  return [...kept, ...hinted, {
    name: offsetsSection,
    content: rangeOf(offsets),
    after: sectionId.data,
  }];
}

/** Writes what the section `skerry` says, but for the last digest. */
export function describeArtifact(
  module: WasmModule,
  plan: Plan,
  entities: Entities,
  inputDigest: Uint8Array,
): Uint8Array {
  const writer = new ByteWriter();
  const optional = (index: number | undefined) => writer.u32(index === undefined ? 0 : index + 1);
  const { preempt, grow } = plan.passes;
  const barrier = plan.memories.some(({ mode }) => mode === 1);
  writer.u32(artifactVersion);
  writer.u32((preempt ? 1 : 0) | (grow ? 2 : 0) | (plan.reset ? 4 : 0) | (barrier ? 8 : 0));
  const { types, functions, tables, memories, globals } = plan.spaces;
  for (const count of [types, functions, tables, memories, globals]) writer.u32(count.length);
  writer.u32(module.elements.length).u32(module.data.length);
  optional(plan.sideMemory);
  optional(plan.hooksTable);
  optional(plan.fuelGlobal);
  optional(plan.idGlobal);
  optional(plan.discardGlobal);
  for (const { mode, map, hiddenGlobal } of plan.memories) {
    writer.u32(mode).u32(map);
    optional(hiddenGlobal);
  }
  for (const { snapshot, changedGlobal } of plan.tables) {
    optional(snapshot);
    optional(changedGlobal);
  }
  writer.u32(plan.droppedData.length);
  for (const { segment, global } of plan.droppedData) writer.u32(segment).u32(global);
  optional(plan.droppedData[0]?.empty);
  writer.u32(plan.droppedElements.length);
  for (const { segment, global, empty } of plan.droppedElements) {
    writer.u32(segment).u32(global).u32(empty);
  }
  writer.u32(entities.images.length);
  for (const { memory, start, content, segment } of entities.images) {
    writer.u32(memory).u64(start).u32(content.length).u32(segment);
  }
  writer.u32(plan.functions.length);
  for (const { kind, a, b } of plan.functions) writer.u32(kind).u32(a).u32(b);
  optional(module.start);
  writer.u32(plan.notResettable.length);
  for (const reason of plan.notResettable) writer.name(reason);
  const codeSection = module.sections.find(({ id }) => id === sectionId.code);
  writer.u32(module.bytes.length).u32(codeSection?.start ?? 0).raw(inputDigest);
  return writer.toBytes();
}

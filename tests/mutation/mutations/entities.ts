/** What the module's sections say: sizes, types and initial values of what is injected, exports, segments. */

import {
  type DataSegment,
  type Export,
  type Global,
  type Limits,
  rangeOf,
  type WasmModule,
} from "@skerry/wasm";
import type { Random } from "../../differential/random.ts";
import type { ArtifactView } from "../artifact_view.ts";
import { unsigned } from "../leb.ts";
import { kindOf } from "../snippet_patterns.ts";
import type { Mutant, Mutation } from "../mutant.ts";

type Edit = (view: ArtifactView, random: Random) => Partial<WasmModule> | undefined;

/** All of them. */
export const entityMutations: readonly Mutation[] = [
  edit(
    "a memory with a barrier has no maximum",
    ["dirty", "reset", "isolation"],
    (view, random) => guestMemory(view, random, 1, ({ min }) => ({ min, max: undefined })),
  ),
  edit(
    "a memory with a barrier may have 65,536 pages",
    ["dirty", "reset", "isolation"],
    (view, random) => guestMemory(view, random, 1, ({ min }) => ({ min, max: 65536n })),
  ),
  edit(
    "a memory that is restored may have 65,536 pages",
    ["dirty", "reset", "isolation"],
    (view, random) => guestMemory(view, random, 2, ({ min }) => ({ min, max: 65536n })),
  ),
  edit(
    "a memory has a larger maximum than its map",
    ["dirty"],
    (view, random) =>
      guestMemory(view, random, 1, ({ min }) => ({ min, max: 65535n }), (max) => max < 60000n),
  ),
  edit("the side memory is smaller", ["dirty"], (view) => {
    const { side } = view.section;
    const defined = definedIndex(view, "memories", side);
    return defined === undefined ? undefined : {
      memories: replaced(view.module.memories, defined, (type) => ({
        ...type,
        limits: { min: type.limits.min - 1n, max: type.limits.max },
      })),
    };
  }),
  edit("the hooks are three", ["isolation"], (view) => {
    const defined = definedIndex(view, "tables", view.section.hooks);
    return defined === undefined ? undefined : {
      tables: replaced(view.module.tables, defined, (table) => ({
        ...table,
        type: { ...table.type, limits: { min: 3n, max: 3n } },
      })),
    };
  }),
  edit("the hooks may grow", ["isolation"], (view) => {
    const defined = definedIndex(view, "tables", view.section.hooks);
    return defined === undefined ? undefined : {
      tables: replaced(view.module.tables, defined, (table) => ({
        ...table,
        type: { ...table.type, limits: { min: 2n, max: 9n } },
      })),
    };
  }),
  edit("a snapshot is shorter than its table", ["reset"], (view, random) => {
    const snapshots = view.section.tables.flatMap(({ snapshot }) => snapshot ?? []);
    if (snapshots.length === 0) return undefined;
    const defined = definedIndex(view, "tables", random.pick(snapshots));
    return defined === undefined ? undefined : {
      tables: replaced(view.module.tables, defined, (table) => ({
        ...table,
        type: {
          ...table.type,
          limits: { min: table.type.limits.min - 1n, max: table.type.limits.max },
        },
      })),
    };
  }),
  edit("a global of ours begins with another value", ["isolation"], (view, random) => {
    const { globals } = view.section.counts;
    if (view.spaces.globals.length === globals) return undefined;
    const defined = definedIndex(
      view,
      "globals",
      random.between(globals, view.spaces.globals.length - 1),
    );
    return defined === undefined ? undefined : {
      globals: replaced(view.module.globals, defined, (global) => ({
        ...global,
        init: rangeOf(Uint8Array.of(global.type.value === "i64" ? 0x42 : 0x41, 1, 0x0b)),
      })),
    };
  }),
  edit(
    "a mutable global of the guest begins with another value",
    ["isolation"],
    (view, random) =>
      guestGlobal(view, random, ({ type }) => type.mutable && type.value === "i32", ({ type }) => ({
        type,
        init: rangeOf(Uint8Array.of(0x41, 0x3f, 0x0b)),
      })),
  ),
  edit(
    "a constant of the guest's is mutable after all",
    ["isolation"],
    (view, random) =>
      guestGlobal(view, random, ({ type }) => !type.mutable, ({ type, init }) => ({
        type: { ...type, mutable: true },
        init,
      })),
  ),
  edit("a global names an injected function", ["isolation"], (view, random) =>
    guestGlobal(
      view,
      random,
      ({ type }) => typeof type.value === "object" && type.value.heap === "func",
      ({ type }) => ({
        type,
        init: rangeOf(Uint8Array.from([0xd2, ...unsigned(view.spaces.functions.length - 1), 0x0b])),
      }),
    )),
  edit("the artifact has a start section", ["isolation"], (view) => ({
    start: view.injected(kindOf("init")) ??
      view.module.exports.find(({ name }) => name === "skerry:start")?.index,
  })),
  edit(
    "the guest exports a function of ours",
    ["isolation"],
    (view) =>
      exported(view, "function", view.section.counts.functions, view.spaces.functions.length),
  ),
  edit(
    "the guest exports a memory of ours",
    ["isolation"],
    (view) => exported(view, "memory", view.section.counts.memories, view.spaces.memories.length),
  ),
  edit(
    "the guest exports a table of ours",
    ["isolation"],
    (view) => exported(view, "table", view.section.counts.tables, view.spaces.tables.length),
  ),
  edit(
    "the guest exports a global of ours",
    ["isolation"],
    (view) => exported(view, "global", view.section.counts.globals, view.spaces.globals.length),
  ),
  edit("an export of ours is missing", ["format"], ({ module }, random) => {
    const ours = module.exports.filter(({ name }) => name.startsWith("skerry:"));
    if (ours.length === 0) return undefined;
    const gone = random.pick(ours);
    return { exports: module.exports.filter((each) => each !== gone) };
  }),
  edit("an export of ours is something else", ["isolation"], ({ module, spaces }, random) => {
    const ours = module.exports.filter(({ name }) => name.startsWith("skerry:"));
    const counts = {
      function: spaces.functions,
      global: spaces.globals,
      memory: spaces.memories,
      table: spaces.tables,
      tag: spaces.tags,
    };
    if (ours.length === 0) return undefined;
    const changed = random.pick(ours);
    const index = (changed.index + 1) % counts[changed.kind].length;
    return { exports: module.exports.map((each) => each === changed ? { ...each, index } : each) };
  }),
  edit("an export has a name like ours", ["isolation"], ({ module }) => ({
    exports: [...module.exports, { name: "skerry:more", kind: "function", index: 0 }],
  })),
  edit("a data segment is active", ["isolation", "reset"], (view, random) => {
    const { memories, data } = view.module;
    // Without a reset, the guest's own may be: it is written once.
    if (memories.length === 0 || data.length === 0 || !view.resettable) return undefined;
    const index = random.below(view.spaces.memories.length);
    const wide = view.spaces.memories[index]?.addressType === "i64";
    const offset = rangeOf(Uint8Array.of(wide ? 0x42 : 0x41, 0, 0x0b));
    const added: DataSegment = {
      mode: { kind: "active", index, explicit: true, offset },
      content: rangeOf(Uint8Array.of(1, 2, 3)),
    };
    return { data: replaced(data, random.below(data.length), () => added) };
  }),
  edit(
    "an image has one byte less",
    ["reset"],
    ({ module, section }, random) =>
      section.images.length === 0 ? undefined : {
        data: replaced(module.data, random.pick(section.images).segment, ({ mode, content }) => ({
          mode,
          content: { ...content, end: content.end - 1 },
        })),
      },
  ),
  edit(
    "the empty segment is not empty",
    ["isolation"],
    ({ module, section }) =>
      section.emptyData === undefined ? undefined : {
        data: replaced(
          module.data,
          section.emptyData,
          ({ mode }) => ({ mode, content: rangeOf(Uint8Array.of(7)) }),
        ),
      },
  ),
  edit("an element segment holds an injected function", ["isolation"], (view, random) => {
    const { elements } = view.module;
    const functions = elements.flatMap(({ items }, index) =>
      items.kind === "functions" && items.indexes.length > 0 ? [index] : []
    );
    if (functions.length === 0) return undefined;
    return {
      elements: replaced(elements, random.pick(functions), ({ mode, items }) => ({
        mode,
        items: items.kind === "functions"
          ? {
            kind: "functions",
            indexes: items.indexes.map(() => view.spaces.functions.length - 1),
          }
          : items,
      })),
    };
  }),
  edit("an element segment is written to the hooks", ["isolation"], (view, random) => {
    const { hooks } = view.section;
    const { elements } = view.module;
    const guest = view.section.counts.elements;
    if (hooks === undefined || guest === 0) return undefined;
    const offset = rangeOf(Uint8Array.of(0x41, 0, 0x0b));
    return {
      elements: replaced(elements, random.below(guest), ({ items }) => ({
        mode: { kind: "active", index: hooks, explicit: true, offset },
        items,
      })),
    };
  }),
  edit("there is one global more", ["isolation"], ({ module }) => ({
    globals: [...module.globals, {
      type: { value: "i32", mutable: true },
      init: rangeOf(Uint8Array.of(0x41, 0, 0x0b)),
    }],
  })),
  edit("there is one memory more", ["isolation"], ({ module }) => ({
    memories: [...module.memories, {
      addressType: "i32",
      shared: false,
      limits: { min: 1n, max: 1n },
    }],
  })),
  edit("there is one data segment more", ["isolation"], ({ module }) => ({
    data: [...module.data, { mode: { kind: "passive" }, content: rangeOf(new Uint8Array(4)) }],
    dataCount: module.data.length + 1,
  })),
  edit("there is one element segment more", ["isolation"], ({ module }) => ({
    elements: [...module.elements, {
      mode: { kind: "passive" },
      items: { kind: "functions", indexes: Uint32Array.of(0) },
    }],
  })),
];

function edit(name: string, breaks: Mutation["breaks"], change: Edit): Mutation {
  return {
    name,
    breaks,
    apply(view, random): Mutant | undefined {
      const module = change(view, random);
      return module === undefined ? undefined : { place: "its sections", module };
    },
  };
}

function replaced<Item>(
  items: readonly Item[],
  at: number,
  change: (item: Item) => Item,
): Item[] {
  return items.map((item, index) => index === at ? change(item) : item);
}

/** The index among what the module defines. */
function definedIndex(
  { spaces, module }: ArtifactView,
  space: "memories" | "tables" | "globals",
  index: number | undefined,
): number | undefined {
  return index === undefined ? undefined : index - (spaces[space].length - module[space].length);
}

function guestMemory(
  view: ArtifactView,
  random: Random,
  mode: number,
  change: (limits: Limits) => Limits,
  fits: (max: bigint) => boolean = () => true,
): Partial<WasmModule> | undefined {
  const { memories } = view.section;
  const found = memories.flatMap((memory, index) => {
    const { limits, addressType } = view.spaces.memories[index] ?? {};
    return memory.mode === mode && addressType === "i32" && fits(limits?.max ?? 65536n)
      ? [index]
      : [];
  });
  if (found.length === 0) return undefined;
  const defined = definedIndex(view, "memories", random.pick(found)) ?? 0;
  return {
    memories: replaced(
      view.module.memories,
      defined,
      (type) => ({ ...type, limits: change(type.limits) }),
    ),
  };
}

function guestGlobal(
  view: ArtifactView,
  random: Random,
  fits: (global: Global) => boolean,
  change: (global: Global) => Global,
): Partial<WasmModule> | undefined {
  if (!view.resettable) return undefined;
  const imported = view.spaces.globals.length - view.module.globals.length;
  const found = view.module.globals.flatMap((global, index) =>
    index + imported < view.section.counts.globals && fits(global) ? [index] : []
  );
  if (found.length === 0) return undefined;
  return { globals: replaced(view.module.globals, random.pick(found), change) };
}

function exported(
  { module }: ArtifactView,
  kind: Export["kind"],
  guest: number,
  all: number,
): Partial<WasmModule> | undefined {
  return all === guest
    ? undefined
    : { exports: [...module.exports, { name: "of the guest", kind, index: all - 1 }] };
}

/** Code that a guest must not have, put at any point: what is written, and what is named. */

import { splice } from "../body.ts";
import { callOf } from "../call_code.ts";
import { memoryArgument, prefixed, unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { kindOf } from "../snippet_patterns.ts";
import { pickInstruction } from "../places.ts";
import type { ArtifactView } from "../artifact_view.ts";
import type { Random } from "../../differential/random.ts";

type Code = (view: ArtifactView, random: Random) => readonly number[] | undefined;

/** Stores and the like, of guest memories with a barrier: an address that nothing is known of. */
const stores: readonly Mutation[] = [
  store("i32.store", (memory) => [0x41, 1, 0x36, ...memory]),
  store("f64.store", (memory) => [0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x39, ...memory]),
  store("i64.store8", (memory) => [0x42, 1, 0x3c, ...memory]),
  store("v128.store", (memory) => [...vector, ...prefixed(0xfd, 11), ...memory]),
  store("v128.store8_lane", (memory) => [...vector, ...prefixed(0xfd, 88), ...memory, 3]),
  store("i32.atomic.store8", (memory) => [0x41, 1, ...prefixed(0xfe, 0x19), ...memory]),
  store("i64.atomic.rmw8.add_u", (memory) => [0x42, 1, ...prefixed(0xfe, 0x22), ...memory, 0x1a]),
  store(
    "i32.atomic.rmw8.cmpxchg_u",
    (memory) => [0x41, 1, 0x41, 2, ...prefixed(0xfe, 0x4a), ...memory, 0x1a],
  ),
];

const vector = [0x41, 0, ...prefixed(0xfd, 15)];

/** Everything that is put in. */
export const insertionMutations: readonly Mutation[] = [
  ...stores,
  insertion("i32.store whose flags take two bytes", ["dirty"], (view, random) => {
    // Who takes those for flags that name a memory takes the offset for the memory's index.
    const offset = anyMemory(view, random, (index) => view.section.memories[index]?.mode !== 1);
    if (offset === undefined || view.section.memories[0]?.mode !== 1) return undefined;
    const load = view.spaces.memories[0]?.addressType === "i64" ? 0x29 : 0x28;
    return [...zero(view, 0), load, ...memoryArgument(0), 0x41, 7, 0x36, 0x80, 0x00, offset];
  }),
  insertion("memory.fill as it is", ["dirty", "preempt"], (view, random) => {
    const memory = anyMemory(view, random, () => true);
    return memory === undefined || !view.preempt ? undefined : [
      ...zero(view, memory),
      0x41,
      0,
      ...zero(view, memory),
      ...prefixed(0xfc, 11),
      memory,
    ];
  }),
  insertion("memory.copy as it is", ["dirty", "preempt"], (view, random) => {
    const memory = anyMemory(view, random, () => true);
    return memory === undefined || !view.preempt ? undefined : [
      ...zero(view, memory),
      ...zero(view, memory),
      ...zero(view, memory),
      ...prefixed(0xfc, 10),
      memory,
      memory,
    ];
  }),
  insertion("memory.init as it is", ["dirty", "preempt"], (view, random) => {
    const memory = anyMemory(view, random, () => true);
    return memory === undefined || view.section.counts.data === 0 || !view.preempt ? undefined : [
      ...zero(view, memory),
      0x41,
      0,
      0x41,
      0,
      ...prefixed(0xfc, 8),
      0,
      memory,
    ];
  }),
  insertion("memory.grow as it is", ["grow"], (view, random) => {
    const memory = anyMemory(view, random, () => true);
    return memory === undefined ? undefined : [...zero(view, memory), 0x40, memory, 0x1a];
  }),
  insertion("memory.size of a memory with hidden pages", ["reset"], (view, random) => {
    const memory = anyMemory(
      view,
      random,
      (index) => view.section.memories[index]?.hidden !== undefined,
    );
    return memory === undefined ? undefined : [0x3f, memory, 0x1a];
  }),
  side("a load of the side memory", (memory) => [0x41, 0, 0x2d, ...memoryArgument(memory), 0x1a]),
  side(
    "a store to the side memory",
    (memory) => [0x41, 0, 0x41, 0, 0x3a, ...memoryArgument(memory)],
  ),
  side(
    "an atomic load of the side memory",
    (memory) => [0x41, 0, ...prefixed(0xfe, 0x12), ...memoryArgument(memory), 0x1a],
  ),
  side(
    "a vector load of the side memory",
    (memory) => [0x41, 0, ...prefixed(0xfd, 0), ...memoryArgument(memory), 0x1a],
  ),
  side(
    "memory.fill of the side memory",
    (memory) => [0x41, 0, 0x41, 0, 0x41, 0, ...prefixed(0xfc, 11), memory],
  ),
  side(
    "memory.copy into the side memory",
    (memory) => [0x41, 0, 0x41, 0, 0x41, 0, ...prefixed(0xfc, 10), memory, memory],
  ),
  side("memory.size of the side memory", (memory) => [0x3f, memory, 0x1a]),
  side("memory.grow of the side memory", (memory) => [0x41, 0, 0x40, memory, 0x1a]),
  insertion("memory.copy from the side memory", ["isolation"], (view) => {
    const { side: from } = view.section;
    return from === undefined || view.spaces.memories[0]?.addressType !== "i32"
      ? undefined
      : [0x41, 0, 0x41, 0, 0x41, 0, ...prefixed(0xfc, 10), 0, from];
  }),
  insertion("global.get of ours", ["isolation"], (view, random) => {
    const global = ours(random, view.section.counts.globals, view.spaces.globals.length);
    return global === undefined ? undefined : [0x23, ...unsigned(global), 0x1a];
  }),
  insertion("global.set of ours", ["isolation"], (view, random) => {
    const global = ours(random, view.section.counts.globals, view.spaces.globals.length);
    const wide = view.spaces.globals[global ?? 0]?.value === "i64";
    return global === undefined ? undefined : [wide ? 0x42 : 0x41, 1, 0x24, ...unsigned(global)];
  }),
  table("table.get of ours", (index) => [0x41, 0, 0x25, index, 0x1a]),
  table("table.set of ours", (index) => [0x41, 0, 0xd0, 0x70, 0x26, index]),
  table("table.size of ours", (index) => [...prefixed(0xfc, 16), index, 0x1a]),
  table("table.grow of ours", (index) => [0xd0, 0x70, 0x41, 0, ...prefixed(0xfc, 15), index, 0x1a]),
  table(
    "table.fill of ours",
    (index) => [0x41, 0, 0xd0, 0x70, 0x41, 0, ...prefixed(0xfc, 17), index],
  ),
  table(
    "table.copy of ours",
    (index) => [0x41, 0, 0x41, 0, 0x41, 0, ...prefixed(0xfc, 14), index, index],
  ),
  insertion("call_indirect through ours", ["isolation"], (view, random) => {
    const index = ours(random, view.section.counts.tables, view.spaces.tables.length);
    const type = view.spaces.types.findIndex(({ composite }) =>
      composite.kind === "function" && composite.params.length + composite.results.length === 0
    );
    return index === undefined || type < 0 ? undefined : [0x41, 0, 0x11, ...unsigned(type), index];
  }),
  insertion("a call of ours", ["isolation"], (view, random) => {
    const callee = ours(random, view.section.counts.functions, view.spaces.functions.length);
    const called = callee === undefined ? undefined : callOf(view, callee);
    return called === undefined ? undefined : [...called.zeros, ...called.call, ...called.drops];
  }),
  insertion("ref.func of ours", ["isolation"], (view, random) => {
    const callee = view.injected(kindOf(random.pick(["init", "reset"])));
    return callee === undefined ? undefined : [0xd2, ...unsigned(callee), 0x1a];
  }),
  insertion("memory.init of an image", ["isolation", "dirty", "preempt"], (view, random) => {
    const segment = ours(random, view.section.counts.data, view.module.data.length);
    return segment === undefined || view.spaces.memories.length === 0 ? undefined : [
      ...zero(view, 0),
      0x41,
      0,
      0x41,
      0,
      ...prefixed(0xfc, 8),
      ...unsigned(segment),
      0,
    ];
  }),
  insertion("data.drop of an image", ["isolation"], (view, random) => {
    const segment = ours(random, view.section.counts.data, view.module.data.length);
    return segment === undefined ? undefined : [...prefixed(0xfc, 9), ...unsigned(segment)];
  }),
  insertion("elem.drop of ours", ["isolation"], (view, random) => {
    const segment = ours(random, view.section.counts.elements, view.module.elements.length);
    return segment === undefined ? undefined : [...prefixed(0xfc, 13), ...unsigned(segment)];
  }),
  insertion("data.drop as it is", ["reset"], (view, random) => {
    const { data } = view.section.counts;
    const segment = data === 0 || !view.resettable ? undefined : random.below(data);
    const content = view.module.data[segment ?? 0]?.content;
    return segment === undefined || content?.start === content?.end
      ? undefined
      : [...prefixed(0xfc, 9), ...unsigned(segment)];
  }),
  insertion(
    "table.set without a flag",
    ["reset"],
    (view) =>
      view.section.counts.tables === 0 || view.spaces.tables[0]?.element.heap !== "func" ||
        !view.resettable
        ? undefined
        : [...addressZero(view.spaces.tables[0]?.addressType), 0xd0, 0x70, 0x26, 0],
  ),
  insertion(
    "nine thousand instructions",
    ["preempt"],
    (view) => view.preempt ? Array.from({ length: 9000 }, () => 0x01) : undefined,
  ),
  insertion("bytes that are in no run", ["isolation"], () => [0x01], "ours"),
  freeTurn("br", [0x0c, 0]),
  freeTurn("br_if", [0x41, 0, 0x0d, 0]),
  freeTurn("br_table", [0x41, 0, 0x0e, 1, 1, 0]),
  // A try_table that catches all.
  freeTurn("an exception", [0x1f, 0x40, 1, 2, 0, 0x0b]),
];

function freeTurn(by: string, body: readonly number[]): Mutation {
  return insertion(
    `a loop that turns by ${by} without a charge`,
    ["preempt"],
    (view) => view.preempt ? [0x03, 0x40, ...body, 0x0b] : undefined,
  );
}

function insertion(
  what: string,
  breaks: Mutation["breaks"],
  code: Code,
  owner: "guest" | "ours" = "guest",
): Mutation {
  return {
    name: `put in: ${what}`,
    breaks,
    apply(view, random) {
      const bytes = code(view, random);
      const place = bytes === undefined ? undefined : pickInstruction(view, random);
      if (place === undefined || bytes === undefined) return undefined;
      const { index, body, site } = place;
      const mutant = splice(body, site.at, 0, bytes, owner);
      const equivalent = (): string | undefined => site.dead ? "no path comes here" : undefined;
      return bodyMutant(view, index, mutant, site.at, equivalent);
    },
  };
}

function store(name: string, rest: (memory: readonly number[]) => readonly number[]): Mutation {
  return insertion(name, ["dirty"], (view, random) => {
    const memory = anyMemory(view, random, (index) => view.section.memories[index]?.mode === 1);
    if (memory === undefined) return undefined;
    const wide = view.spaces.memories[memory]?.addressType === "i64";
    const load = [wide ? 0x29 : 0x28, ...memoryArgument(memory)];
    // Atomic accesses have one alignment only; all these are of bytes, or not atomic.
    return [...zero(view, memory), ...load, ...rest(memoryArgument(memory))];
  });
}

function side(name: string, code: (memory: number) => readonly number[]): Mutation {
  return insertion(name, ["isolation"], (view) => {
    const { side: memory } = view.section;
    return memory === undefined ? undefined : code(memory);
  });
}

function table(name: string, code: (index: number) => readonly number[]): Mutation {
  return insertion(name, ["isolation"], (view, random) => {
    const index = ours(random, view.section.counts.tables, view.spaces.tables.length);
    return index === undefined ? undefined : code(index);
  });
}

function ours(random: Random, guest: number, all: number): number | undefined {
  return all > guest ? random.between(guest, all - 1) : undefined;
}

function anyMemory(
  view: ArtifactView,
  random: Random,
  holds: (index: number) => boolean,
): number | undefined {
  const { memories } = view.section.counts;
  const fitting = Array.from({ length: memories }, (_, index) => index).filter(holds);
  return fitting.length === 0 ? undefined : random.pick(fitting);
}

function zero(view: ArtifactView, memory: number): number[] {
  return addressZero(view.spaces.memories[memory]?.addressType);
}

function addressZero(type: string | undefined): number[] {
  return [type === "i64" ? 0x42 : 0x41, 0];
}

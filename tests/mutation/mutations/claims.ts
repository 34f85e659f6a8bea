/** What the section `skerry` says that is not so. */

import type { ArtifactSection } from "../../../packages/compiler/testing/artifact_section.ts";
import type { Property } from "@skerry/verifier";
import type { Random } from "../../differential/random.ts";
import { vacuousClaim } from "../claims_kept.ts";
import type { Mutation } from "../mutant.ts";
import { kindOf } from "../snippet_patterns.ts";

const anyProperty: readonly Property[] = [
  "format",
  "isolation",
  "preempt",
  "dirty",
  "grow",
  "reset",
  "offsets",
];
type Change = (section: ArtifactSection, random: Random) => Partial<ArtifactSection> | undefined;

/** All of them. */
export const claimMutations: readonly Mutation[] = [
  ...["preempt", "grow", "reset", "dirty"].map((pass, bit): Mutation => ({
    name: `the claim "${pass}" is turned round`,
    breaks: anyProperty,
    apply: (view) => ({
      place: "passes",
      section: { passes: view.section.passes ^ (1 << bit) },
      equivalent: () => vacuousClaim(view, pass),
    }),
  })),
  ...(["types", "functions", "tables", "memories", "globals", "elements", "data"] as const).flatMap(
    (of) =>
      [1, -1].map((by): Mutation => ({
        name: `the module had one ${by > 0 ? "more" : "less"} of its ${of}`,
        breaks: anyProperty,
        apply: ({ section, spaces }) => {
          const counts = { ...section.counts, [of]: section.counts[of] + by };
          const equivalent = () =>
            of === "types" && counts.types <= spaces.types.length
              ? "only plain function types are on the other side"
              : undefined;
          return counts[of] < 0
            ? undefined
            : { place: `counts of ${of}`, section: { counts }, equivalent };
        },
      })),
  ),
  claim("the version is another", ({ version }) => ({ version: version + 1 })),
  claim(
    "a memory's mode is another",
    ({ memories }, random) =>
      changed(memories, random, (memory) => ({
        ...memory,
        mode: (memory.mode + random.between(1, 2)) % 3,
      }), "memories"),
  ),
  claim(
    "a map lies elsewhere",
    ({ memories }, random) =>
      changed(
        memories,
        random,
        (memory) =>
          memory.mode === 1
            ? { ...memory, map: memory.map + random.pick([1, 16, 4096]) }
            : undefined,
        "memories",
      ),
  ),
  claim("two maps are one", ({ memories }) => {
    const maps = memories.filter(({ mode }) => mode === 1);
    return maps.length < 2
      ? undefined
      : { memories: memories.map((memory) => ({ ...memory, map: maps[0]?.map ?? 0 })) };
  }),
  claim(
    "hidden pages have no global",
    ({ memories }, random) =>
      changed(
        memories,
        random,
        (memory) => memory.hidden === undefined ? undefined : { ...memory, hidden: undefined },
        "memories",
      ),
  ),
  claim(
    "hidden pages have another global",
    ({ memories, fuel }, random) =>
      changed(
        memories,
        random,
        (memory) => memory.hidden === undefined ? undefined : { ...memory, hidden: fuel },
        "memories",
      ),
  ),
  claim(
    "a table has no snapshot",
    ({ tables }, random) =>
      changed(
        tables,
        random,
        (table) => table.snapshot === undefined ? undefined : { ...table, snapshot: undefined },
        "tables",
      ),
  ),
  claim(
    "a table has neither snapshot nor flag",
    ({ tables }, random) =>
      changed(
        tables,
        random,
        (table) =>
          table.snapshot === undefined ? undefined : { snapshot: undefined, changed: undefined },
        "tables",
      ),
  ),
  claim("tables have each other's flags", ({ tables }) => {
    const [first, ...rest] = tables.filter(({ changed }) => changed !== undefined);
    return first === undefined || rest.length === 0 ? undefined : {
      tables: tables.map((table) => ({
        ...table,
        changed: table.changed === undefined ? undefined : first.changed,
      })),
    };
  }),
  claim(
    "fuel and id are one",
    ({ fuel, id }) => fuel === undefined || id === undefined ? undefined : { id: fuel },
  ),
  claim(
    "fuel and id are the other's",
    ({ fuel, id }) => fuel === undefined || id === undefined ? undefined : { id: fuel, fuel: id },
  ),
  claim("there is no fuel", ({ fuel }) => fuel === undefined ? undefined : { fuel: undefined }),
  claim(
    "there is no side memory",
    ({ side }) => side === undefined ? undefined : { side: undefined },
  ),
  claim(
    "a guest's memory is the side memory",
    ({ side }) => side === undefined ? undefined : { side: 0 },
  ),
  claim(
    "there are no hooks",
    ({ hooks }) => hooks === undefined ? undefined : { hooks: undefined },
  ),
  claim(
    "nothing is to be discarded",
    ({ discard }) => discard === undefined ? undefined : { discard: undefined },
  ),
  claim(
    "a segment is not dropped",
    ({ droppedData }) =>
      droppedData.length === 0 ? undefined : { droppedData: droppedData.slice(1) },
  ),
  claim(
    "another segment is dropped",
    ({ droppedData, functions, counts }) => {
      // A segment that nothing is made of may as well be another.
      const used = functions.some(({ kind, a }) =>
        kind === kindOf("init_data") && a === droppedData[0]?.segment
      );
      return !used || counts.data < 2 ? undefined : {
        droppedData: droppedData.map(({ segment, flag }) => ({
          segment: (segment + 1) % counts.data,
          flag,
        })),
      };
    },
  ),
  claim("an image begins elsewhere", ({ images }, random) =>
    changed(images, random, (image) => ({
      ...image,
      start: image.start + 1n,
    }), "images")),
  claim("an image is shorter", ({ images }, random) =>
    changed(images, random, (image) => ({
      ...image,
      length: image.length - 1,
    }), "images")),
  claim(
    "an image is missing",
    ({ images }) => images.length === 0 ? undefined : { images: images.slice(1) },
  ),
  claim(
    "images are in another order",
    ({ images }) => images.length < 2 ? undefined : { images: [...images].reverse() },
  ),
  claim("two injected functions are each other", ({ functions }, random) => {
    const at = random.below(Math.max(1, functions.length - 1));
    const [left, right] = [functions[at], functions[at + 1]];
    if (left === undefined || right === undefined) return undefined;
    return {
      functions: functions.map((each, index) =>
        index === at ? right : index === at + 1 ? left : each
      ),
    };
  }),
  claim(
    "an injected function is of another kind",
    ({ functions }, random) =>
      changed(functions, random, (each) => ({
        ...each,
        kind: (each.kind + random.between(1, 14)) % 15,
      }), "functions"),
  ),
  claim(
    "an injected function is for something else",
    ({ functions }, random) =>
      changed(functions, random, (each) => ({
        ...each,
        a: each.a + 1,
      }), "functions"),
  ),
  claim(
    "an injected function is not listed",
    ({ functions }) => functions.length === 0 ? undefined : { functions: functions.slice(0, -1) },
  ),
  claim(
    "the start function is another",
    ({ start, counts }) =>
      start === undefined ? undefined : { start: (start + 1) % counts.functions },
  ),
  claim(
    "there is no start function",
    ({ start }) => start === undefined ? undefined : { start: undefined },
  ),
  {
    name: "it says why it cannot be reset, and it can",
    breaks: ["reset", "format"],
    apply: ({ section, resettable }) =>
      resettable
        ? {
          place: "reasons",
          section: { notResettable: [...section.notResettable, "because"] },
          equivalent: () => onlyWords,
        }
        : undefined,
  },
  {
    name: "it says no reason why it cannot be reset",
    breaks: ["reset", "format"],
    apply: ({ section, resettable }) =>
      resettable || section.notResettable.length === 0
        ? undefined
        : { place: "reasons", section: { notResettable: [] }, equivalent: () => onlyWords },
  },
  ofInput(
    "the module's length is another",
    ({ moduleBytes }) => ({ moduleBytes: moduleBytes + 1 }),
  ),
  ofInput("the module's code lies elsewhere", ({ codeOffset }) => ({ codeOffset: codeOffset + 1 })),
  ofInput("the module's digest is another", ({ moduleDigest }, random) => {
    const digest = moduleDigest.slice();
    const at = random.below(32);
    digest[at] = (digest[at] ?? 0) ^ 1;
    return { moduleDigest: digest };
  }),
  {
    name: "a bit of the file is another after its digest was made",
    breaks: ["digest", ...anyProperty],
    apply: (_, random) => ({
      place: "the file",
      fileBytes: (bytes) => {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        return bytes;
      },
    }),
  },
  {
    name: "the section has a byte more",
    breaks: ["format"],
    apply: () => ({ place: "skerry", sectionBytes: (bytes) => Uint8Array.from([...bytes, 0]) }),
  },
  {
    name: "the section is cut short",
    breaks: ["format"],
    apply: (_, random) => ({
      place: "skerry",
      sectionBytes: (bytes) => bytes.slice(0, random.below(bytes.length)),
    }),
  },
];

/** The pass "reset" is what says whether it can be reset, and that was not touched. */
const onlyWords = "the reasons are words for people";

function claim(name: string, change: Change): Mutation {
  return {
    name,
    breaks: anyProperty,
    apply({ section }, random) {
      const changed = change(section, random);
      return changed === undefined ? undefined : { place: "the section skerry", section: changed };
    },
  };
}

function ofInput(name: string, change: Change): Mutation {
  return { ...claim(name, change), breaks: ["digest", "offsets"], withInput: true };
}

function changed<Key extends "memories" | "tables" | "images" | "functions">(
  items: ArtifactSection[Key],
  random: Random,
  change: (item: ArtifactSection[Key][number]) => ArtifactSection[Key][number] | undefined,
  key: Key,
): Partial<ArtifactSection> | undefined {
  if (items.length === 0) return undefined;
  const at = random.below(items.length);
  const item = items[at];
  const result = item === undefined ? undefined : change(item);
  return result === undefined
    ? undefined
    : { [key]: items.map((each, index) => index === at ? result : each) };
}

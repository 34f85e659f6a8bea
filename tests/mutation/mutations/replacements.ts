/** Instructions that were replaced, as they were in the module or with something else in their place. */

import type { ArtifactView } from "../artifact_view.ts";
import { splice } from "../body.ts";
import { prefixed, unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { pickPlace, type Place } from "../places.ts";
import { kindOf } from "../snippet_patterns.ts";

interface Injected {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** What stood in the module where one of these is called, by kind. */
const originals: readonly [string, string, Mutation["breaks"], (each: Injected) => number[]][] = [
  ["memory.grow", "grow", ["grow"], ({ a }) => [0x40, a]],
  ["memory.fill", "fill", ["dirty", "preempt"], ({ a }) => [...prefixed(0xfc, 11), a]],
  ["memory.copy", "copy", ["dirty", "preempt"], ({ a, b }) => [...prefixed(0xfc, 10), a, b]],
  [
    "memory.init",
    "init_data",
    ["dirty", "preempt"],
    ({ a, b }) => [...prefixed(0xfc, 8), ...unsigned(a), b],
  ],
  ["table.grow", "grow_table", ["grow", "reset"], ({ a }) => [...prefixed(0xfc, 15), a]],
  ["table.fill", "fill_table", ["reset", "preempt"], ({ a }) => [...prefixed(0xfc, 17), a]],
  ["table.copy", "copy_table", ["reset", "preempt"], ({ a, b }) => [...prefixed(0xfc, 14), a, b]],
  [
    "table.init",
    "init_table",
    ["reset", "preempt"],
    ({ a, b }) => [...prefixed(0xfc, 12), ...unsigned(a), b],
  ],
];

/** All of them. */
export const replacementMutations: readonly Mutation[] = [
  ...originals.map(([name, kind, breaks, original]): Mutation => ({
    name: `${name} is as it was`,
    breaks,
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        ({ kind: site, opcode, index }) =>
          site === "replaced" && opcode === 0x10 && called(view, index)?.kind === kindOf(kind),
      );
      const injected = place === undefined ? undefined : called(view, place.site.index);
      // Without preempt, bulk operations of memories that are restored whole stay as they are.
      if (place === undefined || injected === undefined) return undefined;
      return replace(view, place, original(injected), "guest");
    },
  })),
  {
    name: "a call that replaces is declared the guest's",
    breaks: ["isolation"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        ({ kind, opcode }) => kind === "replaced" && opcode === 0x10,
      );
      if (place === undefined || called(view, place.site.index) === undefined) return undefined;
      return replace(view, place, [0x10, ...unsigned(place.site.index)], "guest");
    },
  },
  snippetGone("memory.size shows hidden pages", "hidden", ["reset"]),
  snippetGone("table.set sets no flag", "flag", ["reset"]),
  {
    name: "table.set sets another flag",
    breaks: ["reset", "isolation"],
    apply(view, random) {
      const place = pickPlace(view, random, ({ kind }) => kind === "flag");
      const flags = view.section.tables.flatMap(({ changed }) => changed ?? []);
      const others = flags.filter((flag) => flag !== place?.site.parts["local"]?.value);
      if (place === undefined || others.length === 0) return undefined;
      return replace(view, place, [0x41, 1, 0x24, ...unsigned(random.pick(others))], "ours");
    },
  },
  {
    name: "a flag is cleared instead",
    breaks: ["reset", "isolation"],
    apply(view, random) {
      const place = pickPlace(view, random, ({ kind }) => kind === "flag");
      const flag = place?.site.parts["local"]?.value;
      if (place === undefined || flag === undefined) return undefined;
      return replace(view, place, [0x41, 0, 0x24, ...unsigned(flag)], "ours");
    },
  },
  {
    name: "a segment is dropped as it was",
    breaks: ["reset"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (_, number, sites) => sites[number + 1]?.kind === "dropped",
      );
      const flag = place?.sites[place.number + 1];
      const { droppedData, droppedElements } = view.section;
      const global = flag?.parts["local"]?.value;
      const data = droppedData.find((dropped) => dropped.flag === global)?.segment;
      const element = droppedElements.find((dropped) => dropped.flag === global)?.segment;
      if (place === undefined || flag === undefined) return undefined;
      const { index, body, site } = place;
      const drop = data === undefined
        ? [...prefixed(0xfc, 13), ...unsigned(element ?? 0)]
        : [...prefixed(0xfc, 9), ...unsigned(data)];
      const mutant = splice(body, site.at, site.length + flag.length, drop, "guest");
      const rule = isEmpty(view, data, element) ? "the segment is empty when code runs" : undefined;
      return bodyMutant(view, index, mutant, site.at, () => rule);
    },
  },
];

/** Whether a segment holds nothing when code runs: by itself, or since it was written at once. */
function isEmpty(
  { module }: ArtifactView,
  data: number | undefined,
  element: number | undefined,
): boolean {
  if (data !== undefined) {
    const content = module.data[data]?.content;
    return content !== undefined && content.start === content.end;
  }
  const segment = module.elements[element ?? -1];
  if (segment?.mode.kind !== "passive") return segment !== undefined;
  const { items } = segment;
  return (items.kind === "functions" ? items.indexes.length : items.offsets.length - 1) === 0;
}

function called(view: ArtifactView, index: number): Injected | undefined {
  return view.section.functions[index - view.section.counts.functions];
}

function replace(
  view: ArtifactView,
  place: Place,
  bytes: readonly number[],
  owner: "guest" | "ours" | "replaced",
) {
  const { index, body, site } = place;
  const mutant = splice(body, site.at, site.length, bytes, owner);
  return bodyMutant(
    view,
    index,
    mutant,
    site.at,
    () => site.dead ? "no path comes here" : undefined,
  );
}

function snippetGone(name: string, kind: string, breaks: Mutation["breaks"]): Mutation {
  return {
    name,
    breaks,
    apply(view, random) {
      const place = pickPlace(view, random, (site) => site.kind === kind);
      return place === undefined ? undefined : replace(view, place, [], "ours");
    },
  };
}

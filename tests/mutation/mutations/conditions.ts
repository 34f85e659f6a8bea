/** Snippets that some paths leave out, and stores that are no longer what they were when they were covered. */

import type { Random } from "../../differential/random.ts";
import type { ArtifactView } from "../artifact_view.ts";
import { splice } from "../body.ts";
import { whyEquivalent } from "../equivalence.ts";
import { memoryArgument, unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { localTypes } from "../other_things.ts";
import { pickPlace, type Place } from "../places.ts";
import type { Site } from "../sites.ts";

/** All of them. */
export const conditionMutations: readonly Mutation[] = [
  conditional("a charge is put behind a condition", ["charge"], ["preempt", "isolation"]),
  conditional("a mark is put behind a condition", ["mark", "mark-page", "span"], [
    "dirty",
    "isolation",
  ]),
  {
    name: "an address changes before a store that was covered",
    breaks: ["dirty"],
    apply(view, random) {
      const place = coveredStore(view, random);
      const get = place?.sites[place.number - 2];
      if (place === undefined || get === undefined) return undefined;
      const { index, body } = place;
      const wide = localTypes(view, index)[get.index] === "i64";
      const local = unsigned(get.index);
      // From memory, so that nothing is known of it.
      const load = [wide ? 0x29 : 0x28, ...memoryArgument(0)];
      const code = [0x20, ...local, ...load, 0x21, ...local];
      return bodyMutant(view, index, splice(body, get.at, 0, code, "guest"), get.at);
    },
  },
  {
    name: "a store that was covered is beyond the slack",
    breaks: ["dirty"],
    apply(view, random) {
      const place = coveredStore(view, random);
      if (place === undefined) return undefined;
      const { index, body, site } = place;
      // The flags take one byte where the memory is not named; then comes the offset.
      const store = [...body.bytes.subarray(site.at, site.at + 2), ...unsigned(1_000_000)];
      const mutant = splice(body, site.at, site.length, store, "guest");
      return bodyMutant(view, index, mutant, site.at);
    },
  },
];

function conditional(
  name: string,
  kinds: readonly Site["kind"][],
  breaks: Mutation["breaks"],
): Mutation {
  return {
    name,
    breaks,
    apply(view, random) {
      const place = pickPlace(view, random, ({ kind }) => kinds.includes(kind));
      if (place === undefined) return undefined;
      const { index, body, site } = place;
      const closed = splice(body, site.at + site.length, 0, [0x0b], "guest");
      const mutant = splice(closed, site.at, 0, [0x41, 0, 0x04, 0x40], "guest");
      return bodyMutant(view, index, mutant, site.at, () => whyEquivalent(view, place, mutant));
    },
  };
}

/** A store of memory 0 that has no mark of its own: its address is in a local, its value one instruction. */
function coveredStore(view: ArtifactView, random: Random): Place | undefined {
  if (view.section.memories[0]?.mode !== 1) return undefined;
  return pickPlace(view, random, (site, number, sites) => {
    const value = sites[number - 1];
    const after = sites[number + 1]?.kind ?? "";
    return site.kind === "guest" && !site.dead && site.opcode >= 0x36 && site.opcode <= 0x3e &&
      site.index < 0x40 && !after.startsWith("mark") && isSimple(value) &&
      sites[number - 2]?.kind === "guest" && sites[number - 2]?.opcode === 0x20;
  });
}

/** local.get, global.get, or a constant. */
function isSimple(site: Site | undefined): boolean {
  return site?.kind === "guest" && [0x20, 0x23, 0x41, 0x42, 0x43, 0x44].includes(site.opcode);
}

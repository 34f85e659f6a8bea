/** Loops that pay where they turn: turns that pay for nothing, and loops inside. */

import { splice } from "../body.ts";
import { unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { pickPlace } from "../places.ts";
import type { Site } from "../sites.ts";
import { bytesAt } from "../snippet_edits.ts";

const loopOpcode = 0x03;

/** All about them. */
export const turnMutations: readonly Mutation[] = [
  {
    name: "the charge of a loop's turn is moved before the instruction before it",
    breaks: ["preempt"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) =>
          isTurnCharge(site, number, sites) && !site.dead &&
          // Not into the block that ends before it.
          sites[number - 1]?.kind === "guest" && sites[number - 1]?.opcode !== 0x0b,
      );
      const before = place?.sites[place.number - 1];
      if (place === undefined || before === undefined) return undefined;
      const { index, body, site } = place;
      const removed = splice(body, site.at, site.length, [], "ours");
      const mutant = splice(removed, before.at, 0, bytesAt(place, site), "ours");
      return bodyMutant(view, index, mutant, site.at);
    },
  },
  {
    name: "a branch out of a loop turns it",
    breaks: ["preempt"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) =>
          site.kind === "guest" && site.opcode === 0x0d && !site.dead &&
          turnLabel(number, sites) !== undefined,
      );
      if (place === undefined) return undefined;
      const { index, body, site, number, sites } = place;
      const branch = [0x0d, ...unsigned(turnLabel(number, sites) ?? 0)];
      return bodyMutant(
        view,
        index,
        splice(body, site.at, site.length, branch, "guest"),
        site.at,
      );
    },
  },
  {
    name: "a loop is put into one that pays where it turns",
    breaks: ["preempt"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) =>
          site.kind === "guest" && !site.dead && turnLabel(number, sites) !== undefined &&
          sites[number - 1]?.kind === "guest",
      );
      if (place === undefined) return undefined;
      const { index, body, site } = place;
      const mutant = splice(body, site.at, 0, [loopOpcode, 0x40, 0x0b], "guest");
      return bodyMutant(view, index, mutant, site.at);
    },
  },
];

function isTurnCharge({ kind }: Site, number: number, sites: readonly Site[]): boolean {
  const next = sites[number + 1];
  return kind === "charge" && next?.opcode === 0x0c && next.index === loopLabel(number, sites);
}

/** The label of the innermost loop at a place, where it pays at its turns: no charge follows its start. */
function turnLabel(number: number, sites: readonly Site[]): number | undefined {
  const start = loopStart(number, sites);
  return start === undefined || sites[start + 1]?.kind === "charge"
    ? undefined
    : loopLabel(number, sites);
}

/** Label 0 is the innermost block; a loop's own site has as many blocks open as there are around it. */
function loopLabel(number: number, sites: readonly Site[]): number | undefined {
  const start = loopStart(number, sites);
  if (start === undefined) return undefined;
  return (sites[number]?.depth ?? 0) - (sites[start]?.depth ?? 0) - 1;
}

/** Where the innermost loop that a place is in starts. */
function loopStart(number: number, sites: readonly Site[]): number | undefined {
  const loops = sites[number]?.loops ?? 0;
  if (loops === 0) return undefined;
  for (let at = number - 1; at >= 0; at -= 1) {
    const site = sites[at];
    if (site?.opcode === loopOpcode && site.kind !== "charge" && site.loops === loops - 1) {
      return at;
    }
  }
  return undefined;
}

/** Chooses places in guest functions by chance. */

import type { Random } from "../differential/random.ts";
import type { ArtifactView } from "./artifact_view.ts";
import type { Body } from "./body.ts";
import type { Site } from "./sites.ts";

/** A site, and the function that it is in. */
export interface Place {
  readonly index: number;
  readonly body: Body;
  readonly site: Site;
  readonly sites: readonly Site[];
  /** The site's number among them. */
  readonly number: number;
}

/** Functions that are looked at for one place: in small artifacts, all of them. */
const functionsMax = 60;

/** One place that fits, of some function that has such. */
export function pickPlace(
  view: ArtifactView,
  random: Random,
  fits: (site: Site, number: number, sites: readonly Site[]) => boolean,
): Place | undefined {
  const { guestBodies } = view;
  if (guestBodies === 0) return undefined;
  const first = random.below(guestBodies);
  for (let step = 0; step < Math.min(guestBodies, functionsMax); step += 1) {
    const index = (first + step) % guestBodies;
    const sites = view.sites(index);
    const numbers = sites.flatMap((site, number) => fits(site, number, sites) ? [number] : []);
    if (numbers.length === 0) continue;
    const number = random.pick(numbers);
    const site = sites[number];
    if (site !== undefined) return { index, body: view.body(index), site, sites, number };
  }
  return undefined;
}

/** A guest instruction before which something can be put. */
export function pickInstruction(view: ArtifactView, random: Random): Place | undefined {
  return pickPlace(view, random, (site, number, sites) =>
    // Between a store and its mark, or a loop and its charge, is no place of the guest's.
    (site.kind === "guest" || site.kind === "replaced") && !isOurs(sites[number - 1]));
}

function isOurs(site: Site | undefined): boolean {
  return site !== undefined && (site.kind === "park" || site.kind === "charge-length");
}

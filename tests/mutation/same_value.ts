/** Whether a mark of another local is of the same value: what a snippet put aside of a local that never changes. */

import type { ArtifactView } from "./artifact_view.ts";
import type { Body } from "./body.ts";
import type { Place } from "./places.ts";
import type { Site } from "./sites.ts";

/** Whether the mark at a place, in the mutant, reads a copy of the local that it read before. */
export function marksCopy(view: ArtifactView, place: Place, mutant: Body): boolean {
  const original = place.site.parts["local"]?.value;
  const copy = markAt(view, mutant, place.site.at)?.parts["local"]?.value;
  if (original === undefined || copy === undefined) return false;
  const before = place.sites.slice(0, place.number);
  const copies = place.sites.filter((site) => putsAside(site, copy));
  const first = before.findIndex((site) => putsAside(site, copy));
  const all = copies.every((site) => isGetOf(place.sites[place.sites.indexOf(site) - 1], original));
  // In the function's own block, so that it was done on every path.
  return first >= 0 && before[first]?.depth === 1 && all &&
    !place.sites.some((site) => isSetOf(site, original));
}

function markAt(view: ArtifactView, mutant: Body, at: number): Site | undefined {
  try {
    return view.sitesOf(mutant).find((site) => site.at === at && site.kind === "mark");
  } catch {
    // What is there now is no snippet.
    return undefined;
  }
}

function putsAside({ kind, parts }: Site, local: number): boolean {
  const named = [parts["local"], parts["second"], parts["third"]];
  return (kind === "charge-length" || kind === "park") &&
    named.some((part) => part?.value === local);
}

function isGetOf(site: Site | undefined, local: number): boolean {
  return site?.kind === "guest" && site.opcode === 0x20 && site.index === local;
}

function isSetOf({ kind, opcode, index }: Site, local: number): boolean {
  return kind === "guest" && (opcode === 0x21 || opcode === 0x22) && index === local;
}

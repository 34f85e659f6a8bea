/**
 * Why a mutant that the verifier lets through breaks nothing: a few rules, each looked up in the artifact's
 * bytes by code of its own. A mutant that none of them explains is a hole.
 */

import type { ArtifactView } from "./artifact_view.ts";
import type { Body } from "./body.ts";
import { allPay } from "./costs.ts";
import type { Place } from "./places.ts";
import { marksCopy } from "./same_value.ts";

/** The rule for a change at a place, if there is one. */
export function whyEquivalent(
  view: ArtifactView,
  place: Place,
  mutant: Body,
): string | undefined {
  const { site, index } = place;
  if (site.dead) return "no path comes here";
  if (site.kind === "mark" && marksCopy(view, place, mutant)) {
    return "the other local holds the same value";
  }
  if (site.kind === "charge" && hasCharges(view, mutant) && allPay(view, index, mutant)) {
    return "what is left pays for every path";
  }
  return undefined;
}

/** Whether the body can be read still, so that its charges are charges. */
function hasCharges(view: ArtifactView, mutant: Body): boolean {
  try {
    view.sitesOf(mutant);
    return true;
  } catch {
    return false;
  }
}

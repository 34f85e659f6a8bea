/** All mutations. */

import type { Mutation } from "./mutant.ts";
import { beginningMutations } from "./mutations/beginnings.ts";
import { chargeMutations } from "./mutations/charges.ts";
import { claimMutations } from "./mutations/claims.ts";
import { conditionMutations } from "./mutations/conditions.ts";
import { entityMutations } from "./mutations/entities.ts";
import { injectedMutations } from "./mutations/injected.ts";
import { insertionMutations } from "./mutations/insertions.ts";
import { markMutations } from "./mutations/marks.ts";
import { offsetMutations } from "./mutations/offset_maps.ts";
import { replacementMutations } from "./mutations/replacements.ts";
import { spanMutations } from "./mutations/spans.ts";
import { turnMutations } from "./mutations/turns.ts";

/** The catalogue. */
export const catalogue: readonly Mutation[] = [
  ...chargeMutations,
  ...turnMutations,
  ...markMutations,
  ...spanMutations,
  ...conditionMutations,
  ...insertionMutations,
  ...beginningMutations,
  ...replacementMutations,
  ...injectedMutations,
  ...entityMutations,
  ...claimMutations,
  ...offsetMutations,
];

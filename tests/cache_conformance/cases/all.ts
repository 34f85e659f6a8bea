/** The whole table. */

import type { Case } from "../case.ts";
import { combiningCases } from "./combining.ts";
import { freshnessCases } from "./freshness.ts";
import { otherCases } from "./others.ts";
import { partialCases } from "./partial.ts";
import { requestCases } from "./requests.ts";
import { staleCases } from "./stale.ts";
import { storingCases } from "./storing.ts";
import { validationCases } from "./validation.ts";
import { varyCases } from "./vary.ts";

/** Every case there is. */
export const allCases: readonly Case[] = [
  ...storingCases,
  ...freshnessCases,
  ...requestCases,
  ...validationCases,
  ...varyCases,
  ...partialCases,
  ...combiningCases,
  ...staleCases,
  ...otherCases,
];

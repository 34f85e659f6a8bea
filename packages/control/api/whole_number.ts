/** A check that many schemas have. */

import * as v from "valibot";

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}

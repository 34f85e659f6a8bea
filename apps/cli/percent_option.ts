/** A share of requests, as the command line tells it. */

import { InvalidArgumentError } from "commander";

/** `5`, `5%` or `0.5`: what is left for the others is never nothing. */
export function percentOption(text: string): number {
  const percent = /^\d{1,2}(\.\d{1,2})?%?$/.test(text) ? Number(text.replace("%", "")) : 0;
  if (percent >= 0.01 && percent <= 99.99) return percent;
  throw new InvalidArgumentError("expected a share of 100 requests, from 0.01 to 99.99");
}

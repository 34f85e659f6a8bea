/** What a database refuses, as an outcome. */

import { isSkerryError, type SkerryError } from "@skerry/base";
import type { Failed } from "./key_values_port.ts";

/** Does something with a database. */
export function attempt<Outcome>(act: () => Outcome): Outcome | Failed {
  try {
    return act();
  } catch (error) {
    if (!isSkerryError(error) || error.code !== "SKERRY_DATABASE_FAILED") throw error;
    return { kind: "failed", why: whyOf(error), message: error.message };
  }
}

/** SQLite's words for SQLITE_BUSY, SQLITE_LOCKED and SQLITE_FULL: codes do not come with every error. */
function whyOf({ message }: SkerryError): Failed["why"] {
  if (/database (?:table |schema )?is locked/.test(message)) return "busy";
  return /disk is full/.test(message) ? "full" : "broken";
}

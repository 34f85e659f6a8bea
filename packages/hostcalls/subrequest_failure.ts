/** What a guest is told of a backend that has not answered: errors that connections have. */

import type { ErrnoName } from "@skerry/base";
import type { SubrequestFailure } from "./subrequests_port.ts";

/** The error that reading then gives. docs/hostcalls.md tells the same (a test compares them). */
export const subrequestErrors: Readonly<Record<SubrequestFailure, ErrnoName>> = {
  forbidden: "EACCES",
  unresolved: "EHOSTUNREACH",
  unreachable: "ECONNREFUSED",
  timeout: "ETIMEDOUT",
  reset: "ECONNRESET",
  malformed: "EPROTO",
  unavailable: "EBUSY",
};

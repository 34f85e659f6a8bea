/** The exit code for what a verb throws, in whichever thread it does. */

import { isSkerryError } from "@skerry/base";
import { exitCode } from "./exit_code.ts";
import { StdoutClosed } from "./output.ts";

/** An operating error is one of ours to tell; whatever else is thrown is a fault of the host. */
export function failureCode(error: unknown): number {
  if (error instanceof StdoutClosed) return exitCode.failed;
  if (!isSkerryError(error)) return exitCode.hostFault;
  return error.code === "SKERRY_USAGE" ? exitCode.usage : exitCode.failed;
}

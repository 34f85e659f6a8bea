import assert from "node:assert/strict";
import { SkerryError } from "@skerry/base";
import { exitCode } from "./exit_code.ts";
import { failureCode } from "./failure_code.ts";
import { StdoutClosed } from "./output.ts";

Deno.test("operating errors, wrong usage and faults of the host have exit codes of their own", () => {
  assert.equal(failureCode(new SkerryError("SKERRY_FILE_UNREADABLE", "gone")), exitCode.failed);
  assert.equal(failureCode(new SkerryError("SKERRY_USAGE", "no")), exitCode.usage);
  assert.equal(failureCode(new StdoutClosed()), exitCode.failed);
  assert.equal(failureCode(new TypeError("a mistake of ours")), exitCode.hostFault);
  assert.equal(failureCode(undefined), exitCode.hostFault);
});

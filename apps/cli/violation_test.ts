import assert from "node:assert/strict";
import type { Violation } from "@skerry/verifier";
import { formatViolation } from "./violation.ts";

Deno.test("a violation says as much of its place as is known", () => {
  const check = (violation: Violation, expected: string) =>
    assert.equal(formatViolation("a.wasm", violation), expected);
  const message = "no check";
  check({ property: "digest", message }, "a.wasm: digest: no check");
  check({ property: "format", message, offset: 31 }, "a.wasm: at offset 0x1f: format: no check");
  check(
    { property: "preempt", message, functionIndex: 12, functionName: "a\nb", offset: 31 },
    "a.wasm: at offset 0x1f: function 12 (a\\u{a}b): preempt: no check",
  );
  check({ property: "dirty", message, functionIndex: 3 }, "a.wasm: function 3: dirty: no check");
});

/** QuickJS in a sandbox runs a program of a thousand lines, and comes to what this process's own engine comes to. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { quickJsCommand } from "./engines.ts";
import { load, run } from "./run_in_sandbox.ts";

Deno.test("QuickJS runs a script of a thousand lines, and agrees with V8 on all of it", async () => {
  const path = fileURLToPath(new URL("thousand_lines.js", import.meta.url));
  const script = await Deno.readTextFile(path);
  assert.ok(script.split("\n").length > 1000);
  const expected: unknown = await runInThisContext(script);
  assert.match(String(expected), /^program factorial: [^]*\nfinally: true\n$/);
  const ended = await run(await load(await quickJsCommand(script)));
  assert.equal(ended.stdout + ended.stderr, expected);
  assert.deepEqual(ended.outcome, { kind: "returned", values: [] });
});

Deno.test("QuickJS tells of an exception, and of a promise that is rejected", async () => {
  for (const script of ["throw new RangeError('no')", "Promise.reject(new RangeError('no'))"]) {
    const ended = await run(await load(await quickJsCommand(script)));
    assert.equal(ended.stderr, "RangeError: no");
    assert.ok(ended.outcome.kind === "trapped" && ended.outcome.trap === "unreachable");
  }
});

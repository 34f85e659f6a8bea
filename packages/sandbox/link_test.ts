import assert from "node:assert/strict";
import { emptyModule } from "@skerry/wasm";
import { linkProblems } from "./link.ts";

Deno.test("a gap is told in one short line whatever the import is called", () => {
  const type = { kind: "function", type: 0 } as const;
  const composite = { kind: "function", params: [], results: [] } as const;
  const module = {
    ...emptyModule,
    types: [{ explicit: false, types: [{ final: true, supertypes: [], composite }] }],
    imports: [{ module: "env\n\x1b]0;", name: `\u202e${"x".repeat(10_000)}`, type }],
  };
  const [problem] = linkProblems(module, []);
  assert.match(problem?.message ?? "", /^import env\\u\{a\}[ -~]+…: there is no such function$/);
  assert.ok((problem?.message.length ?? 0) < 600);
});

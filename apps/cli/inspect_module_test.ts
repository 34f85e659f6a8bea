import assert from "node:assert/strict";
import { emptyModule, encodeModule, type ValueType } from "@skerry/wasm";
import { inspectModule } from "./inspect_module.ts";

Deno.test("a long type that many imports and exports name does not make a long report", () => {
  const params = Array.from({ length: 1000 }, (): ValueType => "i32");
  const composite = { kind: "function", params, results: [] } as const;
  const names = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const bytes = encodeModule({
    ...emptyModule,
    types: [{ explicit: false, types: [{ final: true, supertypes: [], composite }] }],
    imports: [{ module: "a", name: "b", type: { kind: "function", type: 0 } }],
    exports: names.map((name) => ({ name, kind: "function", index: 0 })),
  });
  const report = inspectModule("a.wasm", bytes);
  assert.equal(report.exports.length, names.length);
  for (const { type } of [...report.imports, ...report.exports]) assert.ok(type.length <= 201);
});

import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import { framingFault } from "./request_framing.ts";

Deno.test("a request is taken only where its end is beyond doubt", () => {
  const length = (value: string): Field => ["Content-Length", value];
  const coding = (value: string): Field => ["transfer-ENCODING", value];
  const table: readonly [version: string, fields: Field[], status: number | undefined][] = [
    ["1.1", [], undefined],
    ["1.0", [], undefined],
    ["0.9", [], 505],
    ["2.0", [], 505],
    ["1.2", [], 505],
    ["1.1", [length("0")], undefined],
    ["1.1", [length(" 12 ")], undefined],
    ["1.0", [length("12")], undefined],
    ["1.1", [coding("chunked")], undefined],
    ["1.1", [coding("Chunked ")], undefined],
    ["1.0", [coding("chunked")], 400],
    ["1.1", [coding("chunked"), length("3")], 400],
    ["1.1", [length("3"), coding("identity")], 400],
    ["1.1", [coding("gzip, chunked")], 501],
    ["1.1", [coding("chunked, chunked")], 501],
    ["1.1", [coding("identity"), coding("chunked")], 501],
    ["1.1", [coding(",chunked")], 501],
    ["1.1", [coding("")], 501],
    ["1.1", [coding("\u000bchunked")], 501],
    ["1.1", [length("3"), length("3")], 400],
    ["1.1", [length("3"), length("4")], 400],
    ["1.1", [length("3, 3")], 400],
    ["1.1", [length("+3")], 400],
    ["1.1", [length("-3")], 400],
    ["1.1", [length("0x3")], 400],
    ["1.1", [length("")], 400],
    ["1.1", [length("1".repeat(16))], 400],
  ];
  for (const [version, fields, status] of table) {
    assert.equal(framingFault(version, fields), status, JSON.stringify([version, fields]));
  }
});

import assert from "node:assert/strict";
import { bodyLength } from "./body_length.ts";

Deno.test("a request is taken only where its end is beyond doubt", () => {
  const table: readonly (readonly [
    version: "1.0" | "1.1",
    lengths: string[],
    codings: string[],
    expected: number | "chunked" | { status: number },
  ])[] = [
    ["1.1", [], [], 0],
    ["1.0", [], [], 0],
    ["1.1", ["0"], [], 0],
    ["1.0", ["12"], [], 12],
    ["1.1", ["999999999999999"], [], 999_999_999_999_999],
    ["1.1", [], ["chunked"], "chunked"],
    ["1.1", [], ["Chunked"], "chunked"],
    ["1.0", [], ["chunked"], { status: 400 }],
    ["1.1", ["3"], ["chunked"], { status: 400 }],
    ["1.1", ["3"], ["identity"], { status: 400 }],
    ["1.1", [], ["gzip, chunked"], { status: 501 }],
    ["1.1", [], ["identity", "chunked"], { status: 501 }],
    ["1.1", [], [",chunked"], { status: 501 }],
    ["1.1", [], ["gzip"], { status: 501 }],
    ["1.1", [], [""], { status: 501 }],
    ["1.1", [], ["\u000bchunked"], { status: 501 }],
    ["1.1", [], ["chunked;x=y"], { status: 501 }],
    ["1.1", [], ["chunked, chunked"], { status: 400 }],
    ["1.1", [], ["chunked", "identity"], { status: 400 }],
    ["1.1", [], ["chunked,"], { status: 400 }],
    ["1.1", ["3", "3"], [], { status: 400 }],
    ["1.1", ["3", "4"], [], { status: 400 }],
    ["1.1", ["3, 3"], [], { status: 400 }],
    ["1.1", ["+3"], [], { status: 400 }],
    ["1.1", ["-3"], [], { status: 400 }],
    ["1.1", ["0x3"], [], { status: 400 }],
    ["1.1", ["3.0"], [], { status: 400 }],
    ["1.1", [""], [], { status: 400 }],
    ["1.1", ["1".repeat(16)], [], { status: 400 }],
  ];
  for (const [version, lengths, codings, expected] of table) {
    const found = bodyLength(version, lengths, codings);
    const what = JSON.stringify([version, lengths, codings]);
    if (typeof expected !== "object") assert.equal(found, expected, what);
    else assert.equal(typeof found === "object" && found.status, expected.status, what);
  }
});

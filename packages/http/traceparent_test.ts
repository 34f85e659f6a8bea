import assert from "node:assert/strict";
import { assert as assertProperty, boolean, property, stringMatching } from "fast-check";
import { traceParentField, traceParentOf } from "./traceparent.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

function parse(...values: string[]) {
  return traceParentOf(values.map((value) => ["TraceParent", value]));
}

Deno.test("a traceparent is read as it was written", () => {
  const id = (digits: number) =>
    stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => /[^0]/.test(text));
  assertProperty(property(id(32), id(16), boolean(), (traceId, spanId, isSampled) => {
    const parent = { traceId, spanId, isSampled };
    assert.deepEqual(traceParentOf([traceParentField(parent)]), parent);
  }));
});

Deno.test("flags that are not known are let be, and so is what later versions add", () => {
  assert.equal(parse(`00-${trace}-${span}-ff`)?.isSampled, true);
  assert.equal(parse(`00-${trace}-${span}-fe`)?.isSampled, false);
  assert.equal(parse(`cc-${trace}-${span}-01-what-is-to-come`)?.traceId, trace);
  assert.equal(parse(`cc-${trace}-${span}-01`)?.spanId, span);
});

Deno.test("what is not well-formed is none", () => {
  const malformed = [
    "",
    "00",
    `00-${trace}-${span}`,
    `00-${trace}-${span}-1`,
    `00-${trace}-${span}-01-`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-01 `,
    `cc-${trace}-${span}-01more`,
    `ff-${trace}-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.slice(1)}-${span}-01`,
    `0x-${trace}-${span}-01`,
    `00-${trace}-${span}-01\n`,
    `00_${trace}_${span}_01`,
  ];
  for (const value of malformed) assert.equal(parse(value), undefined, value);
  assert.equal(parse(), undefined);
  const twice = `00-${trace}-${span}-01`;
  assert.equal(parse(twice, twice), undefined);
});

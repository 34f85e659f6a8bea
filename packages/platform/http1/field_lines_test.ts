import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import * as fc from "fast-check";
import { decodeUtf8 } from "@skerry/base";
import { writeFields } from "./field_lines.ts";
import { HeadBytes } from "./head_bytes.ts";

const frozen = (name: string, value: string): Field => Object.freeze<Field>([name, value]);

/** What is written of fields, and what they say. */
function written(fields: readonly Field[]) {
  const bytes = new HeadBytes();
  const said = writeFields(fields, bytes);
  return { ...said, text: decodeUtf8(bytes.all()) };
}

/** The same fields as other objects: nothing is known of them. */
const anew = (fields: readonly Field[]) => fields.map(([name, value]): Field => [name, value]);

Deno.test("fields are written as if they had never been written before", () => {
  const pool: readonly Field[] = [
    ...[frozen("a", "1"), frozen("Date", "now"), frozen("Content-Length", "3"), frozen("b", "2")],
    ...[["c", "3"], ["content-length", "4"], ["date", "then"]] as const,
  ];
  const fields = fc.array(fc.constantFrom(...pool), { maxLength: 6 });
  const made = (fields: readonly Field[]) => {
    try {
      return written(fields);
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(fc.property(fc.array(fields, { maxLength: 20 }), (all) => {
    for (const fields of all) assert.deepEqual(made(fields), made(anew(fields)));
  }));
});

Deno.test("a field that may still change is read each time", () => {
  const first = frozen("a", "1");
  const changing: [string, string] = ["b", "2"];
  assert.equal(written([first, changing]).text, "a: 1\r\nb: 2\r\n");
  changing[1] = "3";
  assert.equal(written([first, changing]).text, "a: 1\r\nb: 3\r\n");
});

Deno.test("what cannot be sent cannot be sent the second time either", () => {
  const fields = [frozen("a", "1"), frozen("x", "a\r\nb: c")];
  for (let times = 0; times < 3; times += 1) {
    assert.throws(() => written(fields), /field that can be sent/);
  }
});

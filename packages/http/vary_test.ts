import assert from "node:assert/strict";
import type { Field } from "./message.ts";
import { variantOf, varyNames } from "./vary.ts";

function agree(name: string, left: string[] | undefined, right: string[] | undefined): boolean {
  const fields = (values?: string[]) => (values ?? []).map((value): Field => [name, value]);
  return variantOf(fields(left), [name]) === variantOf(fields(right), [name]);
}

Deno.test("Vary names fields in any case and order, each once (RFC 9110 §12.5.5)", () => {
  assert.deepEqual(varyNames(["Accept-Encoding, accept-language", "ACCEPT-ENCODING"]), [
    "accept-encoding",
    "accept-language",
  ]);
  assert.deepEqual(varyNames([]), []);
  assert.deepEqual(varyNames([", ,"]), []);
});

Deno.test("a star anywhere, and what is no name, may be anything", () => {
  for (const values of [["*"], ["accept", "*"], ["a, *"], ["a b"], ['"a"']]) {
    assert.equal(varyNames(values), "*", String(values));
  }
});

Deno.test("more names than anybody needs may be anything too", () => {
  const names = (
    count: number,
  ) => [Array.from({ length: count }, (_, index) => `x-${index}`).join()];
  assert.notEqual(varyNames(names(64)), "*");
  assert.equal(varyNames(names(65)), "*");
});

Deno.test("requests agree that say the same, and absent is not empty (RFC 9111 §4.1)", () => {
  assert.ok(agree("x-a", ["1"], ["1"]));
  assert.ok(agree("x-a", undefined, undefined));
  assert.ok(agree("x-a", ["1", "2"], ["1, 2"]));
  assert.ok(agree("x-a", [" 1 "], ["1"]));
  assert.ok(agree("x-a", ["1,2 ,3"], ["1", " 2,  3"]));
  assert.ok(!agree("x-a", ["1,,2"], ["1,2"]));
  assert.ok(!agree("x-a", ['"1,2"'], ['"1, 2"']));
  assert.ok(!agree("user-agent", ["a (b,c)"], ["a (b, c)"]));
  assert.ok(!agree("x-a", ["1"], ["2"]));
  assert.ok(!agree("x-a", ["1"], undefined));
  assert.ok(!agree("x-a", [""], undefined));
  assert.ok(!agree("x-a", ["A"], ["a"]), "what an unknown field means by case, nobody knows");
});

Deno.test("what a field's definition calls the same is the same", () => {
  assert.ok(agree("accept-encoding", ["gzip, br"], ["BR,gzip"]));
  assert.ok(agree("accept-encoding", ["gzip;q=1.0"], ["gzip"]));
  assert.ok(agree("accept-language", ["en ; q=0.5, de"], ["de", "en;q=0.5"]));
  assert.ok(agree("accept", ["text/html , */*"], ["text/html,*/*"]));
  assert.ok(!agree("accept-language", ["en;q=0.5, de"], ["en, de;q=0.5"]));
  assert.ok(!agree("accept-encoding", ["gzip;q=0"], ["gzip"]));
});

Deno.test("one field's value cannot be taken for another's", () => {
  const names = ["a", "b"];
  const left = variantOf([["a", "1\n+2"]], names);
  assert.notEqual(left, variantOf([["a", "1"], ["b", "2"]], names));
  assert.notEqual(variantOf([["a", "-"]], names), variantOf([["b", "-"]], names));
});

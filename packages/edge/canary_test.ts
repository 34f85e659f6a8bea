import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import { CanaryShare } from "./canary.ts";

function canariesIn(share: CanaryShare, requests: readonly (readonly Field[])[]): number {
  return requests.filter((fields) => share.choose(fields).isCanary).length;
}

const thousand = Array.from({ length: 1000 }, (): Field[] => []);

Deno.test("a canary gets exactly its share of any hundred requests", () => {
  for (const percent of [0, 1, 33, 50, 99, 100]) {
    assert.equal(canariesIn(new CanaryShare(percent, undefined, 17), thousand), percent * 10);
  }
});

Deno.test("a client that brings its cookie back stays where it was, and only moves to the canary as that grows", () => {
  const sticky = { cookie: "side" };
  for (let client = 0; client < 100; client++) {
    const [[name, set] = ["", ""]] = new CanaryShare(20, sticky, client).choose([]).fields;
    assert.equal(name, "set-cookie");
    const [cookie = ""] = set.split(";");
    const fields: Field[] = [["Cookie", `a=1; ${cookie}; b=2`]];
    const sides = [0, 20, 40, 100].map((percent) => {
      const choice = new CanaryShare(percent, sticky, 3).choose(fields);
      assert.deepEqual(choice.fields, []);
      return choice.isCanary;
    });
    assert.deepEqual(sides, [...sides].sort());
  }
});

Deno.test("a client that makes up a cookie gets one of ours", () => {
  for (const value of ["x=99", "side=", "side=100", "side=-1", "side=1e1", "side"]) {
    const { fields } = new CanaryShare(10, { cookie: "side" }).choose([["cookie", value]]);
    assert.equal(fields.length, 1, value);
  }
});

Deno.test("clients that are told apart by a field are shared out about evenly, each always to the same side", () => {
  const requests = thousand.map((_, index): Field[] => [["X-User", `user-${index}`]]);
  const share = new CanaryShare(30, { field: "x-user" });
  const count = canariesIn(share, requests);
  assert.ok(count > 240 && count < 360, `${count}`);
  assert.equal(canariesIn(new CanaryShare(30, { field: "x-user" }, 50), requests), count);
  assert.equal(canariesIn(share, thousand), 300);
});

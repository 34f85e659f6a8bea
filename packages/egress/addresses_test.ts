import assert from "node:assert/strict";
import type { Clock } from "@skerry/base";
import { addressPolicy, globalAddressesOnly } from "./address_policy.ts";
import { Addresses } from "./addresses.ts";
import { parseOrigin } from "./origin.ts";

const { signal } = new AbortController();

/** The addresses of an origin whose name leads to these, one answer after another; the last stays. */
function make(text: string, answers: readonly (readonly string[])[], policy = globalAddressesOnly) {
  let [asked, nowMs] = [0, 0];
  const clock: Clock = {
    wallNs: () => 0n,
    monotonicNs: () => BigInt(nowMs * 1e6),
    resolutionNs: 1n,
    sleep: () => Promise.resolve(),
  };
  const origin = parseOrigin(text, policy);
  assert.ok(origin.ok);
  const network = {
    async resolve() {
      await undefined;
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer === undefined) throw new Error("no such name");
      return answer;
    },
  };
  const limits = { resolutionMsMax: 100, addressesMax: 2 };
  return {
    addresses: new Addresses(network, clock, origin.value, policy, limits),
    asked: () => asked,
    pass: (ms: number) => nowMs += ms,
  };
}

/** What a connection would be told. */
async function told(addresses: Addresses): Promise<string> {
  const found = await addresses.next(signal);
  return found.ok ? found.value.join(" ") : found.error.kind;
}

Deno.test("an answer is used again for a while, and asked for once by many connections", async () => {
  const { addresses, asked, pass } = make("http://a.example", [["8.8.8.8"], ["1.1.1.1"]]);
  const all = await Promise.all(Array.from({ length: 5 }, () => told(addresses)));
  assert.deepEqual(all, Array.from({ length: 5 }, () => "8.8.8.8"));
  pass(99);
  assert.equal(await told(addresses), "8.8.8.8");
  assert.equal(asked(), 1);
  pass(1);
  assert.equal(await told(addresses), "1.1.1.1");
});

Deno.test("an answer that holds an address which is refused is refused whole, however long it is", async () => {
  const many = ["8.8.8.8", "1.1.1.1", "9.9.9.9", "10.0.0.1"];
  assert.equal(await told(make("http://a.example", [many]).addresses), "refused");
  assert.equal(
    await told(make("http://a.example", [many.slice(0, 3)]).addresses),
    "8.8.8.8 1.1.1.1",
  );
});

Deno.test("what failed is asked for again at once", async () => {
  const { addresses, asked } = make("http://a.example", [[], ["8.8.8.8"]]);
  assert.equal(await told(addresses), "dns");
  assert.equal(await told(addresses), "8.8.8.8");
  assert.equal(asked(), 2);
  assert.equal(await told(make("http://a.example", []).addresses), "dns");
});

Deno.test("addresses are handed out in their one form, and an origin's own is asked of nobody", async () => {
  const odd = make("http://a.example", [["2606:4700:0:0::1111", "::ffff:8.8.8.8"]]);
  assert.equal(await told(odd.addresses), "2606:4700::1111 8.8.8.8");
  const opened = addressPolicy({ privateBackends: ["10.0.0.0/8"] });
  assert.ok(opened.ok);
  const own = make("http://10.0.0.1:8080", [], opened.value);
  assert.equal(await told(own.addresses), "10.0.0.1");
  assert.equal(own.asked(), 0);
});

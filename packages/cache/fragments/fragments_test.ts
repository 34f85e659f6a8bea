import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { bytesEqual, encodeUtf8 } from "@skerry/base";
import { cacheKey } from "../key.ts";
import { FragmentHouse, nameOf, termsOf, textOf } from "../testing/fragment_house.ts";
import { settled } from "../testing/simulated_clock.ts";
import { owner } from "../testing/simulation.ts";
import { defaultCacheSettings } from "../settings.ts";
import type { Transaction } from "./flights.ts";
import { fragmentKey } from "./fragment.ts";
import { FragmentCutShort } from "./fragment_body.ts";
import type { Obligation } from "./obligation.ts";
import { fragmentLimits, fragmentThreadLimits } from "./limits.ts";

const signal = new AbortController().signal;
const patience = { waitMsMax: 10_000, signal };

/** What one who takes part in transactions has got so far. */
interface Seat {
  transaction: Transaction | undefined;
}

/** Takes part, and notes what comes of it. */
function take(house: FragmentHouse, key: string, waiting = patience): Seat {
  const seat: Seat = { transaction: undefined };
  void (async () => {
    seat.transaction = await house.fragments.transact(nameOf(key), waiting);
  })();
  return seat;
}

function obligationOf({ transaction }: Seat): Obligation {
  ok(transaction?.obligation);
  return transaction.obligation;
}

Deno.test("a fragment is found until its time is over, then stale as long as it may be", async () => {
  const house = new FragmentHouse();
  const name = nameOf("a");
  equal(await house.get(name), undefined);
  const terms = { lifetimeMs: 1000, staleWhileRevalidateMs: 500, initialAgeMs: 200 };
  equal(house.set(name, "text", terms), "kept");
  equal(await house.get(name), "text fresh");
  deepEqual(house.fragments.find(name)?.ageMs, 200);
  await house.clock.pass(799);
  equal(await house.get(name), "text fresh");
  await house.clock.pass(1);
  equal(await house.get(name), "text stale");
  await house.clock.pass(501);
  equal(await house.get(name), undefined);
});

Deno.test("a fragment tells its metadata, its length and how often it was found", async () => {
  const house = new FragmentHouse();
  const metadata = Uint8Array.of(0, 255, 10, 13);
  house.set(nameOf("a"), "some text", { metadata });
  equal(house.fragments.find(nameOf("a"))?.hits, 0);
  const found = house.fragments.find(nameOf("a"));
  equal(found?.hits, 1);
  ok(found);
  ok(bytesEqual(found.metadata, metadata));
  equal(found.body.bytes, 9);
  equal(await textOf(found.body, 5), "text");
});

Deno.test("what varies is found by those who ask in the same way", async () => {
  const house = new FragmentHouse();
  const english = nameOf("a", [["accept-language", "en"]]);
  const german = nameOf("a", [["Accept-Language", "de"]]);
  house.set(english, "hello", { vary: ["accept-language"] });
  equal(await house.get(german), undefined);
  house.set(german, "hallo", { vary: ["accept-language"] });
  deepEqual([await house.get(english), await house.get(german)], ["hello fresh", "hallo fresh"]);
});

Deno.test("no key of a fragment is another's, another service's, or a request's", () => {
  const key = fc.uint8Array({ maxLength: 6 });
  fc.assert(fc.property(key, key, fc.constantFrom("s", "s2"), (one, other, service) => {
    const [a, b] = [
      fragmentKey({ owner, key: one }),
      fragmentKey({ owner: { ...owner, service }, key: other }),
    ];
    equal(a.text === b.text, bytesEqual(one, other) && service === owner.service);
    const path = `/${one.toHex()}`;
    const request = { method: "GET", host: "h", path, query: undefined, fields: [] };
    for (const scheme of ["http", "https"] as const) {
      ok(
        !cacheKey(owner, { ...request, scheme }, defaultCacheSettings.key).text.startsWith(a.text),
      );
    }
  }));
});

Deno.test("purges take fragments by key, by surrogate key and with their service, at once", async () => {
  const house = new FragmentHouse();
  const { fragments } = house;
  const fill = () => {
    house.set(nameOf("a"), "a", { surrogateKeys: ["x", "y"], staleWhileRevalidateMs: 1000 });
    house.set(nameOf("b"), "b", { surrogateKeys: ["y"] });
  };
  const both = async () => [await house.get(nameOf("a")), await house.get(nameOf("b"))];
  fill();
  fragments.purge(nameOf("a"), "hard");
  deepEqual(await both(), [undefined, "b fresh"]);
  fill();
  fragments.purgeSurrogateKeys(owner, ["x"], "soft");
  deepEqual(await both(), ["a stale", "b fresh"]);
  fragments.purgeSurrogateKeys({ ...owner, service: "other" }, ["y"], "hard");
  deepEqual(await both(), ["a stale", "b fresh"]);
  fragments.purgeSurrogateKeys(owner, ["z", "y"], "hard");
  deepEqual(await both(), [undefined, undefined]);
});

Deno.test("INV-15: a purge beats a fragment whose computation began before it", async () => {
  const house = new FragmentHouse();
  const { fragments } = house;
  const { epoch } = fragments;
  fragments.purgeSurrogateKeys(owner, ["x"], "hard");
  const late = fragments.insert(nameOf("a"), termsOf({ surrogateKeys: ["x"] }), epoch);
  late.write(encodeUtf8("old"));
  equal(late.finish(), "dropped");
  const seat = take(house, "a");
  await settled();
  const filling = obligationOf(seat).insert(termsOf());
  fragments.purge(nameOf("a"), "hard");
  filling?.write(encodeUtf8("old"));
  equal(filling?.finish(), "dropped");
  equal(await house.get(nameOf("a")), undefined);
});

Deno.test("of many who want one fragment one brings it, and the others read it as it is written", async () => {
  const house = new FragmentHouse();
  const [first, second, third] = [take(house, "a"), take(house, "a"), take(house, "a")];
  await settled();
  equal(second.transaction, undefined);
  const filling = obligationOf(first).insert(termsOf(), 8);
  await settled();
  const fourth = take(house, "a");
  await settled();
  const texts = [second, third, fourth].map((seat) => {
    equal(seat.transaction?.obligation, undefined);
    const body = seat.transaction?.found?.body;
    equal(body?.bytes, 8);
    return body && textOf(body);
  });
  for (const piece of ["some", "text"]) {
    equal(filling?.write(encodeUtf8(piece)), "taken");
    await settled();
  }
  equal(filling?.finish(), "kept");
  deepEqual(await Promise.all(texts), ["sometext", "sometext", "sometext"]);
  equal(await house.get(nameOf("a")), "sometext fresh");
  equal(house.fragments.fillingBytes, 0);
});

Deno.test("an obligation that is given up passes to the next who waits", async () => {
  const house = new FragmentHouse();
  const seats = [take(house, "a"), take(house, "a"), take(house, "a")];
  for (const [index, seat] of seats.entries()) {
    await settled();
    for (const other of seats.slice(index + 1)) equal(other.transaction, undefined);
    obligationOf(seat).cancel();
  }
});

Deno.test("one who has an obligation and does nothing holds the others up for a bounded time", async () => {
  const house = new FragmentHouse();
  const [hangs, second, third] = [take(house, "a"), take(house, "a"), take(house, "a")];
  await settled();
  await house.clock.pass(2_999);
  equal(second.transaction, undefined);
  await house.clock.pass(1);
  const filling = obligationOf(second).insert(termsOf());
  await settled();
  const body = third.transaction?.found?.body;
  filling?.write(encodeUtf8("text"));
  filling?.finish();
  equal(body && await textOf(body), "text");
  // What the first brings late is for itself.
  equal(obligationOf(hangs).insert(termsOf())?.finish(), "kept");
});

Deno.test("one who writes and falls silent is not waited for by those who come then", async () => {
  const house = new FragmentHouse();
  const first = take(house, "a");
  await settled();
  const filling = obligationOf(first).insert(termsOf());
  filling?.write(encodeUtf8("so"));
  await house.clock.pass(3_000);
  const second = take(house, "a");
  await settled();
  ok(obligationOf(second).isOpen);
});

Deno.test("nobody waits for longer than they can", async () => {
  const house = new FragmentHouse();
  const first = take(house, "a");
  const second = take(house, "a", { ...patience, waitMsMax: 100 });
  await house.clock.pass(100);
  ok(obligationOf(second).isOpen);
  ok(obligationOf(first).isOpen);
  equal(house.clock.sleeping, 0);
});

Deno.test("who has ended waits for nothing, and the obligation passes on", async () => {
  const house = new FragmentHouse();
  const ending = new AbortController();
  const first = take(house, "a");
  const second = take(house, "a", { ...patience, signal: ending.signal });
  const third = take(house, "a");
  await settled();
  ending.abort();
  await settled();
  deepEqual(second.transaction, { found: undefined, obligation: undefined });
  obligationOf(first).cancel();
  await settled();
  ok(obligationOf(third).isOpen);
});

Deno.test("what was cut short is told to those who read it, and not kept", async () => {
  const house = new FragmentHouse();
  const [first, second] = [take(house, "a"), take(house, "a")];
  await settled();
  const filling = obligationOf(first).insert(termsOf(), 100);
  filling?.write(encodeUtf8("so"));
  await settled();
  const body = second.transaction?.found?.body;
  const reading = body && textOf(body);
  await settled();
  equal(filling?.finish(), "cut short");
  await rejects(reading ?? Promise.resolve(), FragmentCutShort);
  equal(await house.get(nameOf("a")), undefined);
  equal(house.fragments.fillingBytes, 0);
});

Deno.test("what is not to be kept releases all who wait, each to bring their own", async () => {
  const house = new FragmentHouse();
  const [first, second, third] = [take(house, "a"), take(house, "a"), take(house, "a")];
  await settled();
  const filling = obligationOf(first).insert(termsOf({ lifetimeMs: 0 }));
  await settled();
  ok(obligationOf(second).isOpen && obligationOf(third).isOpen);
  equal(filling?.finish(), "dropped");
});

Deno.test("of those who find a stale fragment one is to bring another, and nobody waits", async () => {
  const house = new FragmentHouse();
  house.set(nameOf("a"), "old", { lifetimeMs: 1000, staleWhileRevalidateMs: 1000 });
  await house.clock.pass(1500);
  const [first, second] = [take(house, "a"), take(house, "a")];
  await settled();
  equal(second.transaction?.found?.freshness, "stale");
  equal(second.transaction?.obligation, undefined);
  equal(first.transaction?.found?.freshness, "stale");
  equal(obligationOf(first).update(termsOf()), "kept");
  equal(await house.get(nameOf("a")), "old fresh");
});

Deno.test("an expired fragment is updated, and those who wait get it", async () => {
  const house = new FragmentHouse();
  house.set(nameOf("a"), "old", { lifetimeMs: 1000 });
  await house.clock.pass(1500);
  const [first, ...others] = [take(house, "a"), take(house, "a"), take(house, "a")];
  await settled();
  equal(first?.transaction?.found?.freshness, "expired");
  equal(first && obligationOf(first).update(termsOf({ metadata: Uint8Array.of(1) })), "kept");
  await settled();
  for (const { transaction } of others) {
    equal(transaction?.found?.freshness, "fresh");
    deepEqual(transaction.found.metadata, Uint8Array.of(1));
    equal(transaction.obligation, undefined);
  }
});

Deno.test("an update of what was purged meanwhile is dropped", async () => {
  const house = new FragmentHouse();
  house.set(nameOf("a"), "old", { lifetimeMs: 1000, surrogateKeys: ["x"] });
  await house.clock.pass(1500);
  const first = take(house, "a");
  await settled();
  house.fragments.purgeSurrogateKeys(owner, ["x"], "hard");
  equal(obligationOf(first).update(termsOf({ surrogateKeys: ["x"] })), "dropped");
  equal(await house.get(nameOf("a")), undefined);
});

Deno.test("bodies are bounded, each and together, and each tenant's", () => {
  const { fragments } = new FragmentHouse();
  const mib = new Uint8Array(1024 * 1024);
  const writeAll = (tenant: string, filling = open(tenant)) => {
    for (let written = 0;; written += 1) {
      const outcome = filling.write(mib);
      if (outcome !== "taken") return [outcome, written];
      if (written === 15) return ["whole", 16];
    }
  };
  const open = (tenant: string) =>
    fragments.insert(nameOf(tenant, [], { tenant, service: "s" }), termsOf(), 0);
  const { bodyBytesMax } = fragmentLimits;
  const large = open("t");
  deepEqual(writeAll("t", large), ["whole", 16]);
  equal(large.write(mib), "too large");
  equal(fragments.fillingBytes, 0);
  // Two of them are all that a tenant may have under way.
  deepEqual([writeAll("a"), writeAll("a"), writeAll("a")], [["whole", 16], ["whole", 16], [
    "no room",
    0,
  ]]);
  deepEqual([writeAll("b"), writeAll("b"), writeAll("c")], [["whole", 16], ["whole", 16], [
    "no room",
    0,
  ]]);
  equal(fragments.fillingBytes, fragmentThreadLimits.fillingBytesMax);
  equal(bodyBytesMax, 16 * mib.length);
});

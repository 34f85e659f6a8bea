import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { fragmentLimits } from "@skerry/cache";
import { errnoNames } from "@skerry/base";
import { CacheBegun } from "./cache_begun.ts";
import { cacheInterface } from "./cache_interface.ts";
import { cacheRequestLimits } from "./limits.ts";
import { CachingGuest, newFragments } from "./testing/caching_guest.ts";
import { none, type Slice } from "./testing/guest.ts";

/** Lets what was begun go on as far as it can. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a guest keeps a value, finds it, and purges it by its key and by a surrogate key", async () => {
  const guest = new CachingGuest(newFragments());
  equal(await guest.get("a"), "ENOENT");
  equal(await guest.set("a", "one", { keys: "x y" }), "ESUCCESS");
  equal(await guest.get("a"), "one");
  equal(guest.state, "found, usable");
  equal(await guest.errno("purge", guest.put("a"), 0), "ESUCCESS");
  equal(await guest.get("a"), "ENOENT");
  equal(await guest.set("a", "two", { keys: "x y" }), "ESUCCESS");
  equal(await guest.errno("purge_keys", guest.put("z y"), 0), "ESUCCESS");
  equal(await guest.get("a"), "ENOENT");
});

Deno.test("a soft purge leaves what may be served stale, and says so", async () => {
  const guest = new CachingGuest(newFragments());
  await guest.set("a", "one", { swr: 60_000n });
  equal(await guest.errno("purge", guest.put("a"), 1), "ESUCCESS");
  equal(await guest.get("a"), "one");
  equal(guest.state, "found, usable, stale");
  ok(BigInt.asIntN(64, guest.memory.readU64(guest.found + 16)) <= 0n);
});

Deno.test("nobody reads what is another service's, and purges reach no other", async () => {
  const fragments = newFragments();
  const [one, other] = [new CachingGuest(fragments), new CachingGuest(fragments, "other")];
  await one.set("a", "mine", { keys: "x" });
  equal(await other.get("a"), "ENOENT");
  await other.errno("purge", other.put("a"), 0);
  await other.errno("purge_keys", other.put("x"), 0);
  equal(await one.get("a"), "mine");
});

Deno.test("a guest whose service is gone keeps, finds and purges nothing", async () => {
  const fragments = newFragments();
  let isGone = false;
  const old = new CachingGuest(fragments, "s", 64, () => isGone);
  equal(await old.set("a", "one"), "ESUCCESS");
  isGone = true;
  deepEqual([await old.set("a", "two"), await old.get("a")], ["EIO", "EIO"]);
  equal(await old.errno("purge", old.put("a"), 0), "EIO");
  equal(await new CachingGuest(fragments).get("a"), "one");
});

Deno.test("a value that does not fit into its buffer is told with its length", async () => {
  const guest = new CachingGuest(newFragments());
  await guest.set("a", "0123456789");
  equal(await guest.errno("get", guest.put("a"), guest.room(9), guest.found), "ERANGE");
  equal(guest.length, 10);
  equal(await guest.errno("get", guest.put("a"), guest.room(10), guest.found), "ESUCCESS");
});

Deno.test("a fragment is written and read as a descriptor, whole or in part, with its metadata", async () => {
  const guest = new CachingGuest(newFragments());
  const writing = await guest.insert("a", { metadata: "text/plain" });
  await guest.write(writing, "some ");
  equal(await guest.open("lookup", "a"), "ENOENT");
  await guest.write(writing, "text");
  equal(await guest.finish(writing), "ESUCCESS");
  equal(await guest.write(writing, "more"), "EPIPE");
  equal(await guest.close(writing), "ESUCCESS");
  const fd = await guest.open("lookup", "a");
  deepEqual([guest.metadata, guest.length], ["text/plain", 9]);
  const part = await guest.range(fd, 2n, 6n);
  deepEqual([await guest.read(part), await guest.read(fd)], ["me te", "some text"]);
  equal(await guest.read(await guest.range(fd, 7n, -1n)), "xt");
  equal(await guest.read(await guest.range(fd, 100n, -1n)), "");
  equal(await guest.range(fd, 3n, 2n), "EINVAL");
  equal(await guest.range(await guest.insert("b"), 0n, 1n), "EBADF");
  equal(await guest.write(fd, "no"), "EPIPE");
});

Deno.test("a length that is announced is held to", async () => {
  const guest = new CachingGuest(newFragments());
  const exact = await guest.insert("a", { length: 4n });
  await guest.write(exact, "text");
  equal(await guest.get("a"), "text");
  const short = await guest.insert("b", { length: 4n });
  await guest.write(short, "tex");
  equal(await guest.finish(short), "ECONNABORTED");
  const long = await guest.insert("c", { length: 4n });
  equal(await guest.write(long, "texts"), "EFBIG");
  const given = await guest.insert("d");
  await guest.write(given, "text");
  await guest.close(given);
  for (const key of ["b", "c", "d"]) equal(await guest.get(key), "ENOENT");
});

Deno.test("what varies is found by those who ask in the same way", async () => {
  const guest = new CachingGuest(newFragments());
  const fields = "accept-language: en\r\n";
  const writing = await guest.insert("a", { vary: "accept-language", fields });
  await guest.write(writing, "hello");
  await guest.finish(writing);
  equal(await guest.read(await guest.open("lookup", "a", guest.lookupOptions(fields))), "hello");
  const german = guest.lookupOptions("accept-language: de\r\n");
  equal(await guest.open("lookup", "a", german), "ENOENT");
});

Deno.test("of two that want one fragment one brings it, and the other reads it as it is written", async () => {
  const fragments = newFragments();
  const [one, other] = [new CachingGuest(fragments), new CachingGuest(fragments)];
  const obliged = await one.open("transaction_lookup", "a");
  equal(one.state, "must insert");
  const opening = other.open("transaction_lookup", "a");
  await settled();
  const writing = await one.transactionInsert(obliged, { metadata: "m" });
  const fd = await opening;
  deepEqual([other.state, other.metadata, other.length], ["found, usable", "m", 2 ** 64]);
  const reading = other.read(fd);
  await one.write(writing, "some");
  await settled();
  await one.write(writing, "text");
  await one.finish(writing);
  equal(await reading, "sometext");
  equal(await one.transactionInsert(obliged), "EALREADY");
  equal(await other.transactionInsert(fd), "EBADF");
});

Deno.test("a guest that ends without having brought what it should hands over to the next", async () => {
  const fragments = newFragments();
  const [one, two, three] = [1, 2, 3].map(() => new CachingGuest(fragments));
  ok(one && two && three);
  await one.open("transaction_lookup", "a");
  const [second, third] = [
    two.open("transaction_lookup", "a"),
    three.open("transaction_lookup", "a"),
  ];
  await settled();
  one.context.close();
  const writing = await two.transactionInsert(await second);
  await two.write(writing, "so");
  const fd = await third;
  two.context.close();
  equal(await three.read(fd), "ECONNRESET");
  equal(await three.get("a"), "ENOENT");
});

Deno.test("a guest that was ended while it waited brings nothing, and holds nobody up", async () => {
  const fragments = newFragments();
  const [one, two, three] = [1, 2, 3].map(() => new CachingGuest(fragments));
  ok(one && two && three);
  const first = await one.open("transaction_lookup", "a");
  const [second, third] = [
    two.open("transaction_lookup", "a"),
    three.open("transaction_lookup", "a"),
  ];
  await settled();
  // Told that it is its turn, and ended before it hears of it.
  await one.close(first);
  two.controller.abort();
  equal(await second, "ECANCELED");
  await third;
  equal(three.state, "must insert");
});

Deno.test("what became of each look is told, for those who count", async () => {
  const fragments = newFragments();
  const [one, other] = [new CachingGuest(fragments), new CachingGuest(fragments)];
  await one.get("a");
  const obliged = await one.open("transaction_lookup", "a");
  const opening = other.open("transaction_lookup", "a");
  await settled();
  await one.write(await one.transactionInsert(obliged, { length: 4n, swr: 60_000n }), "text");
  await opening;
  await other.get("a");
  await other.open("lookup", "a");
  await one.errno("purge", one.put("a"), 1);
  await one.get("a");
  await one.open("transaction_lookup", "a");
  await other.open("transaction_lookup", "a");
  deepEqual(one.looks, ["miss", "miss", "stale", "stale"]);
  deepEqual(other.looks, ["collapsed", "hit", "hit", "stale"]);
});

Deno.test("an update says anew what holds of what was found", async () => {
  const guest = new CachingGuest(newFragments());
  await guest.set("a", "text", { ttl: 60_000n, swr: 60_000n, keys: "x" });
  await guest.errno("purge", guest.put("a"), 1);
  const fd = await guest.open("transaction_lookup", "a");
  equal(guest.state, "found, usable, stale, must insert");
  const update = () => guest.errno("transaction_update", Number(fd), guest.options());
  equal(await update(), "ESUCCESS");
  equal(await update(), "EALREADY");
  equal(await guest.read(fd), "text");
  equal(await guest.get("a"), "text");
  equal(guest.state, "found, usable");
  const none = await guest.open("transaction_lookup", "b");
  equal(await guest.errno("transaction_update", Number(none), guest.options()), "ENOENT");
});

Deno.test("who waits for themselves is told so, until they have brought it or given it up", async () => {
  const guest = new CachingGuest(newFragments());
  const fd = await guest.open("transaction_lookup", "a");
  equal(await guest.open("transaction_lookup", "a"), "EDEADLK");
  await guest.close(fd);
  const again = await guest.open("transaction_lookup", "a");
  const writing = await guest.transactionInsert(again, { length: 1n });
  equal(await guest.open("transaction_lookup", "a"), "EDEADLK");
  await guest.write(writing, "x");
  equal(await guest.read(await guest.open("transaction_lookup", "a")), "x");
});

Deno.test("INV-15: a purge beats what a guest began to compute before it, when it looked for it", async () => {
  const fragments = newFragments();
  const guest = new CachingGuest(fragments);
  const other = new CachingGuest(fragments);
  equal(await guest.get("a"), "ENOENT");
  await other.errno("purge_keys", other.put("x"), 0);
  equal(await guest.set("a", "old", { keys: "x" }), "ESUCCESS");
  equal(await guest.get("a"), "ENOENT");
  // It has looked again.
  equal(await guest.set("a", "new", { keys: "x" }), "ESUCCESS");
  equal(await guest.get("a"), "new");
});

Deno.test("a guest's own purge of a key takes nothing from what it sets then", async () => {
  const fragments = newFragments();
  const guest = new CachingGuest(fragments);
  const other = new CachingGuest(fragments);
  equal(await guest.get("a"), "ENOENT");
  await guest.errno("purge", guest.put("a"), 0);
  await guest.set("a", "mine");
  equal(await guest.get("a"), "mine");
  // But another's before it does.
  await guest.errno("purge", guest.put("a"), 0);
  equal(await guest.get("a"), "ENOENT");
  await other.errno("purge", other.put("a"), 0);
  await guest.errno("purge", guest.put("a"), 0);
  await guest.set("a", "mine");
  equal(await guest.get("a"), "ENOENT");
});

Deno.test("when a computation began is never told later than it was, however many keys are remembered", () => {
  const begun = new CacheBegun();
  for (let key = 0; key < 2 * cacheRequestLimits.begunKeysMax; key += 1) {
    begun.missed(`${key}`, key);
  }
  for (let key = 0; key < 2 * cacheRequestLimits.begunKeysMax; key += 1) {
    ok(begun.epochOf(`${key}`, 1e9) <= key);
  }
  equal(new CacheBegun().epochOf("a", 7), 7);
});

Deno.test("what cannot be asked for is refused", async () => {
  const guest = new CachingGuest(newFragments());
  const { keyBytesMax, metadataBytesMax, bodyBytesMax, timeMsMax } = fragmentLimits;
  equal(await guest.get(""), "EINVAL");
  equal(await guest.get("k".repeat(keyBytesMax + 1)), "E2BIG");
  equal(await guest.set("a", "", { ttl: BigInt(timeMsMax) + 1n }), "EINVAL");
  equal(await guest.set("a", "", { metadata: "m".repeat(metadataBytesMax + 1) }), "E2BIG");
  equal(await guest.set("a", "", { keys: "ä" }), "EINVAL");
  equal(await guest.set("a", "", { keys: "k ".repeat(257).replaceAll(" ", "") }), "ESUCCESS");
  const many = Array.from({ length: 257 }, (_, index) => `k${index}`).join(" ");
  equal(await guest.set("a", "", { keys: many }), "E2BIG");
  equal(await guest.set("a", "", { vary: "accept" }), "EINVAL");
  equal(await guest.set("a", "", { length: 1n }), "EINVAL");
  equal(await guest.insert("a", { length: BigInt(bodyBytesMax) + 1n }), "EFBIG");
  equal(await guest.insert("a", { vary: "*" }), "EINVAL");
  equal(await guest.insert("a", { vary: "a, b, c, d, e, f, g, h, i" }), "E2BIG");
  equal(await guest.insert("a", { fields: "no field" }), "EINVAL");
  equal(await guest.insert("a", { fields: "no: end\n" }), "EINVAL");
  equal(await guest.errno("purge", guest.put("a"), 2), "EINVAL");
  equal(await guest.errno("set", guest.put("a"), none, 0), "EINVAL");
});

Deno.test("memory that is not there is a fault, found before anything is done", async () => {
  const guest = new CachingGuest(newFragments());
  await guest.set("a", "1");
  const beyond: Slice = [guest.memory.byteLength - 3, 4];
  const [key, options] = [guest.put("a"), guest.options({ keys: "x" })];
  const badKeys = guest.options();
  guest.memory.writeU32(badKeys + 32, beyond[0]);
  guest.memory.writeU32(badKeys + 36, 4);
  const { found } = guest;
  const room = guest.room(64);
  const faults: [string, ...(number | bigint | Slice)[]][] = [
    ["get", beyond, room, found],
    ["get", key, beyond, found],
    ["get", key, room, -39],
    ["set", beyond, none, options],
    ["set", key, beyond, options],
    ["set", key, none, -63],
    ["set", key, none, badKeys],
    ["purge", beyond, 0],
    ["purge_keys", beyond, 0],
    ["lookup", beyond, 0, none, found, found],
    ["lookup", key, -15, none, found, found],
    ["lookup", key, 0, beyond, found, found],
    ["lookup", key, 0, none, -39, found],
    ["lookup", key, 0, none, found, -3],
    ["transaction_lookup", guest.put("b"), 0, none, found, -3],
    ["insert", key, options, -3],
    ["insert", key, badKeys, found],
    ["transaction_insert", 3, options, -3],
    ["range", 3, 0n, 1n, -3],
  ];
  for (const [name, ...args] of faults) equal(await guest.errno(name, ...args), "EFAULT", name);
  equal(await guest.get("a"), "1");
  equal(await guest.open("transaction_lookup", "b"), 3);
});

Deno.test("what one request does with fragments is bounded: calls, bytes, descriptors, purges", async () => {
  const { callsMax, openMax, purgedKeysMax, writtenBytesMax } = cacheRequestLimits;
  const caller = new CachingGuest(newFragments());
  const key = caller.put("a");
  const room = caller.room(8);
  for (let call = 0; call < callsMax; call += 1) await caller.call("get", key, room, caller.found);
  equal(await caller.errno("get", key, room, caller.found), "EDQUOT");
  const opener = new CachingGuest(newFragments());
  await opener.set("a", "text");
  const opened = [];
  for (let one = 0; one < openMax; one += 1) opened.push(await opener.open("lookup", "a"));
  equal(await opener.open("lookup", "a"), "EAGAIN");
  equal(await opener.open("transaction_lookup", "b"), "EAGAIN");
  await opener.close(opened[0] ?? 0);
  equal(await opener.open("lookup", "a"), opened[0]);
  equal(await new CachingGuest(newFragments(), "s", 3).insert("a"), "EMFILE");
  const purger = new CachingGuest(newFragments());
  const keys = Array.from({ length: purgedKeysMax }, (_, index) => `k${index}`).join(" ");
  equal(await purger.errno("purge_keys", purger.put(keys), 0), "ESUCCESS");
  equal(await purger.errno("purge", purger.put("a"), 0), "EDQUOT");
  const writer = new CachingGuest(newFragments());
  const large = writer.room(1024 * 1024);
  const [options, name] = [writer.options(), writer.put("a")];
  const answers = new Set<string>();
  for (let done = 0; done <= writtenBytesMax; done += large[1]) {
    answers.add(await writer.errno("set", name, large, options));
  }
  deepEqual([...answers], ["ESUCCESS", "EDQUOT"]);
});

Deno.test("whatever a guest passes, it is answered an error's number, and nothing stays of it once it has ended", async () => {
  const names = Object.keys(cacheInterface.functions);
  const small = fc.constantFrom(0, 1, 3, 4, 8, 64, 128);
  const edge = fc.constantFrom(2, 5, 256, 1024, 0x3ffff8, 0x400000, -1, -64);
  const call = fc.record({
    name: fc.constantFrom(...names),
    args: fc.array(fc.oneof(small, small, small, edge, fc.integer()), {
      minLength: 7,
      maxLength: 7,
    }),
  });
  const content = fc.array(fc.oneof(small, small, small, edge, fc.nat(2000)), {
    minLength: 64,
    maxLength: 64,
  });
  const answers = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(content, fc.array(call, { maxLength: 30 }), async (words, calls) => {
      const fragments = newFragments();
      const guest = new CachingGuest(fragments);
      for (const [at, word] of words.entries()) guest.memory.writeU32(4 * at, word >>> 0);
      for (const { name, args } of calls) {
        const params = cacheInterface.functions[name]?.params ?? [];
        const typed = params.map((type, index) => {
          const number = args[index] ?? 0;
          return type === "i64" ? BigInt(number) : number;
        });
        const errno = await guest.errno(name, ...typed);
        ok((errnoNames as readonly string[]).includes(errno), `${name} answers ${errno}`);
        answers.set(errno, (answers.get(errno) ?? 0) + 1);
      }
      guest.context.close();
      equal(fragments.fillingBytes, 0);
    }),
    { numRuns: 2_000 },
  );
  // It is no proof of anything if all is refused for one reason. The rarest comes some 120 times.
  for (const errno of ["ESUCCESS", "EFAULT", "EINVAL", "ENOENT", "EBADF"]) {
    ok((answers.get(errno) ?? 0) > 20, `${errno}: ${answers.get(errno)}`);
  }
});

import assert from "node:assert/strict";
import { concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import { bodyOf } from "../encoding/kept_set.ts";
import type { KeptVariant } from "../kept.ts";
import type { CacheKey } from "../key.ts";
import type { StoringBody } from "../object_store.ts";
import { defaultCacheSettings } from "../settings.ts";
import { store } from "../storable.ts";
import type { StoredResponse } from "../stored_response.ts";
import { simulatedDigests, SimulatedDisk, SimulatedFiles } from "../testing/simulated_files.ts";
import type { DiskTrouble } from "./disk_account.ts";
import { defaultDiskLimits } from "./disk_limits.ts";
import { DiskObjects } from "./disk_objects.ts";
import { pieceBytes } from "./object_layout.ts";

const key: CacheKey = {
  owner: { tenant: "t", service: "s" },
  host: "h",
  resource: "t\ns\nhttp://h/a",
  text: "t\ns\nhttp://h/a",
};
const otherKey = { ...key, text: "t\ns\nhttp://h/b" };
const always = () => true;

/** Lets everything come to its end that a disk without delays has under way. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

/** One process with a disk. */
function world(disk = new SimulatedDisk()) {
  const troubles: DiskTrouble[] = [];
  const clock = { nowMs: 0 };
  const objects = new DiskObjects({
    files: new SimulatedFiles(disk),
    digests: simulatedDigests(),
    nowMs: () => clock.nowMs,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  return { disk, objects, troubles, clock };
}

function response(
  fields: readonly Field[] = [],
  responseMs = 1000,
  request: Field[] = [],
): StoredResponse {
  const storing = store(
    {
      ...{ method: "GET", scheme: "http", host: "h", path: "/a", query: undefined },
      fields: request,
    },
    { status: 200, fields: [["cache-control", "max-age=60"], ["etag", '"x"'], ...fields] },
    { requestMs: responseMs, responseMs },
    3,
    defaultCacheSettings,
  );
  assert.ok(storing.kind === "keep");
  return storing.stored;
}

function small(text: string, stored = response()): KeptVariant {
  return { stored, body: bodyOf(encodeUtf8(text)) };
}

function bytesOf(length: number): Uint8Array {
  return new Uint8Array(length).map((_, at) => at * 31 + (at >> 8));
}

async function textOf({ body }: KeptVariant): Promise<string> {
  return decodeUtf8(await contentOf(body, 0, body.bytes - 1));
}

async function contentOf(
  body: KeptVariant["body"],
  first: number,
  last: number,
): Promise<Uint8Array> {
  if (body.read === undefined) return concatBytes([...body.slices(first, last)]);
  return concatBytes(await Array.fromAsync(body.read(first, last)));
}

async function keep(objects: DiskObjects, variant: KeptVariant, of = key): Promise<void> {
  objects.used(of, variant, always);
  await settle();
}

/** Stores a large body as it comes, in pieces. */
async function storeLarge(objects: DiskObjects, bytes: Uint8Array, stored = response()) {
  const storing = await objects.begin(key, stored);
  assert.ok(storing !== undefined);
  for (let at = 0; at < bytes.length; at += 50_000) {
    assert.ok(await storing.append(bytes.subarray(at, at + 50_000)));
  }
  if (!await storing.finish()) return "dropped";
  return objects.put(key, { stored, body: storing });
}

function onlyFile({ files }: SimulatedDisk): { bytes: Uint8Array } {
  assert.equal(files.size, 1);
  for (const file of files.values()) return file;
  throw new Error("there is none");
}

Deno.test("what was used is found by another process, with all that was kept of it", async () => {
  const { objects, disk } = world();
  const kept = small("hello", response([["content-type", "text/plain"], ["surrogate-key", "k"]]));
  assert.equal(objects.mayHave(key), false);
  await keep(objects, kept);
  const after = world(disk).objects;
  assert.equal(after.mayHave(key), true);
  assert.equal(after.mayHave(otherKey), false);
  const found = await after.find(key, []);
  assert.ok(found !== undefined);
  assert.deepEqual(found.stored, kept.stored);
  assert.equal(await textOf(found), "hello");
  assert.equal(await after.find(otherKey, []), undefined);
  assert.equal(disk.opened, 0);
  assert.equal(disk.partials.size, 0);
});

Deno.test("a large body stays in its file, and any part of it is read from there", async () => {
  const { objects, disk } = world();
  const bytes = bytesOf(700_001);
  assert.equal(await storeLarge(objects, bytes), "kept");
  const found = await world(disk).objects.find(key, []);
  assert.ok(found?.body.read !== undefined);
  assert.equal(found.body.bytes, bytes.length);
  assert.deepEqual([...found.body.slices(0, 10)], []);
  const ranges = [[0, 700_000], [0, 0], [700_000, 700_000], [pieceBytes - 1, pieceBytes]] as const;
  for (const [first, last] of [...ranges, [pieceBytes, 3 * pieceBytes - 1] as const]) {
    assert.deepEqual(await contentOf(found.body, first, last), bytes.slice(first, last + 1));
  }
  for await (const piece of found.body.read(0, 700_000)) {
    assert.equal(piece.length, 4 * pieceBytes);
    break;
  }
  assert.equal(disk.opened, 0);
});

Deno.test("a body that is being stored is read by many while it grows, and outlives its name", async () => {
  const { objects, disk } = world();
  const bytes = bytesOf(300_000);
  const storing = await objects.begin(key, response());
  assert.ok(storing !== undefined);
  storing.enter();
  await storing.append(bytes.subarray(0, 100_000));
  const read: Uint8Array[] = [];
  for (let at = 0; at < 100_000; at += read.at(-1)?.length ?? 0) {
    read.push(await storing.some(at, 99_999));
  }
  assert.deepEqual(concatBytes(read), bytes.slice(0, 100_000));
  await storing.append(bytes.subarray(100_000));
  assert.ok(await storing.finish());
  assert.equal(objects.put(key, { stored: response(), body: storing }), "kept");
  objects.forget(key, response());
  assert.equal(disk.files.size, 0);
  assert.deepEqual(await contentOf(storing, 0, 299_999), bytes);
  assert.equal(disk.opened, 1);
  storing.leave();
  assert.equal(disk.opened, 0);
});

Deno.test("what was not finished is never there, and leaves nothing behind", async () => {
  const { objects, disk } = world();
  const storing = await objects.begin(key, response());
  await storing?.append(bytesOf(300_000));
  storing?.end();
  storing?.end();
  assert.equal(await objects.find(key, []), undefined);
  assert.deepEqual([disk.files.size, disk.partials.size, disk.opened], [0, 0, 0]);
});

Deno.test("a file that is cut short anywhere is no object, and is removed", async () => {
  const { objects, disk } = world();
  await keep(objects, small("x".repeat(100)));
  const whole = onlyFile(disk).bytes;
  const [path = ""] = disk.files.keys();
  for (let length = 0; length < whole.length; length += 1) {
    disk.files.set(path, { bytes: whole.slice(0, length) });
    assert.equal(await world(disk).objects.find(key, []), undefined, `${length} bytes`);
    assert.equal(disk.files.size, 0);
    disk.files.set(path, { bytes: whole });
  }
  assert.notEqual(await world(disk).objects.find(key, []), undefined);
});

Deno.test("a file in which any bit was changed is no object, and is removed", async () => {
  const { objects, disk } = world();
  await keep(objects, small("x".repeat(100)));
  const [[path, { bytes: whole }]] = [...disk.files] as [[string, { bytes: Uint8Array }]];
  for (let bit = 0; bit < whole.length * 8; bit += 3) {
    const bytes = whole.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ 1 << bit % 8;
    disk.files.set(path, { bytes });
    const { objects: after } = world(disk);
    assert.equal(await after.find(key, []), undefined, `bit ${bit}`);
    assert.equal(disk.files.size, 0);
    assert.equal(after.takeFigures().damaged, 1);
  }
});

Deno.test("a large file that was cut short is known as that before anything of it is served", async () => {
  const { objects, disk } = world();
  await storeLarge(objects, bytesOf(500_000));
  const file = onlyFile(disk);
  file.bytes = file.bytes.slice(0, -1);
  assert.equal(await world(disk).objects.find(key, []), undefined);
  assert.equal(disk.files.size, 0);
});

Deno.test("of a large file that is damaged somewhere no damaged byte is given, and it is removed", async () => {
  const { objects, disk } = world();
  const bytes = bytesOf(500_000);
  await storeLarge(objects, bytes);
  const file = onlyFile(disk);
  file.bytes = file.bytes.map((byte, at) => at === file.bytes.length - 1000 ? byte ^ 1 : byte);
  const found = await world(disk).objects.find(key, []);
  assert.ok(found !== undefined);
  assert.deepEqual(await contentOf(found.body, 0, 99_999), bytes.slice(0, 100_000));
  await assert.rejects(contentOf(found.body, 0, 499_999), /its piece 7/);
  assert.equal(disk.files.size, 0);
  assert.equal(disk.opened, 0);
});

Deno.test("an object that stands under another's name is none", async () => {
  const { objects, disk } = world();
  await keep(objects, small("a"));
  await keep(objects, small("b"), otherKey);
  const [[onePath, one], [otherPath, other]] = [...disk.files] as [
    [string, { bytes: Uint8Array }],
    [string, { bytes: Uint8Array }],
  ];
  disk.files.set(onePath, other);
  disk.files.set(otherPath, one);
  assert.equal(await world(disk).objects.find(key, []), undefined);
  assert.equal(await world(disk).objects.find(otherKey, []), undefined);
});

Deno.test("another object that has come to a body's place is not read in its stead", async () => {
  const { objects } = world();
  await storeLarge(objects, bytesOf(500_000));
  const found = await objects.find(key, []);
  assert.ok(found !== undefined);
  await storeLarge(objects, bytesOf(500_000).fill(1), response([], 2000));
  await assert.rejects(contentOf(found.body, 0, 10), /another one is there/);
});

Deno.test("responses that vary are found by what a request says", async () => {
  const { objects, disk } = world();
  const french = response([["vary", "Accept-Language"]], 1000, [["accept-language", "fr"]]);
  const english = response([["vary", "Accept-Language"]], 1000, [["accept-language", "en"]]);
  await keep(objects, small("bonjour", french));
  await keep(objects, small("hello", english));
  const after = world(disk).objects;
  const ask = async (language: string) => {
    const found = await after.find(key, [["accept-language", language]]);
    return found && await textOf(found);
  };
  assert.deepEqual([await ask("fr"), await ask("en"), await ask("de")], [
    "bonjour",
    "hello",
    undefined,
  ]);
  after.forget(key, french);
  assert.deepEqual([await ask("fr"), await ask("en")], [undefined, "hello"]);
});

Deno.test("what no longer varies stands before what did, and what varies now removes what did not", async () => {
  const { objects } = world();
  const varied = response([["vary", "Foo"]], 1000, [["foo", "1"]]);
  await keep(objects, small("varied", varied));
  await keep(objects, small("plain", response([], 2000)));
  const first = await objects.find(key, [["foo", "1"]]);
  assert.equal(first && await textOf(first), "plain");
  objects.forget(key, response([["vary", "Foo"]], 3000, [["foo", "2"]]));
  const second = await objects.find(key, [["foo", "1"]]);
  assert.equal(second && await textOf(second), "varied");
});

Deno.test("what is in memory no longer when it has been written is not kept", async () => {
  const { objects, disk } = world();
  for (const answers of [[false], [true, false]]) {
    objects.used(key, small("old", response([], answers.length)), () => answers.shift() ?? false);
    await settle();
    assert.equal(disk.files.size, 0);
    assert.equal(disk.partials.size, 0);
  }
});

Deno.test("of two that were fetched at the same time the one that was answered last is kept", async () => {
  const { objects } = world();
  const late = response([], 2000);
  const storing = await objects.begin(key, response([], 1000));
  await storing?.append(bytesOf(300_000));
  assert.equal(await storeLarge(objects, bytesOf(400_000), late), "kept");
  assert.equal(await storing?.finish(), false);
  storing?.end();
  assert.deepEqual((await objects.find(key, []))?.stored, late);
});

Deno.test("a large object's head is renewed in its place; where that was broken off the old one holds", async () => {
  const { objects, disk } = world();
  const bytes = bytesOf(300_000);
  await storeLarge(objects, bytes);
  for (const responseMs of [2000, 3000, 4000]) {
    const old = await objects.find(key, []);
    assert.ok(old !== undefined);
    const next = response([["x-times", String(responseMs)]], responseMs);
    const before = onlyFile(disk).bytes.slice();
    assert.equal(objects.put(key, { stored: next, body: old.body }), "kept");
    await settle();
    const after = onlyFile(disk).bytes.slice();
    const changed = [...before.keys()].filter((at) => before[at] !== after[at]);
    assert.ok(changed.length > 0);
    for (const at of [changed[0] ?? 0, changed.at(-1) ?? 0]) {
      onlyFile(disk).bytes = after.map((byte, place) => place === at ? byte ^ 0xff : byte);
      assert.deepEqual((await objects.find(key, []))?.stored, old.stored);
    }
    onlyFile(disk).bytes = after;
    const found = await objects.find(key, []);
    assert.deepEqual(found?.stored, next);
    assert.deepEqual(await contentOf(found.body, 0, 299_999), bytes);
  }
});

Deno.test("an older head does not replace a newer one, and one that does not fit removes the object", async () => {
  const { objects, disk } = world();
  await storeLarge(objects, bytesOf(300_000), response([], 2000));
  const found = await objects.find(key, []);
  assert.ok(found !== undefined);
  objects.put(key, { stored: response([], 1000), body: found.body });
  await settle();
  assert.equal((await objects.find(key, []))?.stored.responseMs, 2000);
  const long = response([["x-long", "x".repeat(10_000)]], 3000);
  objects.put(key, { stored: long, body: found.body });
  await settle();
  assert.equal(disk.files.size, 0);
});

Deno.test("a disk that fails is told of once, asked again later, and told of when it works", async () => {
  const { objects, disk, troubles, clock } = world();
  disk.failure = new Error("no space left");
  await keep(objects, small("a"));
  await keep(objects, small("b"), otherKey);
  assert.equal(await objects.begin(key, response()), undefined);
  clock.nowMs += 30_000;
  await keep(objects, small("b"), otherKey);
  assert.deepEqual(troubles, [{ kind: "failed", error: disk.failure }]);
  disk.failure = undefined;
  clock.nowMs += 30_000;
  await keep(objects, small("c"), { ...key, text: "t\ns\nhttp://h/c" });
  assert.deepEqual(troubles.map(({ kind }) => kind), ["failed", "recovered"]);
  assert.deepEqual([disk.files.size, disk.partials.size, disk.opened], [1, 0, 0]);
});

Deno.test("what cannot be read now is not served, and is there when it can be read again", async () => {
  const { objects, disk } = world();
  await keep(objects, small("a"));
  await storeLarge(objects, bytesOf(300_000), response([["vary", "Foo"]]));
  await keep(objects, small("b"), otherKey);
  const large = await objects.find(key, []);
  assert.ok(large?.body.read !== undefined);
  disk.failure = new Error("too many open files");
  assert.equal(await objects.find(otherKey, []), undefined);
  await assert.rejects(contentOf(large.body, 0, 10), /too many open files/);
  disk.failure = undefined;
  assert.notEqual(await objects.find(otherKey, []), undefined);
  assert.deepEqual(await contentOf(large.body, 0, 10), bytesOf(11));
  assert.equal(objects.takeFigures().damaged, 0);
});

Deno.test("where the disk fails in the middle of a body, what came before can be read, and nothing is kept", async () => {
  const { objects, disk, troubles } = world();
  const bytes = bytesOf(200_000);
  const storing = await objects.begin(key, response());
  assert.ok(storing !== undefined);
  storing.enter();
  assert.ok(await storing.append(bytes.subarray(0, 100_000)));
  disk.failure = new Error("input/output error");
  assert.equal(await storing.append(bytes.subarray(100_000)), false);
  disk.failure = undefined;
  const { bytes: taken } = storing;
  assert.ok(taken >= 100_000 && taken < 200_000);
  assert.deepEqual(await contentOf(storing, 0, taken - 1), bytes.slice(0, taken));
  assert.equal(await storing.finish(), false);
  storing.end();
  storing.leave();
  assert.equal(troubles.length, 1);
  assert.deepEqual([disk.files.size, disk.partials.size, disk.opened], [0, 0, 0]);
});

Deno.test("how much each folder has grown is counted as it is", async () => {
  const { objects, disk } = world();
  const total = { bytes: 0, files: 0 };
  const check = () => {
    for (const { bytes, files } of Object.values(objects.takeFigures().growth)) {
      total.bytes += bytes;
      total.files += files;
    }
    const bytes = [...disk.files.values()].reduce((sum, file) => sum + file.bytes.length, 0);
    assert.deepEqual(total, { bytes, files: disk.files.size });
  };
  await keep(objects, small("a".repeat(1000), response([["vary", "foo"]])));
  check();
  await storeLarge(objects, bytesOf(300_000));
  check();
  await storeLarge(objects, bytesOf(400_000), response([], 2000));
  check();
  objects.forget(key, response());
  check();
});

Deno.test("a tenant whose bodies come slowly has a part of the places to write them, and leaves others theirs", async () => {
  const { objects } = world();
  const { tenantStoringMax } = defaultDiskLimits;
  const begun: StoringBody[] = [];
  for (let count = 0; count < tenantStoringMax + 3; count += 1) {
    const storing = await objects.begin(key, response());
    if (storing !== undefined) begun.push(storing);
  }
  assert.equal(begun.length, tenantStoringMax);
  const others = { ...key, owner: { tenant: "other", service: "s" } };
  assert.notEqual(await objects.begin(others, response()), undefined);
  begun[0]?.end();
  assert.notEqual(await objects.begin(key, response()), undefined);
  assert.equal(await objects.begin(key, response()), undefined);
});

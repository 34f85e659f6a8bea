import { deepEqual, equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import { diskSettled, filedCounter } from "../testing/filed_counter.ts";

const fields: readonly Field[] = [["cache-control", "max-age=60"]];
const large = "0123456789".repeat(60_000);
const parts: readonly Field[] = [["range", "bytes=3-5,400004-400007,500001-500002"]];

/** Somebody who has asked for several parts of what is in a file. */
async function partsAsked() {
  const { counter, disk } = await filedCounter(fields, large);
  const client = await counter.ask("/", parts);
  await diskSettled();
  deepEqual([client.result, client.status, disk.opened], ["hit", 206, 1]);
  return { client, disk };
}

Deno.test("several parts are all of the file that was there when they were promised, though it is removed meanwhile", async () => {
  const { client, disk } = await partsAsked();
  disk.files.clear();
  await client.readAll();
  equal(client.end, "whole");
  deepEqual(client.text.match(/\r\n\r\n\d+/g), ["\r\n\r\n345", "\r\n\r\n4567", "\r\n\r\n12"]);
  equal(disk.opened, 0);
});

Deno.test("a file of which parts are wanted is closed where its client goes, whatever it has read of them", async () => {
  for (let reads = 0; reads < 6; reads += 1) {
    const { client, disk } = await partsAsked();
    for (let read = 0; read < reads; read += 1) await client.read();
    client.leave();
    await diskSettled();
    equal(disk.opened, 0);
  }
});

Deno.test("a file of which parts are wanted is closed where it cannot be read", async () => {
  const { client, disk } = await partsAsked();
  disk.failure = new Error("input/output error");
  await client.readAll();
  deepEqual([client.end, disk.opened], ["cut off", 0]);
});

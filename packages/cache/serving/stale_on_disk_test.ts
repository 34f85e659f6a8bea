import { deepEqual, equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import type { Client, Counter } from "../testing/counter.ts";
import { diskSettled, filedCounter } from "../testing/filed_counter.ts";

const fields: readonly Field[] = [
  ["cache-control", "max-age=1, stale-if-error=60"],
  ["etag", '"1"'],
];
const large = "large ".repeat(100_000);

/** Has a large body in a file, stale. */
async function stale() {
  const { counter, disk } = await filedCounter(fields, large);
  counter.clock.pass(5_000);
  return { counter, disk };
}

async function ask(counter: Counter): Promise<Client> {
  const client = await counter.ask();
  await diskSettled();
  return client;
}

Deno.test("where the origin fails, what is stale in a file is served by whoever may, those who waited too", async () => {
  const { counter, disk } = await stale();
  const clients = [await ask(counter), await ask(counter), await ask(counter)];
  for (const _client of clients) {
    counter.last.fail();
    await diskSettled();
  }
  for (const client of clients) {
    await client.readAll();
    deepEqual([client.result, client.status, client.text === large], ["stale", 200, true]);
  }
  equal(disk.opened, 0);
});

Deno.test("where the origin fails, and what is stale cannot be read, that is told at once and nothing is broken off", async () => {
  const { counter, disk } = await stale();
  const client = await ask(counter);
  disk.failure = new Error("input/output error");
  counter.last.fail();
  await diskSettled();
  deepEqual([client.result, client.status, client.end], ["failed", 502, "whole"]);
  equal(disk.opened, 0);
});

Deno.test("a file of what is stale is closed where its client goes before it has read any of it", async () => {
  const { counter, disk } = await stale();
  const client = await ask(counter);
  counter.last.fail();
  await diskSettled();
  deepEqual([client.result, disk.opened], ["stale", 1]);
  client.leave();
  await diskSettled();
  equal(disk.opened, 0);
});

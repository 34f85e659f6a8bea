import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { openDatabase } from "@skerry/platform";
import { HandClock } from "./testing/hand_clock.ts";
import { DatabaseKeyValues } from "./key_values.ts";

const name = { tenant: "t", store: "s" };

function open(path: string) {
  const database = openDatabase(path, { survives: "process end" });
  return { database, store: new DatabaseKeyValues(database, new HandClock()) };
}

function spawnWriter(path: string, ...args: string[]): Deno.ChildProcess {
  const writer = new URL("testing/writer.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--cached-only", writer, path, ...args],
    stdin: "null",
    stdout: "piped",
  }).spawn();
}

Deno.test("processes that count one key up at once, by what they have read, lose no count", async () => {
  const path = `${Deno.makeTempDirSync()}/kv.db`;
  const writers = [1, 2, 3].map(() => spawnWriter(path, "add", "400"));
  const ends = await Promise.all(writers.map((writer) => writer.output()));
  deepEqual(ends.map(({ code }) => code), [0, 0, 0]);
  const { database, store } = open(path);
  const found = store.get(name, encodeUtf8("sum"));
  ok(found.kind === "ok");
  equal(decodeUtf8(found.entry.value), "1200");
  equal(found.entry.generation, 1200);
  database.close();
});

Deno.test("a store whose writer is killed while it writes opens again, and its counts are those of its keys", async () => {
  const path = `${Deno.makeTempDirSync()}/kv.db`;
  let generation = 0;
  for (let round = 0; round < 4; round += 1) {
    const writer = spawnWriter(path, "fill");
    const reader = writer.stdout.getReader();
    await reader.read();
    const watching = open(path);
    const written = () =>
      Number(
        watching.database.prepare("SELECT generation FROM tenants").get()?.["generation"] ?? 0,
      );
    while (written() <= generation) await new Promise((resolve) => setTimeout(resolve, 5));
    watching.database.close();
    // Long enough that it is in the midst of its work, at another place each time.
    await new Promise((resolve) => setTimeout(resolve, 20 + 37 * round));
    writer.kill("SIGKILL");
    await writer.status;
    await reader.cancel();
    const { database, store } = open(path);
    const [checked] = database.prepare("PRAGMA integrity_check").all();
    equal(checked?.["integrity_check"], "ok");
    const kept = database.prepare(`SELECT count(*) AS keys,
      sum(length(key) + length(metadata) + length(value)) AS bytes FROM entries`).get();
    deepEqual(store.usage("t"), { kind: "ok", keys: kept?.["keys"], bytes: kept?.["bytes"] });
    const counts = database.prepare("SELECT generation FROM tenants").get();
    ok(Number(counts?.["generation"]) > generation);
    generation = Number(counts?.["generation"]);
    database.close();
  }
});

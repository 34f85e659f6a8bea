/**
 * A process that writes to a key-value store, for tests: `add` counts a key up so often, each time by what it has
 * read; `fill` writes, overwrites and removes keys until it is killed.
 */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { openDatabase } from "@skerry/platform";
import { HandClock } from "./hand_clock.ts";
import { DatabaseKeyValues } from "../key_values.ts";

const [path = "", verb, times = "0"] = Deno.args;
const budget = { bytesMax: 1_000_000_000, keysMax: 1_000_000 };
const name = { tenant: "t", store: "s" };
const key = encodeUtf8("sum");

const database = openDatabase(path, { survives: "process end", busyMsMax: 2_000 });
const store = new DatabaseKeyValues(database, new HandClock());
console.log("ready");
if (verb === "add") { for (let done = 0; done < Number(times);) done += add(); }
else for (let round = 0;; round += 1) fill(round);
database.close();

/** 1 where it was added, 0 where others came first. */
function add(): number {
  const found = store.get(name, key);
  if (found.kind === "failed") throw new Error(found.message);
  const [before, condition] = found.kind === "ok"
    ? [Number(decodeUtf8(found.entry.value)), { generation: found.entry.generation }] as const
    : [0, "absent"] as const;
  const value = encodeUtf8(String(before + 1));
  const put = store.put(name, key, { value, condition }, budget);
  if (put.kind === "ok") return 1;
  if (put.kind === "conflict" || (put.kind === "failed" && put.why === "busy")) return 0;
  throw new Error(JSON.stringify(put));
}

function fill(round: number): void {
  if (round === 10) console.log("it has written");
  const which = encodeUtf8(`key ${round * 7 % 101}`);
  if (round % 3 === 2) store.delete(name, which, "always");
  else store.put(name, which, { value: new Uint8Array(round * 977 % 50_000) }, budget);
}

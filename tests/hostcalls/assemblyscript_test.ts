import { equal } from "node:assert/strict";
import { echoBackends, GuestHouse, programOf } from "./guest_run.ts";

Deno.test("a program in AssemblyScript imports the calls from the library", async () => {
  const program = await programOf(
    "assemblyscript",
    `
import * as skerry from "skerry";
const key = String.UTF8.encode("key");
const value = String.UTF8.encode("value");
const at = (bytes: ArrayBuffer): usize => changetype<usize>(bytes);
if (skerry.kvPut(0, 0, at(key), key.byteLength, at(value), value.byteLength, 0, 0, 0) != 0) unreachable();
const info = new ArrayBuffer(24);
const copy = new ArrayBuffer(5);
if (skerry.kvGet(0, 0, at(key), key.byteLength, at(copy), 5, 0, 0, at(info)) != 0) unreachable();
trace(String.UTF8.decode(copy));
if (skerry.kvDelete(0, 0, at(key), key.byteLength, load<u64>(at(info))) != 0) unreachable();
if (skerry.kvList(0, 0, 0, 0, 0, 0, at(copy), 5, at(info)) != 0 || load<u32>(at(info), 4) != 0) unreachable();
const options = new ArrayBuffer(64);
store<u64>(at(options), 60000);
const found = new ArrayBuffer(40);
if (skerry.cacheSet(at(key), key.byteLength, at(value), value.byteLength, at(options)) != 0) unreachable();
if (skerry.cacheGet(at(key), key.byteLength, at(copy), 5, at(found)) != 0) unreachable();
trace(String.UTF8.decode(copy) + " " + load<u32>(at(found), 32).toString());
if (skerry.cachePurge(at(key), key.byteLength, 0) != 0) unreachable();
if (skerry.cacheTransactionLookup(at(key), key.byteLength, 0, 0, 0, at(found), at(info)) != 0) unreachable();
trace(load<u32>(at(found), 32).toString());
if (skerry.httpRequest(at(key), 3, at(value), 5, at(info)) != 44) unreachable();
`,
  );
  const { outcome, stderr } = await new GuestHouse(echoBackends).run(program);
  equal(outcome.kind, "returned");
  equal(stderr, "trace: value\ntrace: value 3\ntrace: 8\n");
});

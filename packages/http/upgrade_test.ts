import assert from "node:assert/strict";
import { emptySource } from "@skerry/base";
import type { Field } from "./message.ts";
import { offeredProtocols } from "./upgrade.ts";

function check(fields: readonly Field[], expected: readonly string[]): void {
  assert.deepEqual(offeredProtocols({ fields, body: undefined }), expected);
}

Deno.test("what a client offers is what it names for this connection", () => {
  check([["Connection", "Upgrade"], ["Upgrade", "websocket"]], ["websocket"]);
  check([["connection", "keep-alive, upgrade"], ["upgrade", "a/2, b"], ["Upgrade", ",c"]], [
    "a/2",
    "b",
    "c",
  ]);
});

Deno.test("an offer that is not for this connection, or is malformed, is none", () => {
  check([], []);
  check([["Upgrade", "websocket"]], []);
  check([["Connection", "upgrade"]], []);
  check([["Connection", "upgraded"], ["Upgrade", "websocket"]], []);
  check([["Connection", "upgrade"], ["Upgrade", "web socket"]], []);
  check([["Connection", "upgrade"], ["Upgrade", "websocket, a/b/c"]], []);
});

Deno.test("HTTP/1.0, HTTP/2 and a request with a body offer nothing", () => {
  const fields: readonly Field[] = [["Connection", "upgrade"], ["Upgrade", "websocket"]];
  for (const version of ["1.0", "2"] as const) {
    assert.deepEqual(offeredProtocols({ version, fields, body: undefined }), []);
  }
  assert.deepEqual(offeredProtocols({ version: "1.1", fields, body: emptySource }), []);
});

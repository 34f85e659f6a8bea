import assert from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { CgiHeadParser } from "@skerry/http";
import { GuestResponse } from "./guest_response.ts";

function responseOf(bufferBytesMax: number) {
  const heads = new CgiHeadParser({ bytesMax: 1024, fieldsMax: 8 });
  return new GuestResponse({ heads, bufferBytesMax }, true, () => assert.fail("it is malformed"));
}

Deno.test("a body that is written byte by byte comes out whole, and is counted byte by byte", () => {
  const response = responseOf(10_000);
  const body = Array.from({ length: 5_000 }, (_, index) => String(index % 10)).join("");
  for (const character of `Content-Type: text/plain\n\n${body}`) {
    assert.equal(response.write(encodeUtf8(character)), undefined);
  }
  response.end("whole");
  assert.equal(response.bodyBytes, 5_000);
  assert.equal(decodeUtf8(response.wholeBody()), body);
});

Deno.test("a program that writes byte by byte waits once as much is queued as may be", async () => {
  const response = responseOf(100);
  response.write(encodeUtf8("Content-Type: text/plain\n\n"));
  let waiting: void | Promise<void> = undefined;
  for (let count = 0; count < 101; count += 1) {
    assert.equal(waiting, undefined);
    waiting = response.write(new Uint8Array([65]));
  }
  assert.ok(waiting instanceof Promise);
  const stream = response.stream();
  assert.equal((await stream.next()).value?.length, 101);
  response.end("whole");
  assert.equal((await stream.next()).done, true);
  await waiting;
});

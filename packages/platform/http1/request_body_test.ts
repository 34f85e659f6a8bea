import assert from "node:assert/strict";
import { Input } from "./input.ts";
import { RequestBody } from "./request_body.ts";

Deno.test("others have their turn while a body of many pieces is dropped", async () => {
  const chunks = new TextEncoder().encode("1\r\nx\r\n".repeat(6_000));
  let sent = 0;
  const connection = {
    read(into: Uint8Array): Promise<number | null> {
      const piece = chunks.subarray(sent, sent + into.length);
      sent += piece.length;
      into.set(piece);
      return piece.length > 0 ? Promise.resolve(piece.length) : new Promise(() => {});
    },
  };
  const body = new RequestBody(new Input(connection, 1_000, () => {}), "chunked", () => {});
  const order: string[] = [];
  setImmediate(() => order.push("another"));
  assert.equal(await body.discard(5_000), false);
  order.push("dropped");
  assert.deepEqual(order, ["another", "dropped"]);
});

Deno.test("a body whose last byte was read is whole, though nobody asked for its end", async () => {
  const connection = {
    read(into: Uint8Array): Promise<number | null> {
      into.set([1, 2, 3]);
      return Promise.resolve(3);
    },
  };
  const body = new RequestBody(new Input(connection, 1_000, () => {}), 3, () => {});
  assert.equal((await body.read(2)).length, 2);
  assert.equal(body.isWhole, false);
  assert.equal((await body.read(2)).length, 1);
  assert.equal(body.isWhole, true);
  assert.equal((await body.read(2)).length, 0);
});

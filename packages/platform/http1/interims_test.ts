import assert from "node:assert/strict";
import { Interims } from "./interims.ts";
import { Output } from "./output.ts";

Deno.test("interim responses with fields are not kept for a client that does not read", async () => {
  const room = Promise.withResolvers<void>();
  let text = "";
  const output = new Output({
    async write(bytes) {
      await room.promise;
      for (const byte of bytes) text += String.fromCharCode(byte);
      return bytes.length;
    },
  });
  const interims = new Interims(output);
  interims.send(103, [["Link", "</a>"]]);
  await new Promise((resolve) => setTimeout(resolve));
  assert.ok(output.isBlocked);
  interims.send(103, [["Link", "</b>"]]);
  interims.send(100, []);
  room.resolve();
  await interims.sent;
  assert.equal(
    text,
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
  );
});

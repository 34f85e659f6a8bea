import assert from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "./bytes.ts";
import { bytePipe } from "./pipe.ts";

const text = async (bytes: Uint8Array | Promise<Uint8Array>) => decodeUtf8(await bytes);

Deno.test("what is written is read, in order and in pieces as they are asked for", async () => {
  const { source, sink, end } = bytePipe(100);
  assert.equal(sink.write(encodeUtf8("hello ")), undefined);
  sink.write(encodeUtf8(""));
  sink.write(encodeUtf8("world"));
  assert.equal(await text(source.read(4)), "hell");
  assert.equal(await text(source.read(100)), "o ");
  assert.equal(await text(source.read(100)), "world");
  const later = source.read(100);
  sink.write(encodeUtf8("later"));
  assert.equal(await text(later), "later");
  sink.write(encodeUtf8("last"));
  end();
  assert.equal(await text(source.read(100)), "last");
  assert.equal(await text(source.read(100)), "");
  assert.equal(await text(source.read(100)), "", "the end stays the end");
  assert.throws(() => sink.write(encodeUtf8("x")), /closed/);
});

Deno.test("a reader that waits hears of the end", async () => {
  const { source, end } = bytePipe(100);
  const waiting = source.read(100);
  end();
  assert.equal(await text(waiting), "");
});

Deno.test("writers wait while as much as the bound waits to be read", async () => {
  const { source, sink } = bytePipe(4);
  assert.equal(sink.write(encodeUtf8("abc")), undefined);
  let done = 0;
  const first = Promise.resolve(sink.write(encodeUtf8("d"))).then(() => done += 1);
  const second = Promise.resolve(sink.write(encodeUtf8("efgh"))).then(() => done += 1);
  await Promise.resolve();
  assert.equal(await text(source.read(3)), "abc");
  await Promise.resolve();
  assert.equal(done, 0, "five bytes are left");
  await source.read(1);
  await Promise.resolve();
  assert.equal(done, 0, "four are left");
  await source.read(1);
  await Promise.all([first, second]);
  assert.equal(await text(source.read(9)), "fgh");
});

Deno.test("a pipe that nobody reads any more fails its writers, also those that wait", async () => {
  const { source, sink, cancel } = bytePipe(1);
  const waiting = sink.write(encodeUtf8("abc"));
  cancel();
  await assert.rejects(Promise.resolve(waiting), /closed/);
  assert.throws(() => sink.write(encodeUtf8("x")), /closed/);
  assert.equal(await text(source.read(9)), "");
});

import assert from "node:assert/strict";
import { InputStream } from "./input_stream.ts";

/** A source that answers when it is told to. */
function slowSource() {
  const asked: ((bytes: Uint8Array) => void)[] = [];
  return {
    asked,
    source: { read: () => new Promise<Uint8Array>((resolve) => asked.push(resolve)) },
  };
}

Deno.test("many waiters share one read, and each is told when it arrives", async () => {
  const { asked, source } = slowSource();
  const stream = new InputStream(source);
  const { signal } = new AbortController();
  const waiting = Array.from({ length: 100 }, () => stream.ready(signal));
  assert.equal(asked.length, 1);
  asked[0]?.(new Uint8Array([1, 2, 3]));
  await Promise.all(waiting);
  assert.equal(stream.available, 3);
});

Deno.test("a waiter that gives up is let go at once, and what arrives later is not lost", async () => {
  const { asked, source } = slowSource();
  const stream = new InputStream(source);
  for (let round = 0; round < 100; round += 1) {
    const gone = new AbortController();
    const waiting = stream.ready(gone.signal);
    gone.abort();
    await waiting;
  }
  assert.equal(asked.length, 1);
  asked[0]?.(new Uint8Array([7]));
  await stream.ready(new AbortController().signal);
  assert.deepEqual([...stream.take(10)], [7]);
});

Deno.test("a source that fails is an error once, whoever waited", async () => {
  const stream = new InputStream({ read: () => Promise.reject(new Error("gone")) });
  await stream.ready(new AbortController().signal);
  assert.throws(() => stream.take(1), /EIO/);
});

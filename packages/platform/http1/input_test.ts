import assert from "node:assert/strict";
import { Input, type Readable } from "./input.ts";

/** A client that sends as much as is read, until it is told to end or to break. */
class Endless implements Readable {
  reads = 0;
  end: "no" | "whole" | "broken" = "no";

  async read(into: Uint8Array): Promise<number | null> {
    this.reads += 1;
    await Promise.resolve();
    if (this.end === "broken") throw new Error("broken");
    return this.end === "no" ? into.length : null;
  }
}

/** Lets everything go on that can. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("what nobody takes is not read without end", async () => {
  const client = new Endless();
  const input = new Input(client, 1_000, () => {});
  await turns();
  const { reads } = client;
  await turns();
  assert.equal(client.reads, reads);
  assert.ok(input.buffer.length <= 8 * 1024);
  input.buffer.skip(input.buffer.length);
  input.taken();
  await turns();
  assert.ok(client.reads > reads && input.buffer.length > 0);
  input.stop();
  await input.finished;
});

Deno.test("whoever waits hears of what arrives, and of every end", async () => {
  for (const end of ["whole", "broken"] as const) {
    const client = new Endless();
    let arrivals = 0;
    const input = new Input(client, 1_000, () => arrivals++);
    await input.more();
    assert.ok(arrivals > 0);
    assert.equal(input.ended, false);
    client.end = end;
    while (!input.ended) {
      input.buffer.skip(input.buffer.length);
      await input.more();
    }
    await input.finished;
    await input.more();
  }
});

Deno.test("input that is stopped while it is full ends", async () => {
  const input = new Input(new Endless(), 1_000, () => {});
  await turns();
  input.stop();
  await input.finished;
  assert.ok(input.ended);
});

Deno.test("what is dropped is bounded", async () => {
  const client = new Endless();
  const input = new Input(client, 1_000, () => {});
  await input.discard(100_000);
  assert.ok(client.reads > 1);
  assert.equal(input.ended, false);
  client.end = "whole";
  await input.discard(Infinity);
  assert.ok(input.ended);
});

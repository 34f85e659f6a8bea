import assert from "node:assert/strict";
import { FrameOutput } from "./frame_output.ts";
import { defaultHttp2Limits } from "./http2_limits.ts";

/** A client that takes what it is sent when it is let. */
class SlowClient {
  readonly streams: number[] = [];
  #taken = Promise.withResolvers<void>();

  async write(bytes: Uint8Array): Promise<number> {
    await this.#taken.promise;
    for (let at = 0; at < bytes.length;) {
      const length = (bytes[at] ?? 0) << 16 | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0);
      this.streams.push(bytes[at + 8] ?? 0);
      at += 9 + length;
    }
    return bytes.length;
  }

  take(): void {
    this.#taken.resolve();
  }
}

Deno.test("bodies take turns, a frame each, also where the first of them could send for ever", async () => {
  const client = new SlowClient();
  const output = new FrameOutput(client, defaultHttp2Limits, 1_000, () => {});
  const frames = 40;
  const send = async (streamId: number) => {
    for (let count = 0; count < frames; count += 1) {
      if (!output.hasRoom) await output.turn();
      output.data(streamId, new Uint8Array(16_000), false);
    }
  };
  const sending = [1, 3, 5, 7].map(send);
  client.take();
  await Promise.all(sending);
  await output.flushed();
  assert.equal(client.streams.length, 4 * frames);
  // Before the first is done, the others have had about as much.
  const end = client.streams.lastIndexOf(1);
  for (const other of [3, 5, 7]) {
    const before = client.streams.slice(0, end).filter((id) => id === other).length;
    assert.ok(before > frames / 2, `${before} frames of ${other}`);
  }
});

Deno.test("what nobody takes is bounded, and ends the connection", () => {
  let broken = 0;
  const output = new FrameOutput(new SlowClient(), defaultHttp2Limits, 1_000, () => broken += 1);
  for (let count = 0; count < 100_000; count += 1) output.control(6, 1, 0, new Uint8Array(8));
  assert.equal(broken, 1);
});

Deno.test("nobody waits for ever once the connection is broken", async () => {
  const output = new FrameOutput(new SlowClient(), defaultHttp2Limits, 1_000, () => {});
  const waiting = [output.turn(), output.flushed()];
  output.stop();
  await Promise.all([...waiting, output.turn(), output.flushed()]);
});

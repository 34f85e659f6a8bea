import assert from "node:assert/strict";
import { purgeTableBytes } from "./purge_layout.ts";
import type { HammerNews, HammerOrder } from "./testing/purge_hammer.ts";
import { newWords } from "./testing/purge_words.ts";

const [threads, rounds] = [3, 20_000];

function hammer(order: HammerOrder): Promise<HammerNews> {
  const url = new URL("./testing/purge_hammer_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  return new Promise<HammerNews>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<HammerNews>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}

Deno.test("INV-15: threads that purge and fill at once, in a table that is too small for them, are served nothing from before a purge", async () => {
  const buckets = 2;
  const memory = new SharedArrayBuffer(purgeTableBytes(buckets));
  newWords(buckets, memory);
  const facts = new SharedArrayBuffer(64 * 8);
  const told = await Promise.all(
    Array.from({ length: threads }, (_, seed) => hammer({ memory, facts, seed, rounds })),
  );
  for (const { wrong, purged, current } of told) {
    assert.deepEqual(wrong, []);
    assert.ok(purged > 0 && current > 0, `${purged} were purged, ${current} not`);
  }
});

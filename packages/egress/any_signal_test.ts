import assert from "node:assert/strict";
import { anySignal } from "./any_signal.ts";

Deno.test("a signal follows the first of others that is aborted, and none that it has let go of", () => {
  for (const index of [0, 1]) {
    const sources = [new AbortController(), new AbortController()];
    const { signal } = anySignal(...sources.map((source) => source.signal));
    assert.equal(signal.aborted, false);
    sources[index]?.abort();
    assert.equal(signal.aborted, true);
  }
  const source = new AbortController();
  const { signal, release } = anySignal(source.signal);
  release();
  source.abort();
  assert.equal(signal.aborted, false);
  assert.equal(anySignal(source.signal).signal.aborted, true, "one that was aborted before");
});

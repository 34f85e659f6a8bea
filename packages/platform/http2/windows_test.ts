import assert from "node:assert/strict";
import { windowBytesMax } from "./frames.ts";
import { ReceiveWindow, SendWindow } from "./windows.ts";

Deno.test("a window that is sent into may become less than nothing, and no larger than the protocol allows", () => {
  const window = new SendWindow(10);
  window.spend(10);
  assert.equal(window.grow(-5), true);
  assert.equal(window.bytes, -5);
  assert.equal(window.grow(windowBytesMax + 5), true);
  assert.equal(window.grow(1), false);
});

Deno.test("a window that is received into is opened by what was used, in large steps, and by no more", () => {
  const window = new ReceiveWindow(100);
  assert.equal(window.take(100), true);
  assert.equal(window.use(49), 0);
  assert.equal(window.use(1), 50);
  assert.equal(window.take(50), true);
  assert.equal(window.take(1), false);
});

/** What tests put into a buffer, as a connection would. */

import assert from "node:assert/strict";
import type { InputBuffer } from "./input_buffer.ts";

/** Puts a byte in for each character, in as many pieces as there is room for. */
export function put(buffer: InputBuffer, text: string): void {
  for (let at = 0; at < text.length;) {
    const room = buffer.room(true) ?? assert.fail("there is always room for what is wanted");
    const count = Math.min(room.length, text.length - at);
    for (let to = 0; to < count; to++) room[to] = text.charCodeAt(at + to);
    buffer.filled(count);
    at += count;
  }
}

// deno-lint-ignore-file skerry/host-access -- this runs in the guest, where these are its own

// Time and chance, which the snapshot must not freeze.

import { random } from "./host.js";

const engineNow = performance.now.bind(performance);
let startMs = 0;

/** Makes performance.now() count from the start of the request. */
export function installTime() {
  startMs = engineNow();
  const timeOrigin = Date.now();
  const performance = { now: () => engineNow() - startMs, timeOrigin };
  Object.defineProperty(globalThis, "performance", {
    value: performance,
    writable: true,
    configurable: true,
  });
}

/** The engine's Math.random has its seed in the snapshot: every request would see the same numbers. */
export function installRandom() {
  let pool = new Uint32Array(0);
  let at = 0;
  Math.random = () => {
    if (at + 2 > pool.length) {
      pool = new Uint32Array(random(512).buffer);
      at = 0;
    }
    at += 2;
    // 53 bits, as a double has.
    return ((pool[at - 2] >>> 5) * 2 ** 26 + (pool[at - 1] >>> 6)) / 2 ** 53;
  };
}

export const crypto = {
  getRandomValues(array) {
    if (!ArrayBuffer.isView(array) || array.byteLength > 65536) {
      throw new TypeError("expected a typed array of at most 65,536 bytes");
    }
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random(array.byteLength));
    return array;
  },
  /** RFC 9562, section 5.4. */
  randomUUID() {
    const bytes = random(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};

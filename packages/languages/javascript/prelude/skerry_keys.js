// Keys and values: the calls of skerry_kv, each of which waits until it is done.

import { bytesOfBuffer, decodeText, encodeText } from "./encoding.js";
import { keyDelete, keyGet, keyList, keyPut } from "./host.js";
import { callWith, viewOf } from "./skerry_pack.js";

const statuses = [
  "OK",
  "NOT_FOUND",
  "CONFLICT",
  "TOO_SMALL",
  "TOO_LARGE",
  "OVER_BUDGET",
  "BUSY",
  "FAILED",
  "INVALID",
  "FAULT",
];

/** A call that could not be done; `status` says why, by the names of docs/hostcalls.md. */
export class KeyValueError extends Error {
  constructor(status) {
    super(`the key-value store answers ${status}`);
    this.name = "KeyValueError";
    this.status = status;
  }
}

/** What is kept under a key. */
class Entry {
  constructor(value, metadata, generation, expiresMs) {
    this.value = value;
    this.metadata = metadata;
    this.generation = generation;
    this.expires = expiresMs === 0 ? undefined : new Date(expiresMs);
  }

  text() {
    return decodeText(this.value);
  }

  json() {
    return JSON.parse(this.text());
  }
}

export const kv = {
  /** The entry of a key, or undefined. */
  get(key, { store = "" } = {}) {
    const names = [encodeText(store), bytesOf(key)];
    for (let sizes = [4096, 2048];;) {
      const [value, metadata] = sizes.map((size) => new Uint8Array(size));
      const { status, buffers } = callWith(keyGet, ...names, value, metadata, new Uint8Array(24));
      const info = viewOf(buffers[4]);
      const found = [info.getUint32(16, true), info.getUint32(20, true)];
      if (isOk(status, "NOT_FOUND")) {
        const [bytes, about] = found.map((size, index) => buffers[index + 2].slice(0, size));
        return new Entry(bytes, about, numberAt(info, 0), numberAt(info, 8));
      }
      if (statuses[status] !== "TOO_SMALL") return undefined;
      sizes = found;
    }
  },

  /** Writes a key. The generation that it has then; undefined where the condition did not hold. */
  put(key, value, { store = "", metadata = "", ttlMs = 0, ifAbsent = false, ifGeneration } = {}) {
    const options = new DataView(new ArrayBuffer(24));
    const condition = ifAbsent ? 1 : ifGeneration === undefined ? 0 : 2;
    options.setUint32(0, condition, true);
    options.setBigUint64(8, BigInt(ifGeneration ?? 0), true);
    options.setBigUint64(16, BigInt(Math.ceil(ttlMs)), true);
    const { status, buffers } = callWith(
      keyPut,
      ...[encodeText(store), bytesOf(key), bytesOf(value), bytesOf(metadata)],
      new Uint8Array(options.buffer),
    );
    return isOk(status, "CONFLICT") ? numberAt(viewOf(buffers[4]), 8) : undefined;
  },

  /** Removes a key; false where there was none, or one of another generation. */
  delete(key, { store = "", ifGeneration = 0 } = {}) {
    const generation = new Uint8Array(BigUint64Array.of(BigInt(ifGeneration)).buffer);
    const { status } = callWith(keyDelete, encodeText(store), bytesOf(key), generation);
    return isOk(status, "NOT_FOUND", "CONFLICT");
  },

  /** The keys that begin with a prefix, in the order of their bytes, as text. */
  *list({ store = "", prefix = "" } = {}) {
    const names = [encodeText(store), bytesOf(prefix)];
    let after = new Uint8Array(0);
    for (let more = true; more;) {
      const room = [new Uint8Array(8192), new Uint8Array(12)];
      const { status, buffers } = callWith(keyList, ...names, after, ...room);
      isOk(status);
      const result = viewOf(buffers[4]);
      more = result.getUint32(8, true) === 1;
      for (const key of keysIn(buffers[3].subarray(0, result.getUint32(0, true)))) {
        after = key;
        yield decodeText(key);
      }
    }
  },
};

function* keysIn(bytes) {
  const lengths = viewOf(bytes);
  for (let at = 0; at < bytes.length;) {
    const start = at + 4;
    at = start + lengths.getUint32(at, true);
    yield bytes.slice(start, at);
  }
}

function bytesOf(value) {
  return typeof value === "string" ? encodeText(value) : bytesOfBuffer(value);
}

/** Whether a call is done; false for what is told by its name, and everything else is thrown. */
function isOk(status, ...told) {
  const name = statuses[status];
  if (name === "OK") return true;
  if (told.includes(name) || (name === "TOO_SMALL" && told.includes("NOT_FOUND"))) return false;
  throw new KeyValueError(name);
}

function numberAt(view, at) {
  return Number(view.getBigUint64(at, true));
}

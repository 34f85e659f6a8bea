// What a program has computed: the calls of skerry_cache, each of which waits until it is done.

import { bytesOfBuffer, decodeText, encodeText } from "./encoding.js";
import { Headers } from "./headers.js";
import {
  cacheGet,
  cacheInsert,
  cacheLookup,
  cachePurge,
  cachePurgeKeys,
  cacheSet,
  cacheTransactionInsert,
  cacheTransactionLookup,
  cacheTransactionUpdate,
  close,
  join,
  read,
  shutdown,
  writeSome,
} from "./host.js";
import { callWith, viewOf } from "./skerry_pack.js";

/** WASI's errors that have a meaning here. */
const errors = {
  1: "E2BIG: a key, metadata, surrogate keys or headers are too long",
  6: "EAGAIN: too many fragments are open",
  7: "EALREADY: the transaction is over",
  13: "ECONNABORTED: less was written than announced",
  15: "ECONNRESET: the fragment was cut short",
  16: "EDEADLK: the request would wait for itself",
  19: "EDQUOT: this request has done as much as it may",
  22: "EFBIG: the body is too large",
  28: "EINVAL: an empty key, or an option that there is not",
  33: "EMFILE: no descriptor is free",
  44: "ENOENT: nothing was found",
  51: "ENOSPC: too much is being written",
  64: "EPIPE: the fragment is over",
};

const [notFound, tooSmall] = [44, 68];
const states = { found: 1, usable: 2, stale: 4, mustInsert: 8 };
const metadataBytesMax = 2048;

/** A call that could not be done; `status` says why, by the names of docs/hostcalls.md. */
export class CacheError extends Error {
  constructor(errno) {
    const text = errors[errno] ?? `WASI error ${errno}`;
    super(text);
    this.name = "CacheError";
    this.status = text.split(":", 1)[0];
  }
}

/** What is told of a fragment; times are in milliseconds. */
class Facts {
  constructor(found, metadata) {
    const view = viewOf(found);
    const size = view.getBigUint64(0, true);
    const state = view.getUint32(32, true);
    this.size = size === 0xffffffffffffffffn ? undefined : Number(size);
    this.ageMs = Number(view.getBigUint64(8, true));
    this.ttlMs = Number(view.getBigInt64(16, true));
    this.hits = Number(view.getBigUint64(24, true));
    this.isUsable = (state & states.usable) !== 0;
    this.isStale = (state & states.stale) !== 0;
    this.metadata = metadata?.slice(0, view.getUint32(36, true));
  }
}

/** A fragment that is all there. */
class Fragment extends Facts {
  constructor(found, value, metadata) {
    super(found, metadata);
    this.value = value;
  }

  text() {
    return decodeText(this.value);
  }

  json() {
    return JSON.parse(this.text());
  }
}

/** A fragment that is read as it comes. */
class OpenFragment extends Facts {
  #fd;

  constructor(fd, found, metadata) {
    super(found, metadata);
    this.#fd = fd;
  }

  /** The body in pieces, once. */
  *[Symbol.iterator]() {
    for (let piece = this.#read(); piece.length > 0; piece = this.#read()) yield piece;
  }

  bytes() {
    return join([...this]);
  }

  text() {
    return decodeText(this.bytes());
  }

  close() {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }

  #read() {
    if (this.#fd === undefined) throw new CacheError(64);
    const piece = read(this.#fd, 65536);
    if (typeof piece === "number") throw new CacheError(piece);
    return piece;
  }
}

/** A fragment that is written. It is kept once it is closed. */
class FragmentWriter {
  #fd;

  constructor(fd) {
    this.#fd = fd;
  }

  write(piece) {
    this.#done(writeSome(this.#open(), bytesOf(piece)));
  }

  close() {
    this.#done(shutdown(this.#open()));
    this.abort();
  }

  /** Nothing of it is kept. */
  abort() {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }

  #open() {
    if (this.#fd === undefined) throw new CacheError(64);
    return this.#fd;
  }

  #done(errno) {
    if (errno === 0) return;
    this.abort();
    throw new CacheError(errno);
  }
}

/** To find a fragment that many want, or to be the one who brings it. */
class Transaction {
  #fd;

  constructor(fd, found, metadata) {
    const state = viewOf(found).getUint32(32, true);
    this.#fd = fd;
    this.mustInsert = (state & states.mustInsert) !== 0;
    /** Where it is not usable, it can still be said to hold. */
    this.found = (state & states.found) !== 0 ? new OpenFragment(fd, found, metadata) : undefined;
  }

  insert(options) {
    const called = callWith(
      cacheTransactionInsert,
      wordOf(this.#fd),
      ...written(options),
      wordOf(0),
    );
    return new FragmentWriter(descriptorOf(called, 6));
  }

  update(options) {
    done(callWith(cacheTransactionUpdate, wordOf(this.#fd), ...written(options)).status);
  }

  /** Also where it was met: nothing more is read. */
  close() {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }
}

export const cache = {
  /** The fragment of a key, or undefined. */
  get(key) {
    for (let size = 16384;;) {
      const room = [bytesOf(key), new Uint8Array(size), new Uint8Array(40)];
      const { status, buffers: [, value, found] } = callWith(cacheGet, ...room);
      if (status === notFound) return undefined;
      size = Number(viewOf(found).getBigUint64(0, true));
      if (status === 0) return new Fragment(found, value.slice(0, size));
      if (status !== tooSmall) throw new CacheError(status);
    }
  },

  set(key, value, options = {}) {
    done(callWith(cacheSet, bytesOf(key), bytesOf(value), ...written(options)).status);
  },

  purge(key, { soft = false } = {}) {
    done(callWith(cachePurge, bytesOf(key), wordOf(soft ? 1 : 0)).status);
  },

  /** Purges whatever of the service has one of these surrogate keys, responses too. */
  purgeKeys(keys, { soft = false } = {}) {
    const names = encodeText([keys].flat().join(" "));
    done(callWith(cachePurgeKeys, names, wordOf(soft ? 1 : 0)).status);
  },

  /** A fragment to be read in pieces, or undefined. */
  lookup(key, { headers } = {}) {
    const called = callWith(cacheLookup, ...looked(key, { headers }));
    if (called.status === notFound) return undefined;
    return new OpenFragment(descriptorOf(called, 5), called.buffers[4], called.buffers[3]);
  },

  /** Begins a fragment that is written in pieces. */
  insert(key, options = {}) {
    const called = callWith(cacheInsert, bytesOf(key), ...written(options), wordOf(0));
    return new FragmentWriter(descriptorOf(called, 6));
  },

  transaction(key, { headers, waitMs } = {}) {
    const called = callWith(cacheTransactionLookup, ...looked(key, { headers, waitMs }));
    return new Transaction(descriptorOf(called, 5), called.buffers[4], called.buffers[3]);
  },

  /**
   * The bytes of a fragment, by whoever computes it first: `compute` gives a value, or `{ value, ...options }`. Many who ask at
   * once wait for one.
   */
  async getOrSet(key, compute, options = {}) {
    for (;;) {
      const transaction = this.transaction(key, options);
      try {
        if (!transaction.mustInsert) return transaction.found.bytes();
        const made = await compute();
        const { value, ...said } = isSaid(made) ? made : { value: made };
        const bytes = bytesOf(value);
        const writer = transaction.insert({ ...options, ...said });
        writer.write(bytes);
        writer.close();
        return bytes;
      } catch (error) {
        // Whoever was to bring it has ended: perhaps it is this one's turn now.
        if (!(error instanceof CacheError && error.status === "ECONNRESET")) throw error;
      } finally {
        transaction.close();
      }
    }
  },
};

function isSaid(made) {
  return typeof made === "object" && made !== null && "value" in made;
}

/** `struct skerry_cache_write`, and the buffers that it speaks of. */
function written(
  { ttlMs = 0, staleWhileRevalidateMs = 0, ageMs = 0, size = 0, ...said } = {},
) {
  const { surrogateKeys = [], metadata = "", vary = [], headers } = said;
  const options = new DataView(new ArrayBuffer(64));
  for (const [index, value] of [ttlMs, staleWhileRevalidateMs, ageMs, size].entries()) {
    options.setBigUint64(8 * index, BigInt(Math.ceil(value)), true);
  }
  const names = [[surrogateKeys].flat().join(" "), [vary].flat().join(",")];
  const [keys, varied] = names.map(encodeText);
  return [
    new Uint8Array(options.buffer),
    ...[keys, bytesOf(metadata), varied, linesOf(vary.length === 0 ? undefined : headers)],
  ];
}

/** A key, `struct skerry_cache_lookup`, the request's fields, and room for what is told. */
function looked(key, { headers, waitMs = 0 }) {
  const options = Uint32Array.of(0, 0, Math.ceil(waitMs), 0);
  const room = [new Uint8Array(metadataBytesMax), new Uint8Array(40), wordOf(0)];
  return [bytesOf(key), new Uint8Array(options.buffer), linesOf(headers), ...room];
}

function linesOf(headers) {
  const lines = Array.from(new Headers(headers), ([name, value]) => `${name}: ${value}\r\n`);
  return Uint8Array.from(lines.join(""), (character) => character.charCodeAt(0));
}

function descriptorOf({ status, buffers }, index) {
  done(status);
  return viewOf(buffers[index]).getUint32(0, true);
}

function done(errno) {
  if (errno !== 0) throw new CacheError(errno);
}

function bytesOf(value) {
  return typeof value === "string" ? encodeText(value) : bytesOfBuffer(value);
}

function wordOf(number) {
  return new Uint8Array(Uint32Array.of(number).buffer);
}

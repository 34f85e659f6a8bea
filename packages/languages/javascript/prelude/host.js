// The glue's functions, for the prelude's modules alone: a program cannot import this one.
// A number that stands where bytes were asked for is an error number of WASI.

const host = globalThis.skerryHost;
delete globalThis.skerryHost;

export const { evaluate, drain, exit, sleep, encode, decode } = host;

/** What programs that import "skerry" may call besides; for others these do nothing. */
export const { read, keyGet, keyPut, keyDelete, keyList, request, shutdown, close } = host;
export const { cacheGet, cacheSet, cachePurge, cachePurgeKeys, cacheLookup, cacheInsert } = host;
export const { cacheTransactionLookup, cacheTransactionInsert, cacheTransactionUpdate } = host;
export const { preopen, preopenName, openFile } = host;
export const writeSome = host.write;

/** All of stdin. */
export function readAll() {
  const parts = [];
  for (;;) {
    const part = bytesOf(host.read(0, 65536), "stdin cannot be read");
    if (part.length === 0) return join(parts);
    parts.push(part);
  }
}

/** Writes all bytes to stdout (1) or stderr (2). */
export function write(fd, bytes) {
  const errno = host.write(fd, bytes);
  if (errno !== 0) throw new Error(`output cannot be written (WASI error ${errno})`);
}

export function random(length) {
  return bytesOf(host.random(length), "there is no randomness");
}

/** Environment variables as [name, value]. */
export function environment() {
  return strings(bytesOf(host.environ(), "the environment cannot be read")).map((entry) => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
}

export function programArguments() {
  return strings(bytesOf(host.args(), "the arguments cannot be read"));
}

function bytesOf(answer, fault) {
  if (typeof answer === "number") throw new Error(`${fault} (WASI error ${answer})`);
  return answer;
}

/** Splits at zero bytes; the last string has one behind it too. What is not UTF-8 is read as Latin-1. */
function strings(bytes) {
  const texts = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    const text = bytes.subarray(start, end);
    texts.push(decode(text) ?? String.fromCharCode(...text));
    start = end + 1;
  }
  return texts;
}

/** The parts in one array. */
export function join(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

// The UTF-8 decoder of the Encoding standard, for bytes that are known not to be well-formed.

/**
 * Decodes with U+FFFD for each maximal part that is not UTF-8. With `stream`, an unfinished sequence at
 * the end is given back as `rest` instead.
 */
export function decodeLossy(bytes, stream = false) {
  let text = "";
  let faults = 0;
  let at = 0;
  while (at < bytes.length) {
    const { length, point } = sequenceAt(bytes, at);
    if (point === undefined) {
      if (stream && at + length === bytes.length && isUnfinished(bytes, at)) break;
      faults += 1;
    }
    text += String.fromCodePoint(point ?? 0xfffd);
    at += length;
  }
  return { text, faults, rest: bytes.slice(at) };
}

/** The code point at an index and its length; or how many bytes one U+FFFD stands for. */
function sequenceAt(bytes, at) {
  const first = bytes[at];
  if (first < 0x80) return { length: 1, point: first };
  const follow = followers(first);
  if (follow === 0) return { length: 1, point: undefined };
  let point = first & (0x3f >> follow);
  for (let index = 1; index <= follow; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined || !isFollower(first, index, byte)) {
      return { length: index, point: undefined };
    }
    point = (point << 6) | (byte & 0x3f);
  }
  return { length: follow + 1, point };
}

function followers(first) {
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/** Unicode 16, table 3-7: the second byte's range depends on the first. */
function isFollower(first, index, byte) {
  const low = index === 1 ? { 0xe0: 0xa0, 0xf0: 0x90 }[first] ?? 0x80 : 0x80;
  const high = index === 1 ? { 0xed: 0x9f, 0xf4: 0x8f }[first] ?? 0xbf : 0xbf;
  return byte >= low && byte <= high;
}

function isUnfinished(bytes, at) {
  return bytes.length - at <= followers(bytes[at]);
}

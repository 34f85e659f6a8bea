/**
 * The Huffman code of HPACK (RFC 7541 §5.2 and appendix B), over strings with a character for each byte.
 *
 * The code is canonical: shorter codes come before longer ones, and among those of a length the smaller symbol
 * before the greater one. So the lengths alone say all of it.
 */

/** Bits of each byte's code, and of EOS. */
// deno-fmt-ignore
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const endOfString = 256;
/** What four bits lead to from a node of the code's tree: another node, and a byte that has ended on the way. */
const [nodeMask, emits, symbolShift, failure] = [0xff, 0x100, 9, -1];

const codes = canonicalCodes();
const { steps, mayEnd } = decodingSteps();

/** How many bytes a string takes. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits += lengths[text.charCodeAt(at)] ?? 0;
  return Math.ceil(bits / 8);
}

/** Writes a string and tells where it ends. There must be room for {@link huffmanLength} bytes. */
export function huffmanEncode(text: string, into: Uint8Array, start: number): number {
  let at = start;
  // At most 7 bits that are left over and 30 of a code: beyond what the bit operators have.
  let pending = 0;
  let bits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index);
    const length = lengths[symbol] ?? 0;
    pending = pending * 2 ** length + (codes[symbol] ?? 0);
    bits += length;
    while (bits >= 8) {
      bits -= 8;
      const byte = Math.floor(pending / 2 ** bits);
      into[at++] = byte;
      pending -= byte * 2 ** bits;
    }
  }
  // §5.2: the rest of a byte is filled with the first bits of EOS, which are ones.
  if (bits > 0) into[at++] = (pending << (8 - bits)) | (0xff >> bits);
  return at;
}

/**
 * Reads a string, which is put into `scratch` (with room for 8/5 of the bytes), and tells its length; undefined
 * where this is no string's code.
 */
export function huffmanDecode(
  bytes: Uint8Array,
  from: number,
  to: number,
  scratch: Uint8Array,
): number | undefined {
  let node = 0;
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const step = steps[node << 4 | (byte >> shift & 0xf)] ?? failure;
      if (step === failure) return undefined;
      if ((step & emits) !== 0) scratch[count++] = step >> symbolShift;
      node = step & nodeMask;
    }
  }
  return mayEnd[node] === 1 ? count : undefined;
}

function canonicalCodes(): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  const order = [...lengths.keys()].sort((left, right) =>
    (lengths[left] ?? 0) - (lengths[right] ?? 0) || left - right
  );
  let next = 0;
  let before = 0;
  for (const symbol of order) {
    const length = lengths[symbol] ?? 0;
    next *= 2 ** (length - before);
    codes[symbol] = next++;
    before = length;
  }
  return codes;
}

/** No code is shorter than five bits, so that four of them end one byte at most. */
function decodingSteps(): { steps: Int32Array; mayEnd: Uint8Array } {
  const tree = codeTree();
  const steps = new Int32Array(tree.length << 4);
  for (const [start] of tree.entries()) {
    for (let nibble = 0; nibble < 16; nibble += 1) {
      let node = start;
      let emitted = 0;
      for (let bit = 3; bit >= 0 && node !== failure; bit -= 1) {
        const next = tree[node]?.[nibble >> bit & 1] ?? failure;
        if (next >= 0) node = next;
        else if (~next === endOfString) node = failure; // §5.2: EOS within a string is an error.
        else {
          emitted = emits | ~next << symbolShift;
          node = 0;
        }
      }
      steps[start << 4 | nibble] = node === failure ? failure : emitted | node;
    }
  }
  const mayEnd = new Uint8Array(tree.length);
  // §5.2: padding is shorter than a byte and made of ones.
  for (let node = 0, depth = 0; depth < 8; depth += 1) {
    mayEnd[node] = 1;
    node = tree[node]?.[1] ?? 0;
  }
  return { steps, mayEnd };
}

/** Nodes with what zero and one lead to: the number of a node, or the complement of a symbol. */
function codeTree(): [number, number][] {
  const tree: [number, number][] = [[0, 0]];
  for (const [symbol, length] of lengths.entries()) {
    const code = codes[symbol] ?? 0;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      const side = code >> bit & 1 ? 1 : 0;
      const branches = tree[node] ?? [0, 0];
      if (bit === 0) branches[side] = ~symbol;
      else if (branches[side] === 0) branches[side] = tree.push([0, 0]) - 1;
      node = branches[side];
    }
  }
  return tree;
}

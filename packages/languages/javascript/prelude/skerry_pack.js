// The arguments of a call in one array: words of 32 bits, then the buffers that they speak of.

/**
 * Calls a function of the host's with buffers.
 *
 * What it has written is in the `buffers` that come back, which are those that were given, in their order.
 */
export function callWith(call, ...buffers) {
  const head = 8 * buffers.length;
  const packed = new Uint8Array(buffers.reduce((sum, { length }) => sum + length, head));
  const words = new DataView(packed.buffer);
  let at = head;
  const views = buffers.map((buffer, index) => {
    words.setUint32(8 * index, at, true);
    words.setUint32(8 * index + 4, buffer.length, true);
    packed.set(buffer, at);
    const view = packed.subarray(at, at + buffer.length);
    at += buffer.length;
    return view;
  });
  return { status: call(packed), buffers: views };
}

/** The numbers in a structure. */
export function viewOf({ buffer, byteOffset, byteLength }) {
  return new DataView(buffer, byteOffset, byteLength);
}

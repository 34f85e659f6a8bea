/** Lines of a stream, none longer than a bound: what a longer one says is left out. */

/** The longest line, in UTF-16 code units. A request's with a long backtrace has some thousand. */
const lineLengthMax = 1024 * 1024;

/** Lines without their ends, as they come; empty ones, which keep a connection alive, are none. */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  lengthMax = lineLengthMax,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = "";
  let isTooLong = false;
  for await (const piece of body) {
    const parts = decoder.decode(piece, { stream: true }).split("\n");
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        if (!isTooLong && pending !== "") yield pending;
        pending = "";
        isTooLong = false;
      }
      isTooLong ||= pending.length + part.length > lengthMax;
      pending = isTooLong ? "" : pending + part;
    }
  }
}

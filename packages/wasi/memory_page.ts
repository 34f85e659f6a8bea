/** The pages that file contents in memory are counted in. */

/** What contents are paid for by, in bytes. */
export const pageBytes = 4096;

/** Walks the pages of a range, until `visit` says to stop by answering false. */
export function forEachPage(
  offset: number,
  count: number,
  visit: (page: number, within: number, from: number, length: number) => boolean,
): void {
  for (let from = 0; from < count;) {
    const at = offset + from;
    const within = at % pageBytes;
    const length = Math.min(pageBytes - within, count - from);
    if (!visit(Math.floor(at / pageBytes), within, from, length)) return;
    from += length;
  }
}

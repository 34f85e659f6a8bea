/** What keeps a processor from putting off what it reads or writes. */

const word = new Int32Array(1);

/** What comes before in the program comes before for all processors: a change of a word in one step stands between. */
export function fence(): void {
  Atomics.add(word, 0, 0);
}

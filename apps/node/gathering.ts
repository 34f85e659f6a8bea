/** Answers that several are asked for: done when all have answered, or as many as are left. */

/** What is being gathered, by names that whoever asks chooses. */
export class Gathering {
  readonly #open = new Map<string, Open>();

  /** Waits for answers; with nobody to wait for, it is done at once. */
  of(name: string, count: number): Promise<string[]> {
    if (count === 0) return Promise.resolve([]);
    const open = { missing: count, texts: [], ...Promise.withResolvers<string[]>() };
    this.#open.set(name, open);
    return open.promise;
  }

  /** One has answered, with texts or none. An answer that nobody waits for is nothing. */
  answered(name: string, texts: readonly string[] = []): void {
    const open = this.#open.get(name);
    if (open === undefined) return;
    open.texts.push(...texts);
    open.missing -= 1;
    if (open.missing > 0) return;
    this.#open.delete(name);
    open.resolve(open.texts);
  }
}

interface Open extends PromiseWithResolvers<string[]> {
  missing: number;
  readonly texts: string[];
}

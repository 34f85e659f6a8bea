/** Answers that several are asked for: done when all have answered, or none will any more. */

/** What is being gathered, by names that whoever asks chooses. */
export class Gathering {
  readonly #open = new Map<string, Open>();

  /** Waits for so many answers, at least one; gives all their texts, undefined where it was cancelled. */
  of(name: string, count: number): Promise<string[] | undefined> {
    const open = { missing: count, texts: [], ...Promise.withResolvers<string[] | undefined>() };
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

  /** Those who would answer are gone. */
  cancel(): void {
    for (const { resolve } of this.#open.values()) resolve(undefined);
    this.#open.clear();
  }
}

interface Open extends PromiseWithResolvers<string[] | undefined> {
  missing: number;
  readonly texts: string[];
}

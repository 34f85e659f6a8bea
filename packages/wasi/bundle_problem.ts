/** Why an archive is refused. */

import { printable, SkerryError } from "@skerry/base";

/** What is wrong with an entry, before it is known which archive and which entry it is. */
export class BundleProblem extends Error {
  readonly at: number;
  readonly remedy: string;
  entry: string | undefined;

  constructor(at: number, message: string, remedy: string, entry?: string) {
    super(message);
    this.at = at;
    this.remedy = remedy;
    this.entry = entry;
  }

  /** As an operating error. `where` is the archive. */
  toError(where: string): SkerryError {
    const entry = this.entry === undefined ? "" : `"${printable(this.entry, 200)}": `;
    const message = `the bundle is refused: ${entry}${this.message}`;
    const remedy = this.remedy;
    return new SkerryError("SKERRY_BUNDLE_REFUSED", message, {
      where: `${where}, byte ${this.at}`,
      remedy,
      cause: this,
    });
  }
}

/** What an artifact fails to prove, collected up to a bound. */

/** The property that does not hold. */
export type Property =
  | "format"
  | "digest"
  | "isolation"
  | "preempt"
  | "dirty"
  | "grow"
  | "reset"
  | "offsets";

/** One thing that is wrong with an artifact. */
export interface Violation {
  readonly property: Property;
  readonly message: string;
  readonly functionIndex?: number;
  readonly functionName?: string;
  /** In the artifact, in bytes. */
  readonly offset?: number;
}

/** Collects violations; those beyond the bound are not kept. */
export class Violations {
  readonly #max: number;
  readonly #list: Violation[] = [];

  constructor(max: number) {
    this.#max = Math.max(1, max);
  }

  get list(): Violation[] {
    return this.#list;
  }

  /** Whether looking for more has no use. */
  get full(): boolean {
    return this.#list.length >= this.#max;
  }

  add(
    property: Property,
    message: string,
    place: { functionIndex?: number; offset?: number } = {},
  ): void {
    if (!this.full) this.#list.push({ property, message, ...place });
  }
}

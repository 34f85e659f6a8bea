/**
 * Handshakes that are under way, which are bounded.
 *
 * An honest client's takes a few round trips. So of too many it is the oldest that is given up, and clients that
 * begin one and let it stand keep nobody out.
 */

/** What can be given up. */
interface Closable {
  close(): void;
}

/** The connections of one server that have not shaken hands yet. */
export class Handshakes {
  readonly #max: number;
  /** In the order of their beginning. */
  readonly #underWay = new Set<Closable>();

  constructor(max: number) {
    this.#max = max;
  }

  began(connection: Closable): void {
    this.#underWay.add(connection);
    if (this.#underWay.size <= this.#max) return;
    for (const oldest of this.#underWay) return oldest.close();
  }

  /** It is done, or given up. Harmless when told twice. */
  ended(connection: Closable): void {
    this.#underWay.delete(connection);
  }
}

/** How many connections there are from each address, so that one client leaves others theirs. */

/** Counts those who come and go. */
export class AddressCounts {
  readonly #countMax: number;
  readonly #counts = new Map<string, number>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Counts one more; false, and nothing, where there are enough. */
  enter(address: string): boolean {
    const group = addressGroup(address);
    if (group === undefined) return true;
    const count = this.#counts.get(group) ?? 0;
    if (count >= this.#countMax) return false;
    this.#counts.set(group, count + 1);
    return true;
  }

  /** Counts one less of those who were counted. */
  leave(address: string): void {
    const group = addressGroup(address);
    if (group === undefined) return;
    const count = this.#counts.get(group) ?? 0;
    if (count > 1) this.#counts.set(group, count - 1);
    else this.#counts.delete(group);
  }

  /** How many addresses are known, for tests: each must be forgotten. */
  get size(): number {
    return this.#counts.size;
  }
}

/**
 * Addresses that are one client's: one of IPv4, or the 64 bits of IPv6 below which a client has all (RFC 4291 §2.5.4).
 * Undefined for this machine itself, where whoever is in front speaks for many.
 */
export function addressGroup(address: string): string | undefined {
  if (!address.includes(":")) return address.startsWith("127.") ? undefined : address;
  if (address === "::1") return undefined;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(Math.max(0, missing)).fill("0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, ""));
}

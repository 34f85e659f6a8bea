/** Lists keys into a guest's buffer: as many as fit, looked for page by page. */

import {
  attemptCall,
  keyValueCall,
  type KeyValueGuest,
  readKey,
  readStore,
} from "./key_value_call.ts";
import type { KeyValueStatus } from "./key_value_status.ts";
import type { ListedKey, Listing, StoreName } from "./key_values_port.ts";
import { keyValueLimits as limits } from "./limits.ts";

const resultBytes = 12;

/** list(store, store_len, prefix, prefix_len, after, after_len, buffer, buffer_size, result) */
export const listKeys = keyValueCall(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, store, storeLength, prefix, prefixLength, after, afterLength, buffer, size, result) => {
    guest.memory.check(buffer, size);
    guest.memory.check(result, resultBytes);
    const name = readStore(guest, store, storeLength);
    const from = readKey(guest, after, afterLength, "beginning");
    const listing = {
      prefix: readKey(guest, prefix, prefixLength, "beginning"),
      keysMax: limits.listedKeysMax,
    };
    const filling = new Filling(guest, buffer >>> 0, size >>> 0);
    const first = from.length === 0 ? listing : { ...listing, after: from };
    return fill(guest, name, first, filling).then((more) => filling.report(result >>> 0, more));
  },
);

/** Fills the buffer from here on; tells whether there are more keys. */
async function fill(
  guest: KeyValueGuest,
  name: StoreName,
  first: Listing,
  filling: Filling,
): Promise<"more" | "all"> {
  for (let listing = first;;) {
    const page = await attemptCall(guest, () => guest.state.keyValues.list(name, listing));
    if (page.kind !== "ok") return "all";
    for (const listed of page.keys) if (!filling.add(listed)) return "more";
    if (page.after === undefined) return "all";
    listing = { ...listing, after: page.after };
    await guest.turn();
  }
}

/** A buffer that keys are put into, each behind its length in four bytes. */
class Filling {
  readonly #guest: KeyValueGuest;
  readonly #buffer: number;
  readonly #size: number;
  #bytes = 0;
  #keys = 0;
  /** What the first key would have taken, where there is no room for it. */
  #needed = 0;

  constructor(guest: KeyValueGuest, buffer: number, size: number) {
    this.#guest = guest;
    this.#buffer = buffer;
    this.#size = size;
  }

  /** False where there is no room. */
  add({ key }: ListedKey): boolean {
    const { memory } = this.#guest;
    const bytes = 4 + key.length;
    if (this.#bytes + bytes > this.#size) {
      if (this.#keys === 0) this.#needed = bytes;
      return false;
    }
    memory.writeU32(this.#buffer + this.#bytes, key.length);
    memory.write(this.#buffer + this.#bytes + 4, key);
    this.#bytes += bytes;
    this.#keys += 1;
    return true;
  }

  /** Tells how much there is, or how much room the first key needs. */
  report(result: number, then: "more" | "all"): KeyValueStatus {
    const { memory } = this.#guest;
    memory.writeU32(result, this.#needed === 0 ? this.#bytes : this.#needed);
    memory.writeU32(result + 4, this.#keys);
    memory.writeU32(result + 8, then === "more" ? 1 : 0);
    return this.#needed === 0 ? "OK" : "TOO_SMALL";
  }
}

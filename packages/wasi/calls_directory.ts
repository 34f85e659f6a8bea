/** Reading directories. */

import { directoryAt } from "./arguments.ts";
import { call } from "./call.ts";
import { Listing } from "./listing.ts";
import { rights } from "./rights.ts";

/**
 * Fills the buffer with entries from a cookie on; the last one may be cut off. Fewer bytes than the buffer
 * holds mean the end. Cookie 0 looks at the directory anew; all others go on in what was seen then.
 */
export const fdReaddir = call(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, buffer, length, cookie, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    memory.check(buffer, length);
    const descriptor = directoryAt(guest, fd, rights.fdReaddir);
    const first = BigInt.asUintN(64, cookie);
    if (first === 0n || descriptor.listing === undefined) {
      descriptor.listing?.release();
      delete descriptor.listing;
      descriptor.listing = new Listing(descriptor.directory, state.listings);
    }
    const { listing } = descriptor;
    const capacity = length >>> 0;
    let used = 0;
    for (let index = Number(first); used < capacity; index += 1) {
      const record = listing.record(index)?.subarray(0, capacity - used);
      if (record === undefined) break;
      memory.write((buffer >>> 0) + used, record);
      used += record.length;
    }
    memory.writeU32(result, used);
  },
);

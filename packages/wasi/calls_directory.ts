/** Reading directories. */

import { andThen } from "@skerry/base";
import { directoryAt } from "./arguments.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import { entriesPerTurn } from "./limits.ts";
import { list, type Listing } from "./listing.ts";
import { rights } from "./rights.ts";

/**
 * Fills the buffer with entries from a cookie on; the last one may be cut off. Fewer bytes than the buffer
 * holds mean the end. Cookie 0 looks at the directory anew; all others go on in what was seen then.
 */
export const fdReaddir = waitingCall(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, buffer, length, cookie, result) => {
    const { memory } = guest;
    memory.check(result, 4);
    memory.check(buffer, length);
    const descriptor = directoryAt(guest, fd, rights.fdReaddir);
    const first = BigInt.asUintN(64, cookie);
    const tell = (listing: Listing) => {
      const room = { at: buffer >>> 0, bytes: length >>> 0 };
      const used = fill(guest, listing, Number(first), room, 0);
      return andThen(used, (bytes) => memory.writeU32(result, bytes));
    };
    if (first !== 0n && descriptor.listing !== undefined) return tell(descriptor.listing);
    descriptor.listing?.release();
    delete descriptor.listing;
    return andThen(list(guest, descriptor.directory), (listing) => {
      descriptor.listing = listing;
      return tell(listing);
    });
  },
);

/** Writes the entries from an index on, and tells how many bytes of the room they have taken. */
function fill(
  guest: WasiGuest,
  listing: Listing,
  first: number,
  room: { readonly at: number; readonly bytes: number },
  usedBefore: number,
): number | Promise<number> {
  let used = usedBefore;
  for (let index = first; used < room.bytes; index += 1) {
    const isTurn = index > first && index % entriesPerTurn === 0;
    const turn = isTurn ? guest.turn() : undefined;
    if (turn !== undefined) return turn.then(() => fill(guest, listing, index, room, used));
    const record = listing.record(index)?.subarray(0, room.bytes - used);
    if (record === undefined) break;
    guest.memory.write(room.at + used, record);
    used += record.length;
  }
  return used;
}

/** Bodies copied between the cache and a guest's memory: large ones in pieces, with turns of others between them. */

import type { FillingFragment, FragmentBody } from "@skerry/cache";
import { fail } from "@skerry/base";
import type { CacheGuest } from "./cache_call.ts";

const pieceBytesMax = 256 * 1024;

/** Copies all of a body that is there to a place that was checked. */
export function copyOut(
  guest: CacheGuest,
  body: FragmentBody,
  pointer: number,
  from = 0,
): void | Promise<void> {
  for (let at = from;;) {
    const piece = body.read(at, pieceBytesMax);
    if (!(piece instanceof Uint8Array)) return fail("EIO");
    if (piece.length === 0) return;
    guest.memory.write((pointer >>> 0) + at, piece);
    at += piece.length;
    const next = at;
    const turn = guest.turn();
    if (turn !== undefined) return turn.then(() => copyOut(guest, body, pointer, next));
  }
}

/** Writes a guest's bytes, whose place was checked, and finishes. */
export function copyIn(
  guest: CacheGuest,
  filling: FillingFragment,
  pointer: number,
  length: number,
  from = 0,
): void | Promise<void> {
  const bytes = length >>> 0;
  for (let at = from; at < bytes;) {
    const piece = guest.memory.view((pointer >>> 0) + at, Math.min(pieceBytesMax, bytes - at));
    const outcome = filling.write(piece);
    if (outcome !== "taken") return fail(outcome === "no room" ? "ENOSPC" : "EFBIG");
    at += piece.length;
    const next = at;
    const turn = at < bytes ? guest.turn() : undefined;
    if (turn !== undefined) {
      return turn.then(() => copyIn(guest, filling, pointer, length, next), (ended) => {
        filling.abandon();
        throw ended;
      });
    }
  }
  filling.finish();
}

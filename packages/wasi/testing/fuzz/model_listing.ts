/** Reading directories. */

import assert from "node:assert/strict";
import { rights } from "../../rights.ts";
import type { Listing, ModelCalls, ModelState } from "./model_state.ts";
import type { ModelNode } from "./model_tree.ts";

/** What these calls do. */
export function listingCalls(state: ModelState) {
  return {
    fd_readdir: (
      [fd, buffer, length, cookie, result]: [number, number, number, bigint, number],
    ) => {
      state.room(buffer, length);
      state.room(result, 4);
      const found = state.directory(fd, rights.fdReaddir);
      state.checked();
      return () => {
        if (cookie === 0n || found.listing === undefined) {
          const names = new Map<string, ModelNode>([
            [".", found.node],
            ["..", found.node],
            ...found.node.entries,
          ]);
          found.listing = { names, told: [] };
        }
        listing(
          state,
          found.listing,
          buffer >>> 0,
          length >>> 0,
          BigInt.asUintN(64, cookie),
          result >>> 0,
        );
      };
    },
  } satisfies Partial<ModelCalls>;
}

/** Holds what a listing tells against the names that were there when it began. */
function listing(
  state: ModelState,
  listing: Listing,
  buffer: number,
  length: number,
  cookie: bigint,
  result: number,
): void {
  const { after } = state.memory;
  const used = after.getUint32(result, true);
  assert.ok(used <= length);
  if (result + 4 > buffer && result < buffer + used) {
    // The count has been written over what it counts, which cannot be read any more.
    state.memory.takeOver(buffer, used);
    return state.memory.takeOver(result, 4);
  }
  let at = 0;
  let index = Number(cookie);
  for (; at + 24 <= used; index += 1) {
    const nameBytes = after.getUint32(buffer + at + 16, true);
    assert.equal(after.getBigUint64(buffer + at, true), BigInt(index) + 1n, "the next cookie");
    if (at + 24 + nameBytes > used) break;
    const bytes = new Uint8Array(after.buffer, after.byteOffset + buffer + at + 24, nameBytes);
    const name = new TextDecoder().decode(bytes);
    const node = listing.names.get(name);
    assert.ok(node, `${name} was not there`);
    const elsewhere = listing.told.indexOf(name);
    assert.ok(elsewhere === -1 || elsewhere === index, `${name} is told twice`);
    assert.equal(listing.told[index] ?? name, name, "an entry has changed");
    listing.told[index] = name;
    const type = { file: 4, directory: 3, link: 7 }[node.kind];
    assert.equal(after.getUint8(buffer + at + 20), type, name);
    at += 24 + nameBytes;
  }
  if (used < length) {
    assert.equal(Math.max(index, listing.names.size), index, "entries are missing");
  }
  state.memory.takeOver(buffer, used);
  state.memory.takeOver(result, 4);
}

/** Another head for a large object whose body stays (RFC 9111 §4.3.4), written beside the one that holds until it is whole. */

import { encodeResponse } from "../encoding/stored_response.ts";
import type { StoredResponse } from "../stored_response.ts";
import { encodeUtf8 } from "@skerry/base";
import { type Checksum, encodeSlot, headerBytes, type ObjectHeader } from "./object_layout.ts";
import type { ObjectFiles } from "./object_files.ts";
import { DamagedObject, readObject } from "./open_object.ts";

/**
 * Writes it, unless a newer one is there, or another object. Where it is broken off, the old head holds on.
 *
 * @throws DamagedObject where it does not fit: it is better fetched anew
 */
export async function rewriteHead(
  files: ObjectFiles,
  path: string,
  number: ObjectHeader["number"],
  key: string,
  stored: StoredResponse,
  checksum: Checksum,
): Promise<void> {
  const file = await files.open(path, "write");
  if (file === undefined) return;
  try {
    const { header, sequence, stored: old } = await readObject(file, key, checksum);
    if (header.number[0] !== number[0] || header.number[1] !== number[1]) return;
    if (old === undefined || old.responseMs > stored.responseMs) return;
    const slot = { sequence: sequence + 1, key: encodeUtf8(key), head: encodeResponse(stored) };
    const encoded = encodeSlot(header, slot, checksum);
    if (header.slots !== 2 || encoded === undefined) throw new DamagedObject("its head is full");
    // The first slot has odd sequences, the second even ones.
    await file.write(encoded, headerBytes + (slot.sequence % 2 === 1 ? 0 : header.slotBytes));
  } finally {
    file.close();
  }
}

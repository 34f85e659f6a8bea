/** Writes small objects, as a whole each. */

import { encodeUtf8 } from "@skerry/base";
import { encodeResponse } from "../encoding/stored_response.ts";
import type { KeptVariant } from "../kept.ts";
import type { CacheKey } from "../key.ts";
import type { IsCurrent } from "../object_store.ts";
import type { DiskRoom } from "./disk_room.ts";
import { encodeObject } from "./encode_object.ts";
import { varyNamesOf } from "./find_object.ts";

/** Keeps what memory has, unless it is there, or memory has it no longer. Rejects with what the disk throws. */
export async function keepObject(
  room: DiskRoom,
  path: string,
  key: CacheKey,
  { stored, body }: KeptVariant,
  isCurrent: IsCurrent,
): Promise<void> {
  // Whoever keeps something newer in memory removes what is older here.
  if (room.files.has(path)) return await room.files.touch(path);
  const encoded = encodeObject({
    number: room.newNumber(),
    key: encodeUtf8(key.text),
    head: encodeResponse(stored),
    body: body.slices(0, body.bytes - 1),
    bodyBytes: body.bytes,
  }, room.checksum);
  if (encoded === undefined) return;
  if (!await write(room, path, encoded, () => isCurrent(key, stored))) return;
  // Somebody may have let go of it in memory between the look and the name.
  if (!isCurrent(key, stored)) return room.remove(path);
  if (stored.vary.length > 0) await keepVary(room, key, stored.vary);
}

/** Has the variants of a key be found. Rejects with what the disk throws. */
export async function keepVary(
  room: DiskRoom,
  key: CacheKey,
  vary: readonly string[],
): Promise<void> {
  if ((await varyNamesOf(room, key))?.join() === vary.join()) return;
  const encoded = encodeObject({
    number: room.newNumber(),
    key: encodeUtf8(key.text),
    head: encodeUtf8(vary.join()),
    body: [],
    bodyBytes: 0,
  }, room.checksum);
  const { vary: path } = room.names.ofKey(key.owner.tenant, key.text);
  if (encoded !== undefined) await write(room, path, encoded, () => true);
}

async function write(
  { files, account }: DiskRoom,
  path: string,
  bytes: Uint8Array,
  isWanted: () => boolean,
): Promise<boolean> {
  const file = await files.create();
  try {
    await file.write(bytes, 0);
    if (!isWanted()) return false;
    account.replaced(path, file.commit(path), bytes.length);
    return true;
  } finally {
    file.discard();
    file.close();
  }
}

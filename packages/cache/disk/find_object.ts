/**
 * Looks for what answers a request among the files of a disk tier.
 *
 * What always holds: what is found is whole, under that very key, and the variant that the request asks for; what is none of
 * that is removed.
 */

import { decodeUtf8 } from "@skerry/base";
import { type Field, variantOf } from "@skerry/http";
import { bodyOf } from "../encoding/kept_set.ts";
import type { KeptVariant } from "../kept.ts";
import type { CacheKey } from "../key.ts";
import type { DiskRoom } from "./disk_room.ts";
import type { ObjectFile } from "./object_files.ts";
import {
  DamagedObject,
  FileBody,
  type OpenedObject,
  readObject,
  readWhole,
} from "./open_object.ts";

/** What was found, and where. */
export interface FoundObject {
  readonly path: string;
  readonly variant: KeptVariant;
}

/** Looks for the response that a request with these fields may have. */
export async function findObject(
  room: DiskRoom,
  key: CacheKey,
  fields: readonly Field[],
): Promise<FoundObject | undefined> {
  const { tenant } = key.owner;
  const whole = await foundAt(room, room.names.ofKey(tenant, key.text).whole, key, "", []);
  if (whole !== undefined) return whole;
  const vary = await varyNamesOf(room, key);
  if (vary === undefined) return undefined;
  const variant = variantOf(fields, vary);
  const path = room.names.ofVariant(tenant, key.text, vary, variant);
  return await foundAt(room, path, key, variant, vary);
}

/** The names of fields that the responses of a key vary by; undefined where none do. */
export function varyNamesOf(
  room: DiskRoom,
  key: CacheKey,
): Promise<readonly string[] | undefined> {
  const { vary } = room.names.ofKey(key.owner.tenant, key.text);
  return openObject(room, vary, key, ({ head }) => decodeUtf8(head).split(","));
}

/** Opens a file for as long as it takes to read of it; undefined where there is none, or none that is sound. */
export async function openObject<Value>(
  room: DiskRoom,
  path: string,
  { text }: CacheKey,
  read: (opened: OpenedObject, file: ObjectFile) => Value | Promise<Value>,
): Promise<Value | undefined> {
  if (!room.files.has(path)) return undefined;
  try {
    const file = await room.files.open(path, "read");
    if (file === undefined) return undefined;
    try {
      return await read(await readObject(file, text, room.checksum), file);
    } finally {
      file.close();
    }
  } catch (error) {
    room.damaged(path, error);
    return undefined;
  }
}

function foundAt(
  room: DiskRoom,
  path: string,
  key: CacheKey,
  variant: string,
  vary: readonly string[],
): Promise<FoundObject | undefined> {
  const { files, checksum, limits: { smallBytesMax } } = room;
  return openObject(room, path, key, async (opened, file) => {
    const { stored, header } = opened;
    if (stored?.variant !== variant || stored.vary.join() !== vary.join()) {
      throw new DamagedObject("its variant");
    }
    const onDamaged = (error: unknown) => room.damaged(path, error);
    const body = header.bodyBytes <= smallBytesMax
      ? bodyOf(await readWhole(file, opened, checksum))
      : new FileBody(path, header, files, checksum, onDamaged);
    return { path, variant: { stored, body } };
  });
}

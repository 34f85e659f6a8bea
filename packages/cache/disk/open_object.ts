/**
 * Reads an object's file: its head at once, its body as it is asked for.
 *
 * What always holds: what is cut short, damaged, of another version or another key is {@link DamagedObject}, and never served.
 */

import { bytesEqual, encodeUtf8 } from "@skerry/base";
import type { KeptBody, OpenedBody } from "../body.ts";
import { decodeResponse } from "../encoding/stored_response.ts";
import type { StoredResponse } from "../stored_response.ts";
import {
  bodyOffset,
  type Checksum,
  checksumBytes,
  decodeHeader,
  decodeSlot,
  headerBytes,
  objectBytes,
  type ObjectHeader,
  type ObjectSlot,
  openPiece,
  pieceBytes,
  placeOfPiece,
} from "./object_layout.ts";
import type { ObjectFile, ObjectFiles } from "./object_files.ts";

/** How much is read of a file at first: most objects are no longer. */
const firstBytes = 32 * 1024;

/** Thrown where a file is no object, or not the one that it was: what was read of it before is sound. */
export class DamagedObject extends Error {
  override readonly name = "DamagedObject";
}

/** An object whose head was read. */
export interface OpenedObject {
  readonly header: ObjectHeader;
  readonly sequence: number;
  /** Undefined where its head is that of another format: then it is no response. */
  readonly stored: StoredResponse | undefined;
  /** What the head consists of, for what is no response. */
  readonly head: Uint8Array;
  /** The first bytes of the file, in which a small object is whole. */
  readonly first: Uint8Array;
}

/** Reads what stands before the body, and whether the file is long enough. */
export async function readObject(
  file: ObjectFile,
  key: string,
  checksum: Checksum,
): Promise<OpenedObject> {
  let first = await readUpTo(file, 0, firstBytes);
  const header = decodeHeader(first, checksum);
  if (header === undefined) throw new DamagedObject("its header");
  const start = bodyOffset(header);
  if (start > first.length) first = await readUpTo(file, 0, start);
  const slot = latestSlot(header, first, checksum);
  if (slot === undefined) throw new DamagedObject("its head");
  if (!bytesEqual(slot.key, encodeUtf8(key))) throw new DamagedObject("its key");
  await checkLength(file, header, first.length);
  const { sequence, head } = slot;
  return { header, sequence, head, stored: decodeResponse(head), first };
}

/** All of a body that is small enough to be in memory. */
export async function readWhole(
  file: ObjectFile,
  { header, first }: OpenedObject,
  checksum: Checksum,
): Promise<Uint8Array> {
  const whole = new Uint8Array(header.bodyBytes);
  for (let index = 0; index * pieceBytes < header.bodyBytes; index += 1) {
    whole.set(await readPiece(file, header, index, checksum, first), index * pieceBytes);
  }
  return whole;
}

/** One piece of a body. */
export async function readPiece(
  file: ObjectFile,
  header: ObjectHeader,
  index: number,
  checksum: Checksum,
  first: Uint8Array = nothing,
): Promise<Uint8Array> {
  const { offset, bytes } = placeOfPiece(header, index);
  const end = offset + bytes + checksumBytes;
  const sealed = end <= first.length
    ? first.subarray(offset, end)
    : await readUpTo(file, offset, bytes + checksumBytes);
  const piece = sealed.length === bytes + checksumBytes
    ? openPiece(header, index, sealed, checksum)
    : undefined;
  if (piece === undefined) throw new DamagedObject(`its piece ${index}`);
  return piece;
}

/** Pieces that stand one after another, without what stands between them. */
async function readPieces(
  file: ObjectFile,
  header: ObjectHeader,
  first: number,
  count: number,
  checksum: Checksum,
): Promise<Uint8Array> {
  const [from, last] = [placeOfPiece(header, first), placeOfPiece(header, first + count - 1)];
  const bytes = last.offset + last.bytes + checksumBytes - from.offset;
  const sealed = await readUpTo(file, from.offset, bytes);
  let used = 0;
  for (let index = first; index < first + count; index += 1) {
    const { offset, bytes } = placeOfPiece(header, index);
    const start = offset - from.offset;
    const piece = openPiece(
      header,
      index,
      sealed.subarray(start, start + bytes + checksumBytes),
      checksum,
    );
    if (piece?.length !== bytes) throw new DamagedObject(`its piece ${index}`);
    sealed.copyWithin(used, start, start + bytes);
    used += bytes;
  }
  return sealed.subarray(0, used);
}

/** A body that stays in its file. */
export class FileBody implements KeptBody {
  readonly header: ObjectHeader;
  readonly path: string;
  readonly #files: ObjectFiles;
  readonly #checksum: Checksum;
  readonly #onDamaged: (error: unknown) => void;

  /** @param onDamaged called where it cannot be read to its end, before that is thrown */
  constructor(
    path: string,
    header: ObjectHeader,
    files: ObjectFiles,
    checksum: Checksum,
    onDamaged: (error: unknown) => void,
  ) {
    this.path = path;
    this.header = header;
    this.#files = files;
    this.#checksum = checksum;
    this.#onDamaged = onDamaged;
  }

  get bytes(): number {
    return this.header.bodyBytes;
  }

  slices(): readonly Uint8Array[] {
    return [];
  }

  /** Opens the file with the first bytes, and closes it with the last, or when it is read no further. */
  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    if (last < first) return;
    const opened = await this.open();
    try {
      yield* opened.read(first, last);
    } finally {
      opened.close();
    }
  }

  async open(): Promise<OpenedBody> {
    const file = await this.#files.open(this.path, "read");
    if (file === undefined) throw new DamagedObject("it is there no longer");
    return {
      bytes: this.bytes,
      slices: () => [],
      read: (first, last) => this.#read(file, first, last),
      close: () => file.close(),
    };
  }

  async *#read(file: ObjectFile, first: number, last: number): AsyncGenerator<Uint8Array> {
    try {
      const end = Math.floor(last / pieceBytes) + 1;
      for (let index = Math.floor(first / pieceBytes); index < end;) {
        const count = Math.min(piecesAtOnce, end - index);
        const bytes = await readPieces(file, this.header, index, count, this.#checksum);
        const start = index * pieceBytes;
        yield bytes.subarray(Math.max(0, first - start), Math.min(bytes.length, last + 1 - start));
        index += count;
      }
    } catch (error) {
      if (await this.#isReplaced(file)) throw new DamagedObject("another one is there");
      this.#onDamaged(error);
      throw error;
    }
  }

  /** Whether another object has come to its place since its head was read: no piece of that is taken for one of this. */
  async #isReplaced(file: ObjectFile): Promise<boolean> {
    const bytes = await readUpTo(file, 0, headerBytes).catch(() => nothing);
    const number = decodeHeader(bytes, this.#checksum)?.number;
    const [low, high] = this.header.number;
    return number !== undefined && (number[0] !== low || number[1] !== high);
  }
}

/** How many pieces are read together, where so many are wanted. */
const piecesAtOnce = 4;

const nothing = new Uint8Array(0);

async function readUpTo(file: ObjectFile, offset: number, bytes: number): Promise<Uint8Array> {
  const into = new Uint8Array(bytes);
  const count = await file.read(into, offset);
  return count === bytes ? into : into.subarray(0, count);
}

function latestSlot(
  header: ObjectHeader,
  bytes: Uint8Array,
  checksum: Checksum,
): ObjectSlot | undefined {
  let latest: ObjectSlot | undefined;
  for (let at = 0; at < header.slots; at += 1) {
    const start = headerBytes + at * header.slotBytes;
    const slot = decodeSlot(header, bytes.subarray(start, start + header.slotBytes), checksum);
    if (slot !== undefined && slot.sequence >= (latest?.sequence ?? 0)) latest = slot;
  }
  return latest;
}

/** A file that was cut short is known as that before anything of it is served. */
async function checkLength(file: ObjectFile, header: ObjectHeader, known: number): Promise<void> {
  const bytes = objectBytes(header);
  if (bytes <= known) return;
  const last = await file.read(new Uint8Array(1), bytes - 1);
  if (last !== 1) throw new DamagedObject("it was cut short");
}

/**
 * A body on its way into a file, which is read while it grows.
 *
 * What always holds: whoever reads gets what was appended, or an error; nothing has a name before it is whole. Where the disk
 * fails, what came before can be read as long as that is possible, and nothing is kept.
 */

import { bug } from "@skerry/base";
import type { StoringBody } from "../object_store.ts";
import {
  type Checksum,
  checksumBytes,
  encodeHeader,
  encodeSlot,
  headerBytes,
  objectBytes,
  type ObjectHeader,
  type ObjectSlot,
  pieceBytes,
  placeOfPiece,
  sealPiece,
} from "./object_layout.ts";
import type { PartialFile } from "./object_files.ts";
import { readPiece } from "./open_object.ts";

/** Whom it tells and asks; each once. */
export interface StoringEvents {
  failed(error: unknown): void;
  closed(): void;
  /** Whether something newer has come to its place meanwhile. */
  isOutdated(): Promise<boolean>;
}

/** See the head of this file. Appended by one, read by many. */
export class StoringFile implements StoringBody {
  readonly #file: PartialFile;
  readonly #checksum: Checksum;
  readonly #events: StoringEvents;
  readonly #slot: ObjectSlot;
  #header: ObjectHeader;
  #piece = new Uint8Array(pieceBytes + checksumBytes);
  #bytes = 0;
  /** How many pieces are in the file. */
  #written = 0;
  #readers = 0;
  #state: "growing" | "failed" | "finished" | "ended" = "growing";
  #isClosed = false;

  /** @param header of which the body's length is still unknown */
  constructor(
    file: PartialFile,
    header: ObjectHeader,
    slot: ObjectSlot,
    checksum: Checksum,
    events: StoringEvents,
  ) {
    this.#file = file;
    this.#header = { ...header, bodyBytes: Number.MAX_SAFE_INTEGER };
    this.#slot = slot;
    this.#checksum = checksum;
    this.#events = events;
  }

  /** How many came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How long the file is, once it is finished. */
  get fileBytes(): number {
    return objectBytes(this.#header);
  }

  slices(): readonly Uint8Array[] {
    return [];
  }

  /** Takes bytes, whose memory is the caller's again afterwards. False where the disk fails: `bytes` says how many it took. */
  async append(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length;) {
      if (this.#state !== "growing") return false;
      const used = this.#bytes % pieceBytes;
      const part = bytes.subarray(at, at + pieceBytes - used);
      this.#piece.set(part, used);
      const isFull = used + part.length === pieceBytes;
      if (isFull && !await this.#writePiece(pieceBytes)) return false;
      this.#bytes += part.length;
      at += part.length;
      // Readers may have views of the old one.
      if (isFull) this.#piece = new Uint8Array(this.#piece.length);
    }
    return true;
  }

  /** Some of what came, from a place on: at least one byte, and no more than a piece. */
  async some(first: number, last: number): Promise<Uint8Array> {
    const index = Math.floor(first / pieceBytes);
    const start = index * pieceBytes;
    const end = Math.min(last + 1, this.#bytes) - start;
    if (first - start >= end) bug("what has not come cannot be read");
    if (this.#isClosed) bug("a file that is closed is not read");
    if (index >= this.#written) return this.#piece.subarray(first - start, end);
    const piece = await readPiece(this.#file, this.#header, index, this.#checksum);
    return piece.subarray(first - start, end);
  }

  /** Of a body that is finished. */
  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    this.enter();
    try {
      for (let at = first; at <= last;) {
        const bytes = await this.some(at, last);
        yield bytes;
        at += bytes.length;
      }
    } finally {
      this.leave();
    }
  }

  /** Somebody reads, until they leave: so long it stays open. */
  enter(): void {
    this.#readers += 1;
  }

  leave(): void {
    this.#readers -= 1;
    this.#closeWhenUnread();
  }

  /** Writes the rest, and the head: now it may be committed. False where the disk has failed, or something newer is there. */
  async finish(): Promise<boolean> {
    const header = { ...this.#header, bodyBytes: this.#bytes };
    const encoded = encodeSlot(header, this.#slot, this.#checksum);
    if (this.#state !== "growing" || encoded === undefined) return false;
    this.#header = header;
    const last = this.#bytes % pieceBytes;
    if (last > 0 && !await this.#writePiece(last)) return false;
    const isWritten = await this.#try(async () => {
      await this.#file.write(encoded, headerBytes);
      await this.#file.write(encodeHeader(header, this.#checksum), 0);
    });
    if (!isWritten || await this.#events.isOutdated()) return false;
    if (this.#state === "growing") this.#state = "finished";
    return this.#state === "finished";
  }

  /** Gives it a name; see {@link PartialFile.commit}. What is thrown is the disk's. */
  commit(path: string): number | undefined {
    if (this.#state !== "finished") bug("what is not whole is not committed");
    try {
      return this.#file.commit(path);
    } finally {
      this.end();
    }
  }

  /** Nothing more is appended or committed; what is there can be read by those who have entered. Harmless when done twice. */
  end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#file.discard();
    this.#closeWhenUnread();
  }

  #closeWhenUnread(): void {
    if (this.#readers > 0 || this.#state !== "ended" || this.#isClosed) return;
    this.#isClosed = true;
    this.#file.close();
    this.#events.closed();
  }

  async #writePiece(bytes: number): Promise<boolean> {
    const sealed = this.#piece.subarray(0, bytes + checksumBytes);
    sealPiece(this.#header, this.#written, sealed, this.#checksum);
    const { offset } = placeOfPiece(this.#header, this.#written);
    const isWritten = await this.#try(() => this.#file.write(sealed, offset));
    if (isWritten) this.#written += 1;
    return isWritten;
  }

  async #try(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (this.#state === "growing") {
        this.#state = "failed";
        this.#events.failed(error);
      }
      return false;
    }
  }
}

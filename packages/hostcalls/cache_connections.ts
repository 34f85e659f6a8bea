/**
 * Fragments as descriptors: one that was found is read, one that is brought is written.
 *
 * What always holds: an obligation ends with its descriptor, however that ends; what the guest has not finished is not
 * kept.
 */

import { ErrnoError, fail } from "@skerry/base";
import type { FillingFragment, FragmentBody, Obligation } from "@skerry/cache";
import type { SocketConnection } from "@skerry/wasi";

/** What a guest has of a transaction, or of a look: a body to read, an obligation, or both. */
export class FragmentEntry implements SocketConnection {
  readonly body: FragmentBody | undefined;
  readonly obligation: Obligation | undefined;
  readonly key: Uint8Array;
  readonly #last: number;
  readonly #closed: () => void;
  #at: number;
  #isClosed = false;

  /**
   * @param closed called once, before the obligation is given up
   * @param range the first and the last byte that are read; all of them unless told
   */
  constructor(
    key: Uint8Array,
    body: FragmentBody | undefined,
    obligation: Obligation | undefined,
    closed: () => void,
    range: { readonly first: number; readonly last: number } = { first: 0, last: Infinity },
  ) {
    this.key = key;
    this.body = body;
    this.obligation = obligation;
    this.#at = range.first;
    this.#last = range.last;
    this.#closed = closed;
  }

  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    const most = Math.min(bytesMax, this.#last + 1 - this.#at);
    if (this.body === undefined || this.#isClosed || most <= 0) return nothing;
    const piece = this.body.read(this.#at, most);
    return piece instanceof Uint8Array ? this.#took(piece) : piece.then(
      (came) => this.#took(came),
      (error) => {
        // Whoever was writing it has ended before its end.
        throw new ErrnoError("ECONNRESET", "the fragment was cut short", error);
      },
    );
  }

  write(): never {
    return fail("EPIPE");
  }

  endWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed();
    this.obligation?.cancel();
  }

  #took(piece: Uint8Array): Uint8Array {
    this.#at += piece.length;
    return piece;
  }
}

/** What an insertion is part of. */
export interface InsertionHome {
  /** Counts what is to be written, and throws where that is too much. */
  readonly count: (bytes: number) => void;
  /** It is over, whole or not; called once. */
  readonly ended: () => void;
  /** Its descriptor is closed; called once. */
  readonly closed: () => void;
}

/** A fragment that the guest writes: as long as announced, or until it says that this was all. */
export class FragmentInsertion implements SocketConnection {
  readonly #filling: FillingFragment;
  readonly #home: InsertionHome;
  #left: number;
  #isOver = false;
  #isClosed = false;

  constructor(filling: FillingFragment, announcedBytes: number | undefined, home: InsertionHome) {
    this.#filling = filling;
    this.#left = announcedBytes ?? Infinity;
    this.#home = home;
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver) fail("EPIPE");
    try {
      this.#home.count(bytes.length);
    } catch (error) {
      this.#abandon();
      throw error;
    }
    const outcome = this.#filling.write(bytes);
    if (outcome !== "taken") this.#abandon();
    if (outcome === "too large") fail("EFBIG");
    if (outcome === "no room") fail("ENOSPC");
    if (outcome === "over") fail("EPIPE");
    this.#left -= bytes.length;
    if (this.#left === 0) this.#finish();
  }

  /** What was announced and did not come is none of it. */
  endWrite(): Promise<void> {
    if (!this.#isOver) this.#finish();
    return Promise.resolve();
  }

  read(): Uint8Array {
    return nothing;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#abandon();
    this.#home.closed();
  }

  #finish(): void {
    const outcome = this.#filling.finish();
    this.#over();
    // A cache may forget at any moment: that something was dropped is no failure of the guest's.
    if (outcome === "cut short") fail("ECONNABORTED");
  }

  #abandon(): void {
    if (this.#isOver) return;
    this.#filling.abandon();
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#home.ended();
  }
}

const nothing = new Uint8Array(0);

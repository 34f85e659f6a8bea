/**
 * A fragment that is being written, and read meanwhile by those who wait for it.
 *
 * What always holds: it is kept where its author has ended it, whole and within its bounds, and no purge has passed it;
 * whoever reads what was cut short is told so.
 */

import { GrowingBody, type KeptBody } from "../body.ts";
import type { StoredResponse } from "../stored_response.ts";
import { firstSlice, type FragmentBody, FragmentCutShort } from "./fragment_body.ts";

/** What becomes of one that is being written. */
export interface FillingHome {
  readonly bodyBytesMax: number;
  /** Room in memory for what is written; false where there is none. */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
  readonly keep: (stored: StoredResponse, body: KeptBody) => "kept" | "dropped";
  /** It is over; called once, after it was kept. */
  readonly ended: (how: "complete" | "failed") => void;
  /** Milliseconds of any clock. */
  readonly nowMs: () => number;
}

/** See the head of this file. */
export class FillingFragment implements FragmentBody {
  readonly stored: StoredResponse;
  readonly #announcedBytes: number | undefined;
  readonly #home: FillingHome;
  readonly #body: GrowingBody;
  #state: "open" | "complete" | "failed" = "open";
  #waiting: (() => void)[] = [];
  #takenBytes = 0;
  #grownMs: number;

  /** @param announcedBytes how long it will be, where that is known */
  constructor(stored: StoredResponse, announcedBytes: number | undefined, home: FillingHome) {
    this.stored = stored;
    this.#announcedBytes = announcedBytes;
    this.#home = home;
    this.#body = new GrowingBody(home.bodyBytesMax);
    this.#grownMs = home.nowMs();
  }

  get bytes(): number | undefined {
    return this.#state === "complete" ? this.#body.bytes : this.#announcedBytes;
  }

  /** When something came last. */
  get grownMs(): number {
    return this.#grownMs;
  }

  /** Takes a copy. Where it is too much all of it has failed. */
  write(bytes: Uint8Array): "taken" | "too large" | "no room" | "over" {
    if (this.#state !== "open") return "over";
    if (bytes.length > (this.#announcedBytes ?? Infinity) - this.#body.bytes) {
      this.abandon();
      return "too large";
    }
    if (!this.#home.take(bytes.length)) {
      this.abandon();
      return "no room";
    }
    this.#takenBytes += bytes.length;
    if (this.#body.append(bytes) === "too large") {
      this.abandon();
      return "too large";
    }
    this.#grownMs = this.#home.nowMs();
    this.#wake();
    return "taken";
  }

  /** That was all: it is kept. `cut short` where more was announced. */
  finish(): "kept" | "dropped" | "cut short" {
    if (this.#state !== "open") return "dropped";
    const { bytes } = this.#body;
    if (bytes !== (this.#announcedBytes ?? bytes)) {
      this.abandon();
      return "cut short";
    }
    const outcome = this.#home.keep(this.stored, this.#body.finish());
    this.#end("complete");
    return outcome;
  }

  /** Nothing more comes, and nothing is kept. Harmless once it is over. */
  abandon(): void {
    if (this.#state === "open") this.#end("failed");
  }

  read(at: number, bytesMax: number): Uint8Array | Promise<Uint8Array> {
    if (this.#state === "failed") return Promise.reject(new FragmentCutShort());
    if (at < this.#body.bytes || this.#state === "complete") {
      return firstSlice(this.#body, at, bytesMax);
    }
    return new Promise<void>((resolve) => this.#waiting.push(resolve))
      .then(() => this.read(at, bytesMax));
  }

  #end(how: "complete" | "failed"): void {
    this.#state = how;
    this.#home.give(this.#takenBytes);
    this.#wake();
    this.#home.ended(how);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

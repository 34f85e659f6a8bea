/** A header block as it arrives in one frame or several (RFC 9113 §4.3), bounded by bytes and by frames. */

import { connectionFault, errorCode, type Fault } from "./frames.ts";

/** What may be gathered. */
export interface BlockLimits {
  readonly bytesMax: number;
  readonly continuationsMax: number;
}

/** A block that is not whole yet. */
export class HeaderBlock {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly #limits: BlockLimits;
  readonly #fragments: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  constructor(streamId: number, endsStream: boolean, limits: BlockLimits) {
    this.streamId = streamId;
    this.endsStream = endsStream;
    this.#limits = limits;
  }

  /** Takes a fragment. What exceeds the bounds ends the connection (CVE-2024-27316): it would have to be read on. */
  add(fragment: Uint8Array<ArrayBuffer>): Fault | undefined {
    this.#bytes += fragment.length;
    const { bytesMax, continuationsMax } = this.#limits;
    if (this.#bytes > bytesMax || this.#fragments.length > continuationsMax) {
      return connectionFault(errorCode.enhanceYourCalm, "the header is too large");
    }
    this.#fragments.push(fragment);
    return undefined;
  }

  /** All of it. */
  bytes(): Uint8Array {
    const [first, ...more] = this.#fragments;
    if (first !== undefined && more.length === 0) return first;
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const fragment of this.#fragments) {
      bytes.set(fragment, at);
      at += fragment.length;
    }
    return bytes;
  }
}

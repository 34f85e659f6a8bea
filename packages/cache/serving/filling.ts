/** A body that comes to be kept, while others read it. */

import { BugError } from "@skerry/base";
import type { ByteRange } from "@skerry/http";
import { GrowingBody } from "../body.ts";
import type { Outbound } from "../exchange.ts";
import type { StoringBody } from "../object_store.ts";
import type { ResponseHead } from "../obstacles.ts";
import { isWholeBody } from "../storable.ts";
import type { StoredResponse } from "../stored_response.ts";
import type { Desk } from "./desk.ts";
import type { Fetching } from "./fetching.ts";
import { Relay, type RelayEnd } from "./relay.ts";

/** What is to be kept of an answer. */
export interface FillingParts {
  readonly desk: Desk;
  readonly outbound: Outbound;
  readonly head: ResponseHead;
  readonly filling: StoredResponse;
}

/** Keeps a body that is there as a whole. */
export function keepWhole(parts: FillingParts, bytes: Uint8Array): void {
  const { desk, outbound, head, filling } = parts;
  if (!isWholeBody(head, bytes.length)) return;
  if (bytes.length > outbound.asked.settings.bodyBytesMax) {
    return desk.cache.outgrown(outbound, desk.nowMs);
  }
  const begun = bytes.length > desk.limits.relay.memoryBytesMax
    ? desk.cache.begin(outbound, filling)
    : undefined;
  if (begun === undefined) keepInMemory(parts, bytes);
  else keepElsewhere(parts, bytes, begun).catch(desk.onFault);
}

function keepInMemory({ desk, outbound, filling }: FillingParts, bytes: Uint8Array): void {
  const body = new GrowingBody(bytes.length);
  body.append(bytes);
  desk.cache.complete(outbound, filling, body.finish(), desk.nowMs);
}

/** Where that cannot be done it is kept in memory, if that has room. */
async function keepElsewhere(
  parts: FillingParts,
  bytes: Uint8Array,
  begun: Promise<StoringBody | undefined>,
): Promise<void> {
  const { desk, outbound, filling } = parts;
  const storing = await begun;
  if (storing === undefined) return keepInMemory(parts, bytes);
  if (await storing.append(bytes) && await storing.finish()) {
    desk.cache.complete(outbound, filling, storing, desk.nowMs);
  }
  storing.end();
}

/** A body in pieces, which is kept once all of it is there. */
export class FillingBody {
  readonly relay: Relay;
  readonly #parts: FillingParts;
  readonly #fetching: Fetching;
  /** Set while nobody reads what still comes. */
  #unattended: AbortController | undefined;

  constructor(parts: FillingParts, fetching: Fetching) {
    this.#parts = parts;
    this.#fetching = fetching;
    const { desk, outbound, filling } = parts;
    this.relay = new Relay({
      keptBytesMax: outbound.asked.settings.bodyBytesMax,
      clock: desk.clock,
      begin: () => desk.cache.begin(outbound, filling),
      limits: desk.limits.relay,
      budget: desk.fillBudgets.of(outbound.key.owner.tenant),
    });
  }

  /** Its body, or a part of it, for one more reader. */
  readonly open = (range?: ByteRange): AsyncIterable<Uint8Array> =>
    this.relay.reader(() => this.attend(), range);

  /**
   * Takes all of it. Rejects by a mistake of ours alone.
   *
   * @param onOver called when nobody is to ask for it any more: at its end, or when it proves too large to be kept
   */
  async fill(
    pieces: AsyncIterable<Uint8Array>,
    onOver: (how: "complete" | "failed") => void,
  ): Promise<void> {
    const { desk, outbound } = this.#parts;
    const end = await this.relay.fill(pieces, () => {
      desk.cache.outgrown(outbound, desk.nowMs);
      onOver("complete");
    });
    this.#unattended?.abort();
    try {
      onOver(this.#ended(end));
    } finally {
      this.relay.settle();
    }
  }

  #ended(end: RelayEnd): "complete" | "failed" {
    const { desk, outbound, head, filling } = this.#parts;
    switch (end.kind) {
      case "cut off":
        if (end.error instanceof BugError) desk.onFault(end.error);
        return "failed";
      case "outgrown":
        return "complete";
      case "whole":
        if (!isWholeBody(head, end.body.bytes)) return "failed";
        desk.cache.complete(outbound, filling, end.body, desk.nowMs);
        return "complete";
    }
  }

  /** Nobody may be reading: what is kept is worth its end, but not for ever. */
  attend(): void {
    if (this.relay.isOver || this.relay.readers > 0) return;
    const { clock, limits: { unattendedMsMax } } = this.#parts.desk;
    this.#unattended ??= new AbortController();
    const { signal } = this.#unattended;
    void clock.sleep(unattendedMsMax, signal).then(() => {
      if (!signal.aborted && this.relay.readers === 0) this.#fetching.giveUp();
    });
  }
}

/** A cache with an origin in the same process and a clock that is set by hand: one request after another. */

import { concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Field, formatCacheStatus } from "@skerry/http";
import { GrowingBody, type KeptBody } from "../body.ts";
import type { Action, Arrival, Outbound, StatusFacts } from "../exchange.ts";
import { HttpCache } from "../http_cache.ts";
import type { KeptSet } from "../kept.ts";
import type { PurgeRecords } from "../purge_records.ts";
import { Purges } from "../purges.ts";
import type { Reply } from "../reply.ts";
import type { CacheRequest } from "../request.ts";
import { S3Fifo } from "../s3_fifo.ts";
import { type CacheSettings, defaultCacheSettings } from "../settings.ts";
import type { SetStore } from "../set_store.ts";
import { firstResponse } from "../serving/landing.ts";
import type { StoredResponse } from "../stored_response.ts";
import { SharedStore } from "../shared_store.ts";
import { isWholeBody } from "../storable.ts";

/** What an origin answers; it can be away, or break off. */
export type OriginAnswer =
  | { readonly status: number; readonly fields: readonly Field[]; readonly body: string }
  | "down";

/** A request as it came to the origin. */
export interface OriginRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
}

/** What a client got. */
export interface ClientAnswer {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** What to make of a simulation. */
export interface SimulationOptions {
  readonly origin: (request: OriginRequest, nowMs: number) => OriginAnswer;
  readonly settings?: Partial<CacheSettings>;
  /** One in the heap unless told. */
  readonly store?: SetStore;
  readonly recordsMax?: number;
  /** Those of one thread, so many, unless told. */
  readonly purges?: PurgeRecords;
}

/** Whose cache it is in tests. */
export const owner = { tenant: "t", service: "s" };

/** A store in the heap. */
export function heapStore(bytesMax: number): SetStore {
  return new SharedStore<KeptSet>({
    bytesMax,
    valueBytesMax: bytesMax,
    weightOf: () => 1,
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
}

/** See the head of this file. */
export class Simulation {
  readonly cache: HttpCache;
  readonly settings: CacheSettings;
  readonly #origin: SimulationOptions["origin"];
  nowMs = Date.UTC(2026, 0, 1);

  constructor({ origin, settings = {}, store, recordsMax = 1000, purges }: SimulationOptions) {
    this.#origin = origin;
    this.settings = { ...defaultCacheSettings, ...settings };
    this.cache = new HttpCache({
      store: store ?? heapStore(1e6),
      purges: purges ?? new Purges(recordsMax),
      newBoundary: () => "BOUNDARY",
    });
  }

  /** Asks, and lets everything happen at once, what is done in the background too. */
  request(request: CacheRequest): ClientAnswer {
    const action = this.ask(request);
    if (action.kind === "forward") return this.send(action.outbound);
    if (action.kind === "refuse") return answerOf(504, [], "", action.facts);
    if (action.background !== undefined) this.send(action.background);
    return replied(action.reply, action.body, action.facts);
  }

  ask(request: CacheRequest): Action {
    return this.cache.ask({ owner, request, settings: this.settings }, this.nowMs);
  }

  /** Has the origin answer a fetch now. */
  send(outbound: Outbound): ClientAnswer {
    return this.deliver(outbound, this.reach(outbound));
  }

  /** The origin's answer alone. */
  reach({ asked, method, fields }: Outbound): OriginAnswer {
    const { path, query } = asked.request;
    const target = query === undefined ? path : `${path}?${query}`;
    return this.#origin({ method, target, fields }, this.nowMs);
  }

  /** Has an answer of the origin arrive, and its body be complete. */
  deliver(outbound: Outbound, answer: OriginAnswer): ClientAnswer {
    if (answer === "down") {
      const stale = this.cache.fail(outbound, this.nowMs);
      if (stale !== undefined) return replied(stale.reply, stale.body, stale.facts);
      return answerOf(502, [], "", outbound.facts);
    }
    const arrival: Arrival = this.cache.arrive(outbound, answer, this.nowMs);
    switch (arrival.kind) {
      case "reply":
        return replied(arrival.reply, arrival.body, arrival.facts);
      case "again":
        return this.send(arrival.outbound);
      case "pass-on": {
        if (arrival.filling !== undefined) {
          const body = new GrowingBody(this.settings.bodyBytesMax);
          const taken = body.append(encodeUtf8(answer.body));
          if (taken === "taken" && isWholeBody(answer, body.bytes)) {
            this.cache.complete(outbound, arrival.filling, body.finish(), this.nowMs);
            return this.#landed(outbound, arrival, arrival.filling, answer);
          }
        }
        return answerOf(answer.status, arrival.fields, answer.body, arrival.facts);
      }
    }
  }

  /** What whoever it was fetched for gets of it. */
  #landed(
    outbound: Outbound,
    { fields, facts }: Extract<Arrival, { kind: "pass-on" }>,
    filling: StoredResponse,
    { status, body }: Exclude<OriginAnswer, "down">,
  ): ClientAnswer {
    const bytes = encodeUtf8(body);
    const response = firstResponse({
      ...{ outbound, filling, status, fields, facts, trailers: undefined, bytes: bytes.length },
      open: (range) => range === undefined ? bytes : bytes.subarray(range.first, range.last + 1),
    }, this.nowMs);
    const content = response.body instanceof Uint8Array ? decodeUtf8(response.body) : "";
    return { status: response.status, fields: response.fields, body: content };
  }
}

function replied(reply: Reply, body: KeptBody, facts: StatusFacts): ClientAnswer {
  return answerOf(reply.status, reply.fields, contentOf(reply, body), facts);
}

function contentOf({ body: wanted }: Reply, body: KeptBody): string {
  const text = (first: number, last: number) =>
    decodeUtf8(concatBytes([...body.slices(first, last)]));
  switch (wanted.kind) {
    case "none":
      return "";
    case "whole":
      return text(0, body.bytes - 1);
    case "range":
      return text(wanted.range.first, wanted.range.last);
    case "multipart":
      return wanted.pieces.map((piece) =>
        piece.kind === "text" ? decodeUtf8(piece.bytes) : text(piece.range.first, piece.range.last)
      ).join("");
  }
}

function answerOf(
  status: number,
  fields: readonly Field[],
  body: string,
  facts: StatusFacts,
): ClientAnswer {
  const told: Field = ["cache-status", formatCacheStatus({ cache: "Skerry", ...facts })];
  return { status, fields: [...fields, told], body };
}

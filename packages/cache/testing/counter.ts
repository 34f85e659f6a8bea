/**
 * A cache's server with clients and an origin that do as a test says, piece by piece: who asks, what the origin sends and
 * when, who reads, who leaves.
 */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Field, fieldValue, type HttpRequest } from "@skerry/http";
import type { FlightLimits } from "../collapse.ts";
import { HttpCache } from "../http_cache.ts";
import type { KeptSet } from "../kept.ts";
import type { ObjectStore } from "../object_store.ts";
import { Purges } from "../purges.ts";
import type { Owner } from "../request.ts";
import { S3Fifo } from "../s3_fifo.ts";
import type { Answered, CacheResult, Fetched } from "../serving/answered.ts";
import { CacheServer } from "../serving/cache_server.ts";
import { type CacheSettings, defaultCacheSettings } from "../settings.ts";
import { SharedStore } from "../shared_store.ts";
import { HandClock, settled } from "./hand_clock.ts";

/** Whose cache it is. */
export const owner: Owner = { tenant: "t", service: "s" };

/** A head as an origin sends it. */
export interface SentHead {
  readonly status?: number;
  readonly fields?: readonly Field[];
}

/** A request that came to the origin, and its answer as far as it was sent. */
export class OriginFetch {
  readonly request: HttpRequest;
  readonly purpose: "answer" | "refresh";
  readonly fetched: Promise<Fetched>;
  /** Whether whoever asked has given it up. */
  isGivenUp = false;
  state: "asked" | "sending" | "over" = "asked";
  readonly #head = Promise.withResolvers<Fetched>();
  readonly #pieces: (Uint8Array | "end" | Error)[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(request: HttpRequest, purpose: "answer" | "refresh") {
    this.request = request;
    this.purpose = purpose;
    this.fetched = this.#head.promise;
    request.whenGone(() => {
      this.isGivenUp = true;
      this.fail();
      this.cut();
    });
  }

  /** Begins an answer in pieces, or sends a whole one. */
  head({ status = 200, fields = [] }: SentHead, whole?: string): void {
    if (this.state !== "asked") return;
    this.state = whole === undefined && status !== 304 ? "sending" : "over";
    const body = status === 304
      ? undefined
      : whole === undefined
      ? this.#body()
      : encodeUtf8(whole);
    this.#head.resolve({ kind: "answered", response: { status, fields, body } });
  }

  fail(): void {
    if (this.state !== "asked") return;
    this.state = "over";
    const response = { status: 502, fields: [], body: encodeUtf8("failed") };
    this.#head.resolve({ kind: "failed", response });
  }

  send(text: string): void {
    if (this.state === "sending") this.#push(encodeUtf8(text));
  }

  end(): void {
    this.#finish("end");
  }

  /** Breaks off: as an origin does, or by whatever else the body is read through. */
  cut(error = new Error("the origin broke off")): void {
    this.#finish(error);
  }

  #finish(how: "end" | Error): void {
    if (this.state !== "sending") return;
    this.state = "over";
    this.#push(how);
  }

  #push(piece: Uint8Array | "end" | Error): void {
    this.#pieces.push(piece);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async *#body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece === "end") return;
      if (piece instanceof Error) throw piece;
      if (piece === undefined) await this.#wake.promise;
      else yield piece;
    }
  }
}

/** Somebody who asks, and what they got so far. */
export class Client {
  answered: Answered | undefined;
  /** Undefined while it comes. */
  end: "whole" | "cut off" | undefined;
  text = "";
  isGone = false;
  #leave = () => {};
  #reader: AsyncIterator<Uint8Array> | undefined;

  readonly whenGone = (act: () => void): void => {
    if (this.isGone) act();
    else this.#leave = act;
  };

  take(answered: Answered): void {
    this.answered = answered;
    const { body } = answered.response;
    if (body === undefined || body instanceof Uint8Array) {
      this.text = decodeUtf8(body ?? new Uint8Array());
      this.end = "whole";
    } else this.#reader = body[Symbol.asyncIterator]();
  }

  get status(): number | undefined {
    return this.answered?.response.status;
  }

  get result(): CacheResult | undefined {
    return this.answered?.result;
  }

  field(name: string): string | undefined {
    return fieldValue(this.answered?.response.fields ?? [], name);
  }

  /** Reads one piece, which may have to come yet. */
  async read(): Promise<void> {
    if (this.end !== undefined || this.#reader === undefined) return;
    try {
      const { done, value } = await this.#reader.next();
      // Several reads may wait: the first of them hears how it ended.
      if (done === true) this.end ??= "whole";
      else this.text += decodeUtf8(value);
    } catch {
      this.end ??= "cut off";
    }
  }

  async readAll(): Promise<void> {
    while (this.#reader !== undefined && this.end === undefined) await this.read();
  }

  /** Its connection ends. */
  leave(): void {
    this.isGone = true;
    this.#leave();
    void this.#reader?.return?.();
  }
}

/** What to make of it. */
export interface CounterOptions {
  readonly settings?: Partial<CacheSettings>;
  readonly flightLimits?: FlightLimits;
  /** What answers from a slower store, by this clock. */
  readonly newObjects?: (nowMs: () => number) => ObjectStore;
}

/** See the head of this file. */
export class Counter {
  readonly clock = new HandClock();
  readonly cache: HttpCache;
  readonly server: CacheServer;
  readonly fetches: OriginFetch[] = [];
  readonly settings: CacheSettings;
  /** Mistakes of ours that it was told of. */
  readonly faults: unknown[] = [];

  constructor({ settings = {}, flightLimits, newObjects }: CounterOptions = {}) {
    const store = new SharedStore<KeptSet>({
      ...{ bytesMax: 1e7, valueBytesMax: 1e7, weightOf: () => 1 },
      newPolicy: () => new S3Fifo<KeptSet>(),
    });
    this.settings = { ...defaultCacheSettings, ...settings };
    this.cache = new HttpCache({
      ...{ store, purges: new Purges(1000), newBoundary: () => "BOUNDARY" },
      ...(newObjects && { objects: newObjects(() => this.clock.ms) }),
    });
    const { cache, clock } = this;
    this.server = new CacheServer({
      ...{ cache, clock, onFault: (error) => this.faults.push(error) },
      ...(flightLimits && { flightLimits }),
    });
  }

  /** Asks, and lets follow what can at once. */
  async ask(
    path = "/",
    fields: readonly Field[] = [],
    method = "GET",
    who: Owner = owner,
  ): Promise<Client> {
    const client = new Client();
    const request: HttpRequest = {
      ...{ method, target: path, scheme: "http", fields, body: undefined },
      peer: { address: "192.0.2.1", port: 1 },
      whenGone: client.whenGone,
    };
    const seen = { method, scheme: "http", host: "h", path, query: undefined, fields } as const;
    const asked = { owner: who, request: seen, settings: this.settings };
    const answered = this.server.answer(asked, request, (outgoing, purpose) => {
      const fetch = new OriginFetch(outgoing, purpose);
      this.fetches.push(fetch);
      return fetch.fetched;
    });
    if (answered instanceof Promise) void answered.then((settled) => client.take(settled));
    else client.take(answered);
    await settled();
    return client;
  }

  /** The fetch that was made last. */
  get last(): OriginFetch {
    return this.fetches.at(-1) ?? never();
  }

  purge(path: string): void {
    this.cache.purge(
      [{ kind: "resource", resource: `t\ns\nhttp://h${path}` }],
      "hard",
      this.clock.ms,
    );
  }
}

function never(): never {
  throw new Error("the origin was not asked");
}

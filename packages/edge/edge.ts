/**
 * From a request to its response: accept → route → sandbox → reply → record.
 *
 * What always holds: every request gets exactly one answer and one event in the log; nothing that a guest
 * or a client does is thrown out of {@link Edge.handle}.
 */

import { type Clock, encodeUtf8, limits, type RandomSource, RequestIds } from "@skerry/base";
import {
  type Field,
  fieldValue,
  type HttpRequest,
  type HttpResponse,
  parseRequestTarget,
  type RequestTarget,
} from "@skerry/http";
import type { CacheServer } from "@skerry/cache";
import type { Outcome, Pool, Refusal } from "@skerry/sandbox";
import { fetched, throughCache, withoutClaims } from "./cached.ts";
import { compressed, type Compressor } from "./compression.ts";
import { contentLengthOf, Exchange } from "./exchange.ts";
import type { LogEvent } from "./log.ts";
import { purgeByMethod, type PurgeByRequest } from "./purge_method.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { failed, recordStreamed, refuse, responseFields, streamed, whole } from "./reply.ts";
import type { ForwardRouted, Routed, Router, ServiceRouted } from "./router.ts";
import { tracedRequest, type Tracer } from "./trace.ts";
import { WallTime } from "./wall_time.ts";

/** What an edge is made of. */
export interface EdgeOptions {
  readonly router: Router;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Takes each event; must not throw. */
  readonly log: (event: LogEvent) => void;
  /** `SERVER_SOFTWARE` for guests, such as `Skerry/0.1.0`. */
  readonly software: string;
  /** An HTML page for `/` where no service answers it. */
  readonly index?: (() => string) | undefined;
  /** Codes the responses of services that ask for it. */
  readonly compressor?: Compressor | undefined;
  /** Keeps the responses of routes that have rules for it. */
  readonly cache?: CacheServer | undefined;
  /** Who purges where a request's method asks for it; without it programs and backends answer `PURGE`. */
  readonly purge?: PurgeByRequest | undefined;
  /** Which requests are traced; none unless told. */
  readonly tracer?: Tracer | undefined;
}

/** Answers requests with services. */
export class Edge {
  readonly #options: EdgeOptions & RecorderOptions;
  readonly #ids: RequestIds;

  constructor(options: EdgeOptions) {
    this.#options = { ...options, wallTime: new WallTime(options.clock) };
    this.#ids = new RequestIds(options.random);
  }

  /** Answers one request. Neither throws nor rejects. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const recorder = this.#record(request);
    try {
      return this.#respond(recorder);
    } catch (error) {
      return failed(recorder, error);
    }
  }

  #record(request: HttpRequest): Recorder {
    const id = this.#ids.next();
    const trace = this.#options.tracer?.(request, id);
    const passedOn = trace === undefined ? request : tracedRequest(request, trace);
    return new Recorder(id, passedOn, this.#options, trace);
  }

  #respond(recorder: Recorder): HttpResponse | Promise<HttpResponse> {
    const { request } = recorder;
    const parsed = parseRequestTarget(request);
    if (!parsed.ok) return refuse(recorder, "rejected", parsed.error.status, parsed.error.why);
    recorder.target = parsed.value;
    const tooLarge = checkSizes(request.fields);
    if (tooLarge !== undefined) return refuse(recorder, "rejected", ...tooLarge);
    const routed = this.#options.router.route(request, parsed.value);
    if (!(routed instanceof Promise)) return this.#reply(recorder, parsed.value, routed);
    return routed
      .then((settled) => {
        recorder.loaded();
        return this.#reply(recorder, parsed.value, settled);
      })
      .catch((error) => failed(recorder, error));
  }

  #reply(
    recorder: Recorder,
    target: RequestTarget,
    routed: Routed,
  ): HttpResponse | Promise<HttpResponse> {
    const purging = this.#purging(recorder, target, routed);
    if (purging !== undefined) return purging;
    switch (routed.kind) {
      case "service": {
        const response = this.#served(recorder, target, routed);
        return routed.service.compresses ? this.#compressed(recorder, response) : response;
      }
      case "forward": {
        const response = this.#forwarded(recorder, target, routed);
        return routed.compresses ? this.#compressed(recorder, response) : response;
      }
      case "none":
        return this.#unrouted(recorder, target, routed);
      case "unavailable":
        recorder.serves(routed);
        return refuse(recorder, "refused", 503, routed.why);
    }
  }

  /** What is kept for a URL is purged there, unless nothing is kept: then it is a method as any other. */
  #purging(
    recorder: Recorder,
    target: RequestTarget,
    routed: Routed,
  ): Promise<HttpResponse> | undefined {
    const { purge } = this.#options;
    if (recorder.request.method !== "PURGE" || purge === undefined) return undefined;
    if (routed.kind === "none" || routed.kind === "unavailable") return undefined;
    if (routed.cache === undefined) return undefined;
    recorder.serves(routed.kind === "forward" ? routed : routed.service);
    return purgeByMethod(recorder, target, routed.cache.owner, purge)
      .catch((error) => failed(recorder, error));
  }

  #served(
    recorder: Recorder,
    target: RequestTarget,
    routed: ServiceRouted,
  ): HttpResponse | Promise<HttpResponse> {
    const { service, fields = [], cache: rules } = routed;
    const { cache } = this.#options;
    if (rules === undefined || cache === undefined || offersUpgrade(recorder)) {
      return this.#exchange(recorder, target, routed);
    }
    recorder.serves(service);
    recorder.addedFields = fields;
    return throughCache(recorder, target, rules, cache, async (asked, purpose) => {
      const request = withoutClaims(asked);
      const own = purpose === "answer" ? recorder.forGuest(request) : this.#refreshing(request);
      // What is kept is for all: what is added for one client is not part of it.
      const response = await this.#exchange(own, target, { ...routed, fields: [] });
      return fetched(response, own.hasFailed);
    });
  }

  #forwarded(
    recorder: Recorder,
    target: RequestTarget,
    routed: ForwardRouted,
  ): HttpResponse | Promise<HttpResponse> {
    const { cache: rules, fields = [] } = routed;
    const { cache } = this.#options;
    if (rules === undefined || cache === undefined || offersUpgrade(recorder)) {
      return forward(recorder, target, routed);
    }
    recorder.serves(routed);
    recorder.addedFields = fields;
    return throughCache(recorder, target, rules, cache, async (request, purpose) => {
      const own = purpose === "answer" ? recorder : this.#refreshing(request);
      own.serves(routed);
      own.problem = undefined;
      const response = await routed.forward(request, target, (why) => own.problem = why);
      const hasFailed = own.problem !== undefined;
      return fetched(purpose === "answer" ? response : own.forwarded(response), hasFailed);
    });
  }

  /** Records a request that the cache makes itself. */
  #refreshing(request: HttpRequest): Recorder {
    const recorder = new Recorder(this.#ids.next(), request, this.#options, undefined);
    recorder.cacheResult = "refresh";
    return recorder;
  }

  async #compressed(
    { request }: Recorder,
    response: HttpResponse | Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const { compressor } = this.#options;
    const whole = await response;
    if (compressor === undefined) return whole;
    // What cannot be coded is sent as it is.
    return await compressed(request, whole, compressor).catch(() => whole);
  }

  #exchange(
    recorder: Recorder,
    target: RequestTarget,
    { prefix, service, fields = [] }: ServiceRouted,
  ): HttpResponse | Promise<HttpResponse> {
    const { id, request } = recorder;
    recorder.serves(service);
    recorder.addedFields = fields;
    const exchange = new Exchange({
      id,
      service,
      request,
      target,
      scriptName: prefix,
      surroundings: this.#options,
      onGuestLine: (line) => recorder.guestLine(line),
    });
    const refusal = exchange.lease(this.#options.pool);
    if (!(refusal instanceof Promise)) return leased(recorder, exchange, refusal);
    return refusal
      .then((settled) => leased(recorder, exchange, settled))
      .catch((error) => failed(recorder, error));
  }

  #unrouted(
    recorder: Recorder,
    { path }: RequestTarget,
    { status, why }: { readonly status: 404 | 421; readonly why: string },
  ): HttpResponse {
    const { index } = this.#options;
    const { method } = recorder.request;
    if (index === undefined || path !== "/" || (method !== "GET" && method !== "HEAD")) {
      return refuse(recorder, "unrouted", status, why);
    }
    const page = encodeUtf8(index());
    recorder.withoutGuest("index", 200, page.length);
    const html: Field = ["content-type", "text/html; charset=utf-8"];
    return {
      status: 200,
      fields: responseFields(recorder, [html], page.length),
      body: method === "HEAD" ? undefined : page,
    };
  }
}

/** Goes on where a sandbox was leased, or refused. */
function leased(
  recorder: Recorder,
  exchange: Exchange,
  refusal: Refusal | undefined,
): HttpResponse | Promise<HttpResponse> {
  recorder.leased();
  switch (refusal) {
    case undefined:
      return answer(recorder, exchange);
    case "full":
      return refuse(recorder, "refused", 503, "no sandbox is free");
    case "no memory":
    case "no mappings":
      return refuse(recorder, "refused", 503, `the server has ${refusal} for another sandbox`);
    case "abandoned":
      return refuse(recorder, "hung up", 503, "the client hung up before a sandbox was free");
  }
}

/** Runs the guest and answers as soon as its answer is certain: when it has ended, or its response has begun. */
function answer(recorder: Recorder, exchange: Exchange): HttpResponse | Promise<HttpResponse> {
  let begun: HttpResponse | undefined;
  let onBegun: ((response: HttpResponse) => void) | undefined;
  const running = exchange.run(() => {
    recorder.begun();
    begun = streamed(recorder, exchange);
    onBegun?.(begun);
  });
  if (!(running instanceof Promise)) return ended(recorder, exchange, running);
  return new Promise((resolve) => {
    onBegun = resolve;
    if (begun !== undefined) resolve(begun);
    running.then((outcome) => {
      if (begun === undefined) return resolve(ended(recorder, exchange, outcome));
      recorder.ran();
      recordStreamed(recorder, exchange, outcome);
    }).catch((error) => resolve(failed(recorder, error)));
  });
}

function ended(recorder: Recorder, exchange: Exchange, outcome: Outcome): HttpResponse {
  recorder.ran();
  return whole(recorder, exchange, outcome);
}

/** Passes a request on, and counts what comes back. */
async function forward(
  recorder: Recorder,
  target: RequestTarget,
  routed: ForwardRouted,
): Promise<HttpResponse> {
  recorder.serves(routed);
  recorder.addedFields = routed.fields ?? [];
  try {
    const response = await routed.forward(
      recorder.forForwarding(),
      target,
      (why) => recorder.problem = why,
    );
    return recorder.forwarded(response);
  } catch (error) {
    return failed(recorder, error);
  }
}

/** What becomes another protocol passes no cache (RFC 9110 §7.8). */
function offersUpgrade({ request }: Recorder): boolean {
  return fieldValue(request.fields, "upgrade") !== undefined;
}

/** Bounds that can be checked before anything is read. */
function checkSizes(fields: readonly Field[]): [status: number, why: string] | undefined {
  let bytes = 0;
  for (const field of fields) bytes += field[0].length + field[1].length;
  if (fields.length > limits.requestHeadersMax || bytes > limits.requestHeaderBytesMax) {
    return [431, "the request has too many header fields, or too large ones"];
  }
  if ((contentLengthOf(fields) ?? 0) > limits.requestBodyBytesMax) {
    return [413, `the request's body is larger than ${limits.requestBodyBytesMax} bytes`];
  }
  return undefined;
}

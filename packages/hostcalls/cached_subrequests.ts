/**
 * Requests to backends through a cache: what is kept of a backend's responses answers the requests that it may (RFC 9111).
 *
 * What always holds: two services share nothing, nor two backends; what a client of the service is answered is kept apart.
 */

import {
  type Answered,
  type Asked,
  type CacheResult,
  type CacheServer,
  type CacheSettings,
  type Fetched,
  type FetchPurpose,
  type Owner,
} from "@skerry/cache";
import { type Field, fieldValue, type HttpRequest, surrogateDevice } from "@skerry/http";
import type {
  Subrequest,
  SubrequestCaching,
  SubrequestFailure,
  SubrequestOutcome,
  Subrequests,
} from "./subrequests_port.ts";

/** By which rules a backend's responses are kept. */
export interface BackendCaching {
  readonly owner: Owner;
  readonly settings: CacheSettings;
  readonly scheme: "http" | "https";
  /** What `Host` it is sent, where the guest does not choose one. */
  readonly host: string;
  /** Whether a request passes the cache, whatever its guest says. */
  readonly passes?: (
    request: { readonly path: string; readonly fields: readonly Field[] },
  ) => boolean;
}

/** What it is made of. */
export interface CachedSubrequestsParts {
  readonly backends: Subrequests;
  readonly cache: CacheServer;
  /** Undefined for a backend whose responses are not kept. */
  readonly cachingOf: (backend: string) => BackendCaching | undefined;
  /** Told what the cache had to do with each request. */
  readonly onResult?: (result: CacheResult) => void;
}

/** Backends behind a cache. */
export class CachedSubrequests implements Subrequests {
  readonly #parts: CachedSubrequestsParts;

  constructor(parts: CachedSubrequestsParts) {
    this.#parts = parts;
  }

  has(backend: string): boolean {
    return this.#parts.backends.has(backend);
  }

  async send(
    backend: string,
    request: Subrequest,
    signal: AbortSignal,
  ): Promise<SubrequestOutcome> {
    const { backends, cache, cachingOf } = this.#parts;
    const caching = cachingOf(backend);
    if (caching === undefined) return await backends.send(backend, request, signal);
    const asked = askedOf(backend, request, caching);
    const answered = await cache.answer(
      asked,
      httpRequest(request, asked, signal),
      (outgoing, purpose) => {
        const { fields } = outgoing;
        const isCached = asked.settings.mode === "cache";
        const sent = isCached ? { ...outgoing, fields: withCapability(fields) } : outgoing;
        return this.#fetch(backend, request, sent, purpose);
      },
    );
    this.#parts.onResult?.(answered.result);
    return outcomeOf(answered);
  }

  async #fetch(
    backend: string,
    { caching, bodyBytes }: Subrequest,
    outgoing: HttpRequest,
    purpose: FetchPurpose,
  ): Promise<Fetched> {
    const giving = new AbortController();
    outgoing.whenGone(() => giving.abort());
    const { method, target, fields, body } = outgoing;
    const sent = { method, target, fields, body };
    const length = purpose === "answer" ? bodyBytes : undefined;
    const outcome = await this.#parts.backends.send(
      backend,
      { ...sent, bodyBytes: length },
      giving.signal,
    );
    if (outcome.kind === "failed") {
      return { kind: "failed", response: failureResponse(outcome.why) };
    }
    const { response } = outcome;
    const keys = caching?.surrogateKeys ?? [];
    // What validates a response does not say all of its keys again.
    if (keys.length === 0 || response.status === 304) return { kind: "answered", response };
    const key: Field = ["surrogate-key", keys.join(" ")];
    return { kind: "answered", response: { ...response, fields: [...response.fields, key] } };
  }
}

/**
 * What is heeded in `Surrogate-Control` (Edge Architecture §2.2), in place of what the guest may have from its client: by that
 * the backend would answer all others too.
 */
function withCapability(fields: readonly Field[]): readonly Field[] {
  const others = fields.filter(([name]) => name.toLowerCase() !== "surrogate-capability");
  return [...others, ["surrogate-capability", `${surrogateDevice}="Surrogate/1.0"`]];
}

function askedOf(backend: string, request: Subrequest, caching: BackendCaching): Asked {
  const { method, target, fields } = request;
  const { owner, scheme, settings, passes } = caching;
  const [path = "", ...rest] = target.split("?");
  const query = rest.length === 0 ? undefined : rest.join("?");
  const host = fieldValue(fields, "host")?.toLowerCase() ?? caching.host;
  const isPassed = request.caching?.passes === true || passes?.({ path, fields }) === true;
  return {
    owner,
    request: { method, scheme, host, path, query, fields },
    settings: {
      ...withWishes(settings, request.caching),
      ...(isPassed && { mode: "pass" }),
      key: { ...settings.key, partition: `backend ${backend}` },
      // The guest may need them for a response of its own.
      strippedFields: nothingStripped,
    },
  };
}

function withWishes(settings: CacheSettings, wishes: SubrequestCaching = {}): CacheSettings {
  const { lifetimeMs, staleWhileRevalidateMs } = wishes;
  return {
    ...settings,
    ...(lifetimeMs !== undefined && { lifetimeMsForced: lifetimeMs }),
    ...(staleWhileRevalidateMs !== undefined && { staleWhileRevalidateMs }),
  };
}

const nothingStripped: ReadonlySet<string> = new Set();

/** The request as a server's, for a client that goes when the guest lets go of it. */
function httpRequest(
  { target, body }: Subrequest,
  { request: { method, scheme, fields } }: Asked,
  signal: AbortSignal,
): HttpRequest {
  return {
    ...{ method, target, scheme, fields, body },
    peer: nobody,
    whenGone: (act) => {
      if (signal.aborted) act();
      else signal.addEventListener("abort", act, { once: true });
    },
  };
}

const nobody = { address: "", port: 0 };

/** Why a backend has not answered, to those who wait for the same too: nobody but us says so. */
const failureField = "skerry-failure";

function failureResponse(why: SubrequestFailure) {
  return { status: 502, fields: [[failureField, why] satisfies Field], body: undefined };
}

function outcomeOf({ response, result }: Answered): SubrequestOutcome {
  switch (result) {
    case "failed":
      return { kind: "failed", why: failureIn(response.fields) };
    case "gone":
      return { kind: "failed", why: "reset" };
    default:
      return { kind: "response", response };
  }
}

function failureIn(fields: readonly Field[]): SubrequestFailure {
  return (fieldValue(fields, failureField) ?? "unreachable") as SubrequestFailure;
}

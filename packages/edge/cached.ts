/** A request's way through the cache: what is kept answers it, or what it is routed to does, and that may be kept. */

import {
  type Answered,
  type Asked,
  type CacheRequest,
  type CacheServer,
  type Fetch,
  type Fetched,
  passes,
} from "@skerry/cache";
import {
  connectionOptions,
  derivedRequest,
  type Field,
  type HttpRequest,
  type HttpResponse,
  isClientClaim,
  isConstant,
  type RequestTarget,
} from "@skerry/http";
import type { Recorder } from "./recorder.ts";
import { failed } from "./reply.ts";
import type { CacheRules } from "./cache_rules.ts";

/** Answers a request; a fresh response that is kept does so at once. */
export function throughCache(
  recorder: Recorder,
  target: RequestTarget,
  rules: CacheRules,
  cache: CacheServer,
  send: Fetch,
): HttpResponse | Promise<HttpResponse> {
  const { request } = recorder;
  const asked = askedOf(request, target, rules);
  const answered = cache.answer(asked, request, send, () => recorder.forForwarding());
  if (!(answered instanceof Promise)) return recorder.cached(answered);
  return answered.then((settled: Answered) => recorder.cached(settled))
    .catch((error) => failed(recorder, error));
}

/** What came of a fetch: without what is of one request alone. */
export function fetched(response: HttpResponse, hasFailed: boolean): Fetched {
  const fields = response.fields.filter(([name]) => name.toLowerCase() !== "x-request-id");
  return { kind: hasFailed ? "failed" : "answered", response: { ...response, fields } };
}

/** What was asked by requests whose fields never change, by their targets: those of who asks for the same again are one. */
const askedBefore = new WeakMap<
  RequestTarget,
  { readonly fields: readonly Field[]; readonly rules: CacheRules; readonly asked: Asked }
>();

/** A request as its cache sees it. */
export function askedOf(
  request: Pick<HttpRequest, "method" | "fields">,
  target: RequestTarget,
  rules: CacheRules,
): Asked {
  const { fields } = request;
  const before = askedBefore.get(target);
  const isSame = before !== undefined && before.fields === fields && before.rules === rules &&
    before.asked.request.method === request.method;
  if (isSame) return before.asked;
  const asked = newAsked(request, target, rules);
  if (isConstant(fields)) {
    Object.freeze(asked.request);
    askedBefore.set(target, { fields, rules, asked });
  }
  return asked;
}

function newAsked(
  request: Pick<HttpRequest, "method" | "fields">,
  target: RequestTarget,
  { owner, settings, pass = [] }: CacheRules,
): Asked {
  const seen = cacheRequest(request, target);
  const isPassed = pass.length > 0 && passes(seen, pass);
  return { owner, request: seen, settings: isPassed ? { ...settings, mode: "pass" } : settings };
}

/** A request as the cache sees it. By the validated target: two ways of writing one resource are one. By what its origin will see of its fields, too. */
export function cacheRequest(
  { method, fields }: Pick<HttpRequest, "method" | "fields">,
  { scheme, host, port, path, query }: RequestTarget,
): CacheRequest {
  const isDefault = port === (scheme === "https" ? 443 : 80);
  return {
    ...{ method, scheme, path, fields: passedOn(fields) },
    host: isDefault ? host : `${host}:${port}`,
    query: query === "" ? undefined : query,
  };
}

/**
 * Without the fields that a client declares to be of its connection (RFC 9110 §7.6.1): no origin is shown them, so no variant
 * may be told by them. Else anybody could have what is for nobody's language kept as what is for everybody's.
 */
function passedOn(fields: readonly Field[]): readonly Field[] {
  const options = connectionOptions(fields);
  if (options.size === 0) return fields;
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    // What asks for another protocol, or for trailers, has to be named (RFC 9110 §7.8, §10.1.4).
    return lower === "upgrade" || lower === "te" || !options.has(lower);
  });
}

/**
 * A request for a program whose answer may be kept: without what its client claims to be, which no key has. What is true of it
 * the program is told in other ways: the scheme, the host, the address.
 */
export function withoutClaims(request: HttpRequest): HttpRequest {
  const fields = request.fields.filter(([name]) => !isClientClaim(name.toLowerCase()));
  return fields.length === request.fields.length ? request : derivedRequest(request, { fields });
}

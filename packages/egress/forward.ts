/** Passes a request on to a backend, and its answer back: what a node does for a route that no program answers. */

import { type Clock, encodeUtf8 } from "@skerry/base";
import { anySignal } from "./any_signal.ts";
import {
  type Field,
  fieldValue,
  fieldValues,
  type HttpRequest,
  type HttpResponse,
  type RequestTarget,
  type Tunnel,
} from "@skerry/http";
import type { Backend, BackendResponse } from "./backend.ts";
import { BackendError, type BackendFailure } from "./failure.ts";
import {
  type ForwardedPolicy,
  type ForwardFacts,
  requestFields,
  responseFields,
  withoutConnection,
} from "./forward_fields.ts";
import { egressLimits } from "./limits.ts";
import { joinTunnels } from "./tunnels.ts";

/** What a node knows when it passes something on. */
export interface ForwardContext {
  /** This node's name in `Via`: a token that no other has. */
  readonly pseudonym: string;
  /** What becomes of what a client says of whom it speaks for; replaced unless told. */
  readonly forwarded?: ForwardedPolicy;
  readonly clock: Clock;
  /** Gives it up; that the client has gone does so too. */
  readonly signal: AbortSignal;
  readonly loopsMax?: number;
  readonly tunnelIdleMsMax?: number;
  /** Told once where there is no answer, or none to its end. */
  readonly onFailure?: (failure: BackendFailure) => void;
}

/**
 * Never rejects. Redirects are the client's to follow; bodies pass as they are, encoded, ranged or both. Expectations
 * are met by the node, which asks for the body when its backend has a connection (RFC 9110 §10.1.1).
 *
 * @param request its `whenGone` is taken
 * @param target as it was validated: what is passed on is its path, not the raw one
 */
export async function forward(
  request: HttpRequest,
  target: RequestTarget,
  backend: Backend,
  context: ForwardContext,
): Promise<HttpResponse> {
  const facts: ForwardFacts = {
    pseudonym: context.pseudonym,
    forwarded: context.forwarded ?? "replace",
    host: fieldValue(request.fields, "host") ?? target.host,
    loopsMax: context.loopsMax ?? egressLimits.loopsMax,
  };
  const hops = maxForwards(request);
  if (hops === 0) return plain(200, "this node answers in the place of those behind it", facts);
  const fields = requestFields(request, facts);
  if (!fields.ok) return plain(508, "the request goes round in a circle", facts);
  const gone = new AbortController();
  const { signal, release } = anySignal(gone.signal, context.signal);
  request.whenGone(() => gone.abort());
  const protocol = offersWebSocket(request) ? "websocket" : undefined;
  const answer = await backend.send({
    method: request.method,
    target: target.query === "" ? target.path : `${target.path}?${target.query}`,
    fields: withMaxForwards(fields.value, hops),
    body: request.body,
    wantsTrailers: takesTrailers(request),
    inform: (status, interim) => request.inform?.(status, responseFields(status, interim, facts)),
    ...(protocol === undefined ? {} : { upgrade: protocol }),
  }, signal);
  if (!answer.ok) {
    release();
    context.onFailure?.(answer.error);
    return plain(answer.error.status, answer.error.why, facts);
  }
  const { tunnel } = answer.value;
  if (tunnel === undefined) {
    return passedBack(answer.value, facts, context.onFailure ?? (() => {}), release);
  }
  // Nobody takes over what a client has asked for that goes before it is told.
  const leave = () => tunnel.close();
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return tunnelled(answer.value.fields, facts, (client) => {
    const idleMsMax = context.tunnelIdleMsMax ?? egressLimits.tunnelIdleMsMax;
    void joinTunnels(client, tunnel, context.clock, idleMsMax, signal).then(release);
  });
}

function passedBack(
  { status, fields, body, trailers }: BackendResponse,
  facts: ForwardFacts,
  onFailure: (failure: BackendFailure) => void,
  release: () => void,
): HttpResponse {
  if (body === undefined) release();
  return {
    status,
    fields: responseFields(status, fields, facts),
    body: body && reported(body, onFailure, release),
    trailers: () => withoutConnection(trailers()),
  };
}

async function* reported(
  body: AsyncIterable<Uint8Array>,
  onFailure: (failure: BackendFailure) => void,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof BackendError) onFailure(error.failure);
    throw error;
  } finally {
    release();
  }
}

function tunnelled(
  fields: readonly Field[],
  facts: ForwardFacts,
  takeOver: (client: Tunnel) => void,
): HttpResponse {
  const all: Field[] = [...responseFields(101, fields, facts), ["upgrade", "websocket"]];
  return { status: 101, fields: all, body: undefined, takeOver };
}

/** An answer of the node's own. */
function plain(status: number, why: string, { pseudonym }: ForwardFacts): HttpResponse {
  const fields: Field[] = [["content-type", "text/plain; charset=utf-8"], [
    "via",
    `1.1 ${pseudonym}`,
  ]];
  return { status, fields, body: encodeUtf8(`${why}\n`) };
}

/** RFC 9110 §7.8; only to WebSocket (RFC 6455 §4.2.1): other protocols would carry requests past this node. */
function offersWebSocket({ method, version = "1.1", fields, body }: HttpRequest): boolean {
  return method === "GET" && version === "1.1" && body === undefined &&
    has(fields, "connection", "upgrade") && has(fields, "upgrade", "websocket");
}

/** RFC 9110 §10.1.4. */
function takesTrailers({ fields }: HttpRequest): boolean {
  return has(fields, "te", "trailers");
}

function has(fields: readonly Field[], name: string, wanted: string): boolean {
  return fieldValues(fields, name).flatMap((value) => value.split(","))
    .some((value) => value.trim().toLowerCase() === wanted);
}

/** RFC 9110 §7.6.2: counted for OPTIONS alone (TRACE is not served). */
function maxForwards({ method, fields }: HttpRequest): number | undefined {
  const text = method === "OPTIONS" ? fieldValue(fields, "max-forwards") : undefined;
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function withMaxForwards(fields: readonly Field[], hops: number | undefined): readonly Field[] {
  if (hops === undefined) return fields;
  const others = fields.filter(([name]) => name.toLowerCase() !== "max-forwards");
  return [...others, ["max-forwards", String(hops - 1)]];
}

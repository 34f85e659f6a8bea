/** What is done with a response's head: what was kept is the answer, or this is, and may be kept in its turn. */

import { fieldValue, surrogateKeys } from "@skerry/http";
import type { Arrival, Outbound, StatusFacts } from "./exchange.ts";
import { isOriginError, staleInstead } from "./failure.ts";
import { freshen, freshenByHead } from "./freshen.ts";
import type { Times } from "./freshness.ts";
import { invalidatedBy } from "./invalidation.ts";
import { cacheKey } from "./key.ts";
import { judged, type KeptCandidate, placedBody, representationBytes } from "./kept.ts";
import type { KeptSets } from "./kept_sets.ts";
import type { PurgeRecords } from "./purge_records.ts";
import { scopesOf, scopeText } from "./purge_scope.ts";
import { replyOf } from "./reply.ts";
import type { RefusalReason, ResponseHead } from "./obstacles.ts";
import { store } from "./storable.ts";
import { clientFields, servedFields } from "./stored_fields.ts";
import type { StoredResponse } from "./stored_response.ts";

/** Decides, and changes what is kept accordingly. */
export function arrive(
  outbound: Outbound,
  response: ResponseHead,
  nowMs: number,
  sets: KeptSets,
  purges: PurgeRecords,
  newBoundary: () => string,
): Arrival {
  const { request, settings } = outbound.asked;
  const { facts } = outbound;
  const epoch = invalidate(outbound, response, purges, nowMs);
  // As of now: much may have been purged meanwhile.
  const kept = outbound.kept && judged(outbound.key, outbound.kept, purges);
  if (kept === undefined) {
    // Nothing that a 304 could freshen may be served.
    if (outbound.isValidation && response.status === 304) return again(outbound, purges, nowMs);
    return passOn({ ...outbound, epoch }, response, nowMs, sets, undefined);
  }
  if (outbound.isValidation && response.status === 304) {
    return validated(outbound, kept, response, nowMs, sets, purges, newBoundary);
  }
  const failure = { kind: "status", status: response.status } as const;
  const stale = isOriginError(response.status)
    ? staleInstead(request, kept, failure, nowMs, settings)
    : undefined;
  if (stale !== undefined) {
    const told = { ...facts, forwardStatus: response.status, detail: stale };
    return reply(outbound, kept, kept.stored, nowMs, told, newBoundary);
  }
  // What is for who may see it, or refuses to be seen, says nothing of what is for all.
  const isForOne = fieldValue(request.fields, "authorization") !== undefined;
  if (request.method === "HEAD" && !isForOne) updateByHead(outbound, kept, response, nowMs, sets);
  return passOn(outbound, response, nowMs, sets, kept);
}

/** RFC 9111 §4.3.4: the stored response, with what the 304 changed. */
function validated(
  outbound: Outbound,
  kept: KeptCandidate,
  response: ResponseHead,
  nowMs: number,
  sets: KeptSets,
  purges: PurgeRecords,
  newBoundary: () => string,
): Arrival {
  const { asked: { request, settings }, key, epoch, facts } = outbound;
  const { stored, body } = kept;
  const times = timesOf(outbound, nowMs);
  const freshened = freshen(request, stored, response.fields, times, epoch, settings);
  if (freshened.kind === "mismatch") {
    sets.drop(key, stored);
    return again(outbound, purges, nowMs);
  }
  const { head, storing } = freshened;
  const told: StatusFacts = { ...facts, forwardStatus: 304 };
  if (storing.kind === "refuse") {
    // Who may not have their answer kept has confirmed what is: it stays as it was, for others.
    if (!isOfAsker(storing.reason)) sets.drop(key, stored);
    const { fields } = head;
    const served = servedFields(fields, stored.extent, settings);
    const once = { ...stored, fields, served, responseMs: nowMs, initialAgeMs: 0 };
    return reply(outbound, kept, once, nowMs, told, newBoundary);
  }
  const isKept = sets.add(outbound, { stored: storing.stored, body }, nowMs) === "kept";
  const ttl = Math.floor((storing.stored.lifetimeMs - storing.stored.initialAgeMs) / 1000);
  return reply(
    outbound,
    kept,
    storing.stored,
    nowMs,
    { ...told, ttl, stored: isKept },
    newBoundary,
  );
}

function passOn(
  outbound: Outbound,
  response: ResponseHead,
  nowMs: number,
  sets: KeptSets,
  kept: KeptCandidate | undefined,
): Arrival {
  const { asked: { request, settings }, key, epoch, facts } = outbound;
  const storing = store(request, response, timesOf(outbound, nowMs), epoch, settings);
  const fields = clientFields(response.fields, settings);
  if (storing.kind === "keep") {
    const { stored } = storing;
    const ttl = Math.floor((stored.lifetimeMs - stored.initialAgeMs) / 1000);
    return { kind: "pass-on", fields, facts: { ...facts, ttl, stored: true }, filling: stored };
  }
  // §4.3.3: the origin has said something newer. An error says nothing of what is kept, nor does what is for one alone.
  const isNewer = request.method === "GET" && response.status >= 200 && response.status < 500 &&
    !isOfAsker(storing.reason);
  if (kept !== undefined && isNewer && outbound.isValidation) sets.drop(key, kept.stored);
  if (storing.isHitForMiss) sets.mark(key, nowMs + settings.hitForMissMs);
  const detail = facts.detail ?? storing.reason;
  return { kind: "pass-on", fields, facts: { ...facts, detail }, filling: undefined };
}

function updateByHead(
  outbound: Outbound,
  { stored, body }: KeptCandidate,
  response: ResponseHead,
  nowMs: number,
  sets: KeptSets,
): void {
  const { asked: { request, settings }, key, epoch } = outbound;
  const times = timesOf(outbound, nowMs);
  const bytes = representationBytes(stored, body);
  const result = freshenByHead(request, stored, bytes, response, times, epoch, settings);
  if (result.kind === "mismatch") sets.age(key, { stored, body });
  else if (result.storing.kind === "refuse") {
    if (!isOfAsker(result.storing.reason)) sets.drop(key, stored);
  } else sets.add(outbound, { stored: result.storing.stored, body }, nowMs);
}

/** Whether it is the asker's own doing that nothing is kept: anybody could else have others lose what is. */
function isOfAsker(reason: RefusalReason): boolean {
  return reason === "request-no-store" || reason === "authorization";
}

/**
 * RFC 9111 §4.4. Gives the epoch of what the response says: its request's; its own purge's where nothing but that came
 * between, so that it takes what was there before and not what it brings itself (RFC 9110 §9.3.3).
 */
function invalidate(
  { asked: { owner, request, settings }, key, epoch }: Outbound,
  response: ResponseHead,
  purges: PurgeRecords,
  nowMs: number,
): number {
  const scopes = invalidatedBy(request, response).map((target) => {
    const { resource } = cacheKey(owner, { ...request, ...target }, settings.key);
    return scopeText({ kind: "resource", resource });
  });
  if (scopes.length === 0) return epoch;
  // Of one that has its number and is not written down yet it could not be told what it is of.
  const { settled } = purges;
  const before = purges.epoch;
  const keys = surrogateKeys(response.fields) ?? [];
  const isCurrent = purges.judge(epoch, scopesOf(key, keys)).kind === "current";
  const own = purges.purge(scopes, "hard", nowMs);
  return isCurrent && settled === before && own === before + 1 ? own : epoch;
}

/** What spoke of something else is followed by the same request, as if nothing were kept. */
function again(outbound: Outbound, purges: PurgeRecords, nowMs: number): Arrival {
  return { kind: "again", outbound: anew(outbound, purges, nowMs) };
}

/** The same request as it came from the client, as if nothing were kept. */
export function anew(outbound: Outbound, purges: PurgeRecords, nowMs: number): Outbound {
  const { request } = outbound.asked;
  return {
    ...outbound,
    epoch: purges.epoch,
    requestMs: nowMs,
    fields: request.fields,
    isShared: false,
    kept: undefined,
    isValidation: false,
  };
}

function reply(
  { asked: { request } }: Outbound,
  { body }: KeptCandidate,
  stored: StoredResponse,
  nowMs: number,
  facts: StatusFacts,
  newBoundary: () => string,
): Arrival {
  const bytes = representationBytes(stored, body);
  const made = replyOf(request, stored, bytes, nowMs, newBoundary);
  return { kind: "reply", reply: made, body: placedBody(stored, body), facts };
}

function timesOf({ requestMs }: Outbound, responseMs: number): Times {
  return { requestMs, responseMs };
}

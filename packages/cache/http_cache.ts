/**
 * The cache of a node: what is decided over values, done to a store. It sends and reads nothing itself; whoever does says
 * what came, and when.
 *
 * What always holds: nothing is served, or kept, that was asked for before a purge of it.
 */

import { variantOf } from "@skerry/http";
import { anew, arrive } from "./arrival.ts";
import type { KeptBody } from "./body.ts";
import { decide } from "./decide.ts";
import type { Action, Arrival, Asked, Outbound, StatusFacts } from "./exchange.ts";
import { type Explanation, explanationOf } from "./explanation.ts";
import { staleInstead } from "./failure.ts";
import type { Forwarding } from "./forwarding.ts";
import { type CacheKey, cacheKey } from "./key.ts";
import {
  candidatesOf,
  judged,
  type KeptCandidate,
  type KeptVariant,
  placedBody,
  representationBytes,
} from "./kept.ts";
import { KeptSets } from "./kept_sets.ts";
import type { ObjectStore, StoringBody } from "./object_store.ts";
import type { PurgeMode, PurgeRecords } from "./purge_records.ts";
import type { SetStore } from "./set_store.ts";
import { type PurgeScope, scopesOf, scopeText } from "./purge_scope.ts";
import { Replies } from "./replies.ts";
import type { ResponseHead } from "./obstacles.ts";
import type { StoredResponse } from "./stored_response.ts";

/** What a cache is made of. */
export interface HttpCacheParts {
  readonly store: SetStore;
  readonly purges: PurgeRecords;
  /** What is slower than memory, where there is anything. */
  readonly objects?: ObjectStore;
  /** A boundary for several ranges in one answer (RFC 2046 §5.1.1), from chance. */
  readonly newBoundary: () => string;
}

/** For how long a response must be fresh to be written to a slower store, in milliseconds. */
const worthwhileMs = 10_000;

/** See the head of this file. Times are milliseconds since 1970. */
export class HttpCache {
  readonly #sets: KeptSets;
  readonly #purges: PurgeRecords;
  readonly #objects: ObjectStore | undefined;
  readonly #newBoundary: () => string;
  readonly #replies = new Replies();
  readonly #isCurrent = (key: CacheKey, stored: StoredResponse) =>
    this.#sets.isCurrent(key, stored);

  constructor({ store, purges, objects, newBoundary }: HttpCacheParts) {
    this.#sets = new KeptSets(store, purges, objects);
    this.#purges = purges;
    this.#objects = objects;
    this.#newBoundary = newBoundary;
  }

  /** What is done with a request, by what is in memory or, where that is not enough, in what is slower. */
  look(asked: Asked, nowMs: () => number): Action | Promise<Action> {
    const action = this.ask(asked, nowMs());
    if (this.#objects === undefined || action.kind === "reply") return action;
    const { sought } = action;
    if (sought === undefined || !this.#objects.mayHave(sought)) return action;
    return this.#objects.find(sought, asked.request.fields).then((found) =>
      found === undefined ? action : this.ask(asked, nowMs(), found)
    );
  }

  /**
   * What is done with a request, by what is in memory.
   *
   * @param found what was found elsewhere, if anything
   */
  ask(asked: Asked, nowMs: number, found?: KeptVariant): Action {
    const { owner, request, settings } = asked;
    const key = cacheKey(owner, request, settings.key);
    const brought = found && this.#bring(key, found, nowMs, settings.variantsMax);
    const set = this.#sets.get(key);
    const candidates = candidatesOf(key, set, this.#purges, nowMs);
    const all = brought === undefined ? candidates : [...candidates, brought];
    const decision = decide(request, all, nowMs, settings);
    const go = (facts: StatusFacts, forwarding?: Forwarding, kept?: KeptCandidate): Outbound => ({
      asked,
      key,
      epoch: this.#purges.epoch,
      requestMs: nowMs,
      method: forwarding?.method ?? request.method,
      fields: forwarding?.fields ?? request.fields,
      // Where the last answer could not be kept, nobody waits for the next (hit-for-miss).
      isShared: (forwarding?.isShared ?? false) && set.hitForMissUntilMs <= nowMs,
      kept,
      isValidation: forwarding?.isValidation ?? false,
      facts,
    });
    switch (decision.kind) {
      case "hit":
        // What is used again, and will be for a while, is worth a place that outlives this process.
        if (decision.ttlMs >= worthwhileMs) {
          this.#objects?.used(key, decision.kept, this.#isCurrent);
        }
        return this.#reply(asked, decision.kept, nowMs, { ttl: seconds(decision.ttlMs) });
      case "stale": {
        const { kept, ttlMs, why, revalidation } = decision;
        const facts = { ttl: seconds(ttlMs), detail: why };
        const background = revalidation && go({ forward: "stale" }, revalidation, kept);
        return { ...this.#reply(asked, kept, nowMs, facts), background };
      }
      case "revalidate": {
        const { kept, forwarding, reason, why } = decision;
        return {
          kind: "forward",
          outbound: go({ forward: reason, detail: why }, forwarding, kept),
          sought: undefined,
        };
      }
      case "miss": {
        const isMarked = set.hitForMissUntilMs > nowMs;
        const detail = isMarked ? { detail: "hit-for-miss" } : {};
        return {
          kind: "forward",
          outbound: go({ forward: decision.reason, ...detail }, decision.forwarding),
          sought: isMarked ? undefined : key,
        };
      }
      case "pass":
        return {
          kind: "forward",
          outbound: go({ forward: decision.reason, detail: decision.why }),
          sought: undefined,
        };
      case "refuse": {
        const facts = { forward: "request", detail: decision.why } as const;
        return { kind: "refuse", status: 504, facts, sought: key };
      }
    }
  }

  /** What is done with the final response to a fetch, once its head is there. */
  arrive(outbound: Outbound, response: ResponseHead, nowMs: number): Arrival {
    return arrive(outbound, response, nowMs, this.#sets, this.#purges, this.#newBoundary);
  }

  /** The same request as if nothing were kept: for who finds that what is kept cannot be read. */
  anew(outbound: Outbound, nowMs: number): Outbound {
    return anew(outbound, this.#purges, nowMs);
  }

  /** What is served where the origin could not be reached, or broke off before a head; undefined where that is an error. */
  fail(outbound: Outbound, nowMs: number): Extract<Arrival, { kind: "reply" }> | undefined {
    const { asked, key, facts } = outbound;
    const kept = outbound.kept && judged(key, outbound.kept, this.#purges);
    if (kept === undefined) return undefined;
    const { request, settings } = asked;
    const detail = staleInstead(request, kept, { kind: "disconnected" }, nowMs, settings);
    if (detail === undefined) return undefined;
    const { reply, body } = this.#reply(asked, kept, nowMs, {});
    return { kind: "reply", reply, body, facts: { ...facts, detail } };
  }

  /** Begins to keep a body that is too large for memory; undefined where it has to be done without. */
  begin({ key }: Outbound, filling: StoredResponse): Promise<StoringBody | undefined> | undefined {
    return this.#objects?.begin(key, filling);
  }

  /** Keeps what has come whole. `dropped` where a purge has passed it, something newer is there, or there is no room. */
  complete(
    outbound: Outbound,
    filling: StoredResponse,
    body: KeptBody,
    nowMs: number,
  ): "kept" | "dropped" {
    return this.#sets.add(outbound, { stored: filling, body }, nowMs);
  }

  /** What was to be kept has proved too large for it: those who ask next do not wait for each other. */
  outgrown({ key, asked }: Outbound, nowMs: number): void {
    this.#sets.mark(key, nowMs + asked.settings.hitForMissMs);
  }

  /** The number of the last purge: what somebody who waits for another's fetch came at. */
  get epoch(): number {
    return this.#purges.epoch;
  }

  /**
   * Whether one who asked at `epoch` may have the answer to a request that went forward for another: no purge of it lies
   * between, and it is the same variant.
   *
   * @param filling what is kept of the answer; undefined while that is not there
   */
  mayShare(
    outbound: Outbound,
    filling: StoredResponse | undefined,
    { request }: Asked,
    epoch: number,
  ): boolean {
    const scopes = scopesOf(outbound.key, filling?.surrogateKeys ?? []);
    if (this.#purges.parts(outbound.epoch, epoch, scopes)) return false;
    // RFC 9111 §4.1
    return filling === undefined || variantOf(request.fields, filling.vary) === filling.variant;
  }

  /** Purges at once; from its return on nothing of it is served that was asked for before. Gives the purge's epoch. */
  purge(scopes: readonly PurgeScope[], mode: PurgeMode, nowMs: number): number {
    return this.#purges.purge(scopes.map(scopeText), mode, nowMs);
  }

  /** What would be done with a request, and what is kept of what it asks for: for people. */
  explain({ owner, request, settings }: Asked, nowMs: number): Explanation {
    const key = cacheKey(owner, request, settings.key);
    const set = this.#sets.get(key);
    const candidates = candidatesOf(key, set, this.#purges, nowMs);
    const decision = decide(request, candidates, nowMs, settings);
    return explanationOf(request, key, set, decision, this.#purges, nowMs);
  }

  /** What was found elsewhere, to be decided over; undefined where a purge took it, or it is of no use any more. */
  #bring(
    key: CacheKey,
    found: KeptVariant,
    nowMs: number,
    variantsMax: number,
  ): KeptCandidate | undefined {
    const isNewer = this.#sets.isNewerThan(key, found.stored);
    const candidate = isNewer || found.stored.keptUntilMs < nowMs
      ? undefined
      : judged(key, found, this.#purges);
    if (candidate === undefined) this.#objects?.forget(key, found.stored);
    else if (found.body.read === undefined) this.#sets.restore(key, found, nowMs, variantsMax);
    return candidate;
  }

  #reply(asked: Asked, { stored, body }: KeptCandidate, nowMs: number, facts: StatusFacts) {
    const { request } = asked;
    const bytes = representationBytes(stored, body);
    const reply = this.#replies.of(request, stored, bytes, nowMs, this.#newBoundary);
    return {
      kind: "reply",
      reply,
      body: placedBody(stored, body),
      facts,
      background: undefined,
    } as const;
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

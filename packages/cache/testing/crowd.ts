/** Many clients at once, who share fetches: the state machine of collapse.ts around a cache, as a server would have it. */

import { ok } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import { GrowingBody } from "../body.ts";
import {
  advance,
  type Asker,
  depart,
  type Direction,
  type Flight,
  type FlightEvent,
} from "../collapse.ts";
import type { Outbound } from "../exchange.ts";
import type { CacheRequest } from "../request.ts";
import type { PurgeRecords } from "../purge_records.ts";
import type { StoredResponse } from "../stored_response.ts";
import { owner, Simulation } from "./simulation.ts";

/** What can happen next; numbers choose among what there is. */
export type CrowdStep =
  | { readonly kind: "ask"; readonly path: string; readonly foo: string }
  | { readonly kind: "head"; readonly which: number; readonly isKept: boolean }
  | { readonly kind: "end"; readonly which: number; readonly how: "complete" | "failed" }
  | {
    readonly kind: "purge";
    readonly path: string;
    readonly by: "url" | "key";
    readonly mode: "hard" | "soft";
  }
  | { readonly kind: "look" };

interface Sending {
  readonly asker: Asker;
  readonly outbound: Outbound;
  readonly beganAt: number;
  /** Undefined for one who fetches for themselves. */
  readonly aloft: Aloft | undefined;
  head?: { readonly body: string; readonly filling: StoredResponse | undefined };
}

/** A flight, which stays with those who wait in it when another takes its place for those who come. */
interface Aloft {
  readonly name: string;
  flight: Flight;
  lead: Outbound;
  filling: StoredResponse | undefined;
}

const limits = { slowMs: 2_000, handoversMax: 2, waitingMax: 5 };

/** See the head of this file. */
export class Crowd {
  readonly #simulation: Simulation;
  /** Those that may be joined, by key; and all of them. */
  readonly #open = new Map<string, Aloft>();
  readonly #aloft = new Set<Aloft>();
  readonly #sending: Sending[] = [];
  readonly #asked = new Map<
    Asker,
    { readonly request: CacheRequest; readonly at: number; isServed: boolean }
  >();
  readonly #began = new Map<string, number>();
  readonly #purged: { readonly path: string; readonly at: number }[] = [];
  #step = 0;
  served = 0;
  followed = 0;

  constructor(purges: PurgeRecords) {
    this.#simulation = new Simulation({ origin: () => "down", purges });
  }

  /** Has something happen. Fails where somebody is served what was asked for before a purge that they came after. */
  happen(step: CrowdStep): void {
    this.#step += 1;
    this.#simulation.nowMs += 500;
    switch (step.kind) {
      case "ask": {
        const asker = this.#asked.size + 1;
        const fields: Field[] = [["foo", step.foo]];
        const request: CacheRequest = {
          method: "GET",
          scheme: "http",
          host: "h",
          path: step.path,
          query: undefined,
          fields,
        };
        this.#asked.set(asker, { request, at: this.#step, isServed: false });
        return this.#enter(asker);
      }
      case "head":
        return this.#head(
          pick(this.#sending.filter(({ head }) => head === undefined), step.which),
          step.isKept,
        );
      case "end":
        return this.#end(pick(this.#sending, step.which), step.how);
      case "purge": {
        const resource = `t\ns\nhttp://h${step.path}`;
        const scope = step.by === "url"
          ? { kind: "resource", resource } as const
          : { kind: "surrogate key", owner, key: step.path } as const;
        this.#simulation.cache.purge([scope], step.mode, this.#simulation.nowMs);
        if (step.mode === "hard") this.#purged.push({ path: step.path, at: this.#step });
        return;
      }
      case "look":
        for (const one of [...this.#aloft]) {
          this.#advance(one, {
            kind: "look",
            nowMs: this.#simulation.nowMs,
            epoch: this.#simulation.cache.epoch,
          });
        }
    }
  }

  /** Lets all that is under way come to its end; then everybody was served. */
  finish(): void {
    for (let rounds = 0; this.#sending.length > 0; rounds += 1) {
      ok(rounds < 10_000, "it comes to an end");
      this.happen({ kind: "head", which: 0, isKept: true });
      this.happen({ kind: "end", which: 0, how: "complete" });
    }
    for (const [asker, { isServed }] of this.#asked) ok(isServed, `${asker} was never served`);
  }

  /** As one who comes now: a reply, a place with others, or a fetch. */
  #enter(asker: Asker): void {
    const { request } = this.#asked.get(asker) ?? never();
    const action = this.#simulation.ask(request);
    if (action.kind === "refuse") return;
    if (action.kind === "reply") {
      const body = [...action.body.slices(0, action.body.bytes)].map((bytes) =>
        new TextDecoder().decode(bytes)
      );
      return this.#serve(asker, body.join(""));
    }
    const { outbound } = action;
    const { cache, nowMs } = this.#simulation;
    if (!outbound.isShared) return this.#send(asker, outbound, undefined);
    const name = outbound.key.text;
    const found = this.#open.get(name);
    const waiting = { asker, epoch: cache.epoch };
    const asked = outbound.asked;
    if (found !== undefined && cache.mayShare(found.lead, found.filling, asked, waiting.epoch)) {
      return this.#advance(found, { kind: "join", waiting, isParted: false });
    }
    const { flight } = depart(waiting, nowMs);
    const one: Aloft = { name, flight, lead: outbound, filling: undefined };
    this.#open.set(name, one);
    this.#aloft.add(one);
    this.#send(asker, outbound, one);
  }

  #send(asker: Asker, outbound: Outbound, aloft: Aloft | undefined): void {
    this.#sending.push({ asker, outbound, beganAt: this.#step, aloft });
  }

  #head(sending: Sending | undefined, isKept: boolean): void {
    if (sending === undefined) return;
    const { outbound, asker } = sending;
    const { path } = outbound.asked.request;
    const body = `body ${this.#began.size}`;
    this.#began.set(body, sending.beganAt);
    const control = isKept ? "max-age=5" : "no-store";
    const fields: Field[] = [["cache-control", control], ["surrogate-key", path], ["vary", "foo"]];
    const { cache, nowMs } = this.#simulation;
    const arrival = cache.arrive(outbound, { status: 200, fields }, nowMs);
    const filling = arrival.kind === "pass-on" ? arrival.filling : undefined;
    sending.head = { body, filling };
    this.#serve(asker, body);
    const { aloft } = sending;
    if (aloft?.flight.kind !== "asking" || !aloft.flight.fetching.includes(asker)) return;
    if (filling !== undefined) [aloft.lead, aloft.filling] = [outbound, filling];
    this.#advance(aloft, {
      kind: "head",
      from: asker,
      isKept: filling !== undefined,
      fits: (waiting) => {
        const { request } = this.#asked.get(waiting.asker) ?? never();
        return cache.mayShare(outbound, filling, { ...outbound.asked, request }, waiting.epoch);
      },
    });
  }

  #end(sending: Sending | undefined, how: "complete" | "failed"): void {
    if (sending === undefined || how === "complete" && sending.head === undefined) return;
    this.#sending.splice(this.#sending.indexOf(sending), 1);
    const { outbound, asker, head } = sending;
    if (how === "complete" && head?.filling !== undefined) {
      const body = new GrowingBody(1000);
      body.append(encodeUtf8(head.body));
      this.#simulation.cache.complete(
        outbound,
        head.filling,
        body.finish(),
        this.#simulation.nowMs,
      );
    }
    if (head === undefined) this.#given(asker);
    if (sending.aloft !== undefined) {
      this.#advance(sending.aloft, { kind: "end", from: asker, how });
    }
  }

  #advance(aloft: Aloft, event: FlightEvent): void {
    const { flight, directions } = advance(aloft.flight, event, limits);
    aloft.flight = flight;
    if (flight.kind === "over") {
      this.#aloft.delete(aloft);
      if (this.#open.get(aloft.name) === aloft) this.#open.delete(aloft.name);
    }
    for (const direction of directions) this.#direct(direction, aloft);
  }

  #direct(direction: Direction, aloft: Aloft): void {
    const { asker } = direction;
    switch (direction.kind) {
      case "follow": {
        const source = this.#sending.find((one) => one.asker === direction.source);
        this.followed += 1;
        return this.#serve(asker, source?.head?.body ?? never());
      }
      case "fetch":
      case "alone": {
        const { request } = this.#asked.get(asker) ?? never();
        const action = this.#simulation.ask(request);
        const isForAll = direction.kind === "fetch";
        if (action.kind !== "forward") {
          // It is there meanwhile, by another flight: this one goes on with whoever is next.
          this.#enter(asker);
          return isForAll
            ? this.#advance(aloft, { kind: "end", from: asker, how: "failed" })
            : undefined;
        }
        const { flight } = aloft;
        // The oldest fetch decides who may join; where that has failed, it is this one.
        const isLead = isForAll && flight.kind === "asking" && flight.fetching.length === 1;
        if (isLead) aloft.lead = action.outbound;
        return this.#send(asker, action.outbound, isForAll ? aloft : undefined);
      }
      case "again":
        return this.#enter(asker);
      case "fail":
        return this.#given(asker);
      case "cancel":
        return;
    }
  }

  #serve(asker: Asker, body: string): void {
    const asked = this.#asked.get(asker) ?? never();
    const began = this.#began.get(body) ?? never();
    const between = this.#purged.find(({ path, at }) =>
      path === asked.request.path && at > began && at < asked.at
    );
    ok(
      between === undefined,
      `${asker} came at ${asked.at}, and got what was asked for at ${began}`,
    );
    asked.isServed = true;
    this.served += 1;
  }

  /** An error, which is an answer too. */
  #given(asker: Asker): void {
    const asked = this.#asked.get(asker) ?? never();
    asked.isServed = true;
  }
}

function pick<One>(all: readonly One[], which: number): One | undefined {
  return all[which % Math.max(1, all.length)];
}

function never(): never {
  throw new Error("nobody asked for that");
}

/**
 * Who fetches and who waits, by key: the state machine of `collapse.ts`, with those whom it directs.
 *
 * What always holds: a flight stays with those who wait in it when another takes its place for those who come.
 */

import type { Clock } from "@skerry/base";
import type { HttpResponse } from "@skerry/http";
import {
  advance,
  type Asker,
  depart,
  type Direction,
  type Flight,
  type FlightEvent,
  type FlightLimits,
} from "../collapse.ts";
import type { Asked, Outbound } from "../exchange.ts";
import type { HttpCache } from "../http_cache.ts";
import { nowMsOf } from "./now_ms.ts";
import type { Landing } from "./landing.ts";

/** One who asks. Each of these is called at most once for a flight, but for `cancel`, which may follow `fetch`. */
export interface Passenger {
  readonly asker: Asker;
  readonly asked: Asked;
  wait(flight: OpenFlight): void;
  fetch(flight: OpenFlight): void;
  follow(landing: Landing): void;
  alone(): void;
  again(): void;
  /** @param response what came in place of an answer */
  fail(response: HttpResponse | undefined): void;
  cancel(): void;
}

/** A key that is being fetched. */
export interface OpenFlight {
  readonly name: string;
  flight: Flight;
  /** The oldest fetch that may still answer: it decides who may join. */
  lead: Outbound;
  landing: Landing | undefined;
  failure: HttpResponse | undefined;
  readonly passengers: Map<Asker, Passenger>;
  readonly over: AbortController;
  isWatched: boolean;
}

/** What flights are made of. */
export interface FlightsParts {
  readonly cache: HttpCache;
  readonly clock: Clock;
  readonly limits: FlightLimits;
}

/** Flights that may be joined, and those that go on without. */
export class Flights {
  readonly #parts: FlightsParts;
  readonly #open = new Map<string, OpenFlight>();

  constructor(parts: FlightsParts) {
    this.#parts = parts;
  }

  /** How many keys are being fetched. */
  get size(): number {
    return this.#open.size;
  }

  has(name: string): boolean {
    return this.#open.has(name);
  }

  /** Has somebody wait for what is under way. Where nothing is that they may have, gives a new flight: theirs to fetch for. */
  join(passenger: Passenger, outbound: Outbound): OpenFlight | undefined {
    const { cache, clock } = this.#parts;
    const waiting = { asker: passenger.asker, epoch: cache.epoch };
    const found = this.#open.get(outbound.key.text);
    const mayShare = found !== undefined &&
      cache.mayShare(found.lead, found.landing?.filling, passenger.asked, waiting.epoch);
    if (mayShare) {
      found.passengers.set(passenger.asker, passenger);
      passenger.wait(found);
      this.#advance(found, { kind: "join", waiting, isParted: false });
      this.#watch(found);
      return undefined;
    }
    const { flight } = depart(waiting, nowMsOf(clock));
    const departed: OpenFlight = {
      ...{ name: outbound.key.text, flight, lead: outbound, landing: undefined },
      ...{ failure: undefined, over: new AbortController(), isWatched: false },
      passengers: new Map([[passenger.asker, passenger]]),
    };
    this.#open.set(departed.name, departed);
    return departed;
  }

  /** One who was told to fetch does so; where nobody else does, it is this fetch that decides who may join. */
  departs(one: OpenFlight, outbound: Outbound): void {
    const { flight } = one;
    if (flight.kind === "asking" && flight.fetching.length === 1) one.lead = outbound;
  }

  /** A head came; `landing` where its answer may be kept. */
  head(one: OpenFlight, { asker }: Passenger, outbound: Outbound, landing?: Landing): void {
    // Another's came first.
    if (one.flight.kind !== "asking" || !one.flight.fetching.includes(asker)) return;
    if (landing !== undefined) [one.lead, one.landing] = [outbound, landing];
    const { cache } = this.#parts;
    this.#advance(one, {
      kind: "head",
      from: asker,
      isKept: landing !== undefined,
      fits: ({ asker, epoch }) => {
        const asked = one.passengers.get(asker)?.asked;
        return asked !== undefined && cache.mayShare(outbound, landing?.filling, asked, epoch);
      },
    });
  }

  /** A fetch is over. */
  end(
    one: OpenFlight,
    { asker }: Passenger,
    how: "complete" | "failed",
    failure?: HttpResponse,
  ): void {
    one.failure = failure ?? one.failure;
    this.#advance(one, { kind: "end", from: asker, how });
  }

  /** Somebody's client has gone. */
  leave(one: OpenFlight, { asker }: Passenger): void {
    this.#advance(one, { kind: "leave", asker });
    one.passengers.delete(asker);
  }

  #advance(one: OpenFlight, event: FlightEvent): void {
    const { flight, directions } = advance(one.flight, event, this.#parts.limits);
    one.flight = flight;
    if (flight.kind === "over") {
      if (this.#open.get(one.name) === one) this.#open.delete(one.name);
      one.over.abort();
    }
    for (const direction of directions) this.#direct(one, direction);
  }

  #direct(one: OpenFlight, direction: Direction): void {
    const passenger = one.passengers.get(direction.asker);
    if (passenger === undefined) return;
    // Who is directed elsewhere is none of this flight's any more, however long it takes.
    if (direction.kind !== "fetch" && direction.kind !== "cancel") {
      one.passengers.delete(direction.asker);
    }
    switch (direction.kind) {
      case "fetch":
        return passenger.fetch(one);
      case "follow":
        return one.landing === undefined ? passenger.again() : passenger.follow(one.landing);
      case "alone":
        return passenger.alone();
      case "again":
        return passenger.again();
      case "fail":
        return passenger.fail(one.failure);
      case "cancel":
        return passenger.cancel();
    }
  }

  /** Looks after a flight in which somebody waits: where it is slow, another is let try. */
  #watch(one: OpenFlight): void {
    if (one.isWatched || one.flight.kind !== "asking") return;
    one.isWatched = true;
    void this.#look(one);
  }

  async #look(one: OpenFlight): Promise<void> {
    const { cache, clock, limits } = this.#parts;
    while (one.flight.kind === "asking") {
      await clock.sleep(limits.slowMs, one.over.signal);
      this.#advance(one, { kind: "look", nowMs: nowMsOf(clock), epoch: cache.epoch });
    }
  }
}

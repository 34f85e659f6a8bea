/**
 * One fetch for many requests, as a state machine over values: who fetches, who waits, and what each is told.
 *
 * What always holds: everybody who came is told once where to go; who came after a purge never gets what was asked for
 * before it; nobody waits for longer than a bound without a fetch of their own, or the end of somebody else's.
 */

import { bug } from "@skerry/base";

/** Whoever asks: a number that no two have. */
export type Asker = number;

/** Somebody who waits, and the purge epoch when they came. */
export interface Waiting {
  readonly asker: Asker;
  readonly epoch: number;
}

/** One key that is being fetched. */
export type Flight =
  | {
    readonly kind: "asking";
    /** When the first fetch went forward; a fetch that is handed over later answers for a later time. */
    readonly epoch: number;
    /** The last of them began then, in milliseconds of any clock. */
    readonly beganMs: number;
    readonly fetching: readonly Asker[];
    readonly waiting: readonly Waiting[];
    readonly handovers: number;
  }
  /** A head came that may be kept: bytes go to all who follow as they come, and they hear by them how it ended. */
  | { readonly kind: "streaming"; readonly source: Asker }
  | { readonly kind: "over" };

/** What somebody is told. */
export type Direction =
  /** Fetch, for all: what comes may be kept. */
  | { readonly kind: "fetch"; readonly asker: Asker }
  /** Take what the source gives, from its first byte on. */
  | { readonly kind: "follow"; readonly asker: Asker; readonly source: Asker }
  /** Fetch for yourself: what comes is for nobody else. */
  | { readonly kind: "alone"; readonly asker: Asker }
  /** Begin anew, as if you came now: this was not for you. */
  | { readonly kind: "again"; readonly asker: Asker }
  /** The fetch has failed, and no other is tried. */
  | { readonly kind: "fail"; readonly asker: Asker }
  /** Nobody wants what you fetch any more. */
  | { readonly kind: "cancel"; readonly asker: Asker };

/** What happens. */
export type FlightEvent =
  | {
    readonly kind: "join";
    readonly waiting: Waiting;
    /** Whether a purge lies between the fetch and whoever joins, or may do. */
    readonly isParted: boolean;
  }
  | {
    readonly kind: "head";
    readonly from: Asker;
    /** Whether it may be kept. */
    readonly isKept: boolean;
    /** Whether it is an answer for one who waits: the same variant, and no purge between. */
    readonly fits: (waiting: Waiting) => boolean;
  }
  | { readonly kind: "end"; readonly from: Asker; readonly how: "complete" | "failed" }
  | { readonly kind: "leave"; readonly asker: Asker }
  /** Time has passed. */
  | { readonly kind: "look"; readonly nowMs: number; readonly epoch: number };

/** Bounds of a flight. */
export interface FlightLimits {
  /** After how long without a head another is let try beside the first. */
  readonly slowMs: number;
  /** How often that may happen, or a failed fetch be taken over. */
  readonly handoversMax: number;
  readonly waitingMax: number;
}

/** For those who have no bounds of their own. */
export const flightLimits: FlightLimits = { slowMs: 3_000, handoversMax: 3, waitingMax: 10_000 };

/** A state, and who is told what. */
export interface FlightStep {
  readonly flight: Flight;
  readonly directions: readonly Direction[];
}

/** The first asker fetches. */
export function depart({ asker, epoch }: Waiting, nowMs: number): FlightStep {
  const flight: Flight = {
    kind: "asking",
    epoch,
    beganMs: nowMs,
    fetching: [asker],
    waiting: [],
    handovers: 0,
  };
  return { flight, directions: [{ kind: "fetch", asker }] };
}

/** What follows from an event. */
export function advance(flight: Flight, event: FlightEvent, limits: FlightLimits): FlightStep {
  switch (event.kind) {
    case "join":
      return join(flight, event.waiting, event.isParted, limits);
    case "head":
      return flight.kind === "asking" ? head(flight, event) : same(flight);
    case "end":
      return end(flight, event.from, limits);
    case "leave":
      return leave(flight, event.asker);
    case "look":
      return look(flight, event, limits);
  }
}

type Asking = Extract<Flight, { kind: "asking" }>;

const over: Flight = { kind: "over" };

function same(flight: Flight, directions: readonly Direction[] = []): FlightStep {
  return { flight, directions };
}

function join(
  flight: Flight,
  waiting: Waiting,
  isParted: boolean,
  { waitingMax }: FlightLimits,
): FlightStep {
  const { asker } = waiting;
  if (isParted || flight.kind === "over") return same(flight, [{ kind: "again", asker }]);
  if (flight.kind === "streaming") {
    return same(flight, [{ kind: "follow", asker, source: flight.source }]);
  }
  if (flight.waiting.length >= waitingMax) return same(flight, [{ kind: "alone", asker }]);
  return same({ ...flight, waiting: [...flight.waiting, waiting] });
}

function head(
  { fetching, waiting }: Asking,
  { from, isKept, fits }: Extract<FlightEvent, { kind: "head" }>,
): FlightStep {
  if (!fetching.includes(from)) bug("a head came from one who does not fetch");
  // Others that fetch have answers of their own to come.
  if (!isKept) {
    return { flight: over, directions: waiting.map(({ asker }) => ({ kind: "alone", asker })) };
  }
  const directions = waiting.map((one): Direction =>
    fits(one)
      ? { kind: "follow", asker: one.asker, source: from }
      : { kind: "again", asker: one.asker }
  );
  return { flight: { kind: "streaming", source: from }, directions };
}

function end(
  flight: Flight,
  from: Asker,
  limits: FlightLimits,
): FlightStep {
  switch (flight.kind) {
    case "over":
      return same(flight);
    case "streaming":
      return same(from === flight.source ? over : flight);
    case "asking": {
      const fetching = flight.fetching.filter((asker) => asker !== from);
      if (fetching.length > 0) return same({ ...flight, fetching });
      return handOver({ ...flight, fetching }, flight.beganMs, flight.epoch, limits);
    }
  }
}

/** Has the first who waits fetch. */
function handOver(
  flight: Asking,
  nowMs: number,
  epoch: number,
  { handoversMax }: FlightLimits,
): FlightStep {
  const { waiting, handovers, fetching } = flight;
  const [next, ...rest] = waiting;
  if (next === undefined) return fetching.length === 0 ? same(over) : same(flight);
  if (handovers >= handoversMax) {
    if (fetching.length > 0) return same(flight);
    return { flight: over, directions: waiting.map(({ asker }) => ({ kind: "fail", asker })) };
  }
  const handed: Asking = {
    ...flight,
    // The oldest fetch that may still answer decides who may have the answer.
    epoch: fetching.length === 0 ? epoch : flight.epoch,
    beganMs: nowMs,
    fetching: [...fetching, next.asker],
    waiting: rest,
    handovers: handovers + 1,
  };
  return { flight: handed, directions: [{ kind: "fetch", asker: next.asker }] };
}

function leave(flight: Flight, asker: Asker): FlightStep {
  switch (flight.kind) {
    case "over":
      return same(flight);
    case "streaming":
      // What is kept is worth its end: the source goes on.
      return same(flight);
    case "asking": {
      const waiting = flight.waiting.filter((one) => one.asker !== asker);
      if (!flight.fetching.includes(asker) || waiting.length > 0) {
        return same({ ...flight, waiting });
      }
      const fetching = flight.fetching.filter((one) => one !== asker);
      const left: Flight = fetching.length === 0 ? over : { ...flight, fetching };
      return same(left, [{ kind: "cancel", asker }]);
    }
  }
}

function look(
  flight: Flight,
  { nowMs, epoch }: Extract<FlightEvent, { kind: "look" }>,
  limits: FlightLimits,
): FlightStep {
  if (flight.kind !== "asking" || nowMs - flight.beganMs < limits.slowMs) return same(flight);
  return handOver(flight, nowMs, epoch, limits);
}

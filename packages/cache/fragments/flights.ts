/**
 * One computation for many programs that want the same fragment: the flights of collapse.ts, in which guests wait.
 *
 * What always holds: nobody waits for longer than their own bound; where whoever has an obligation ends without meeting
 * it, it passes to the next who waits; who came after a purge is never given what was begun before it.
 */

import type { Clock } from "@skerry/base";
import {
  advance,
  type Asker,
  depart,
  type Flight,
  type FlightEvent,
  type FlightLimits,
} from "../collapse.ts";
import type { CacheKey } from "../key.ts";
import type { StoredResponse } from "../stored_response.ts";
import type { FillingFragment } from "./filling_fragment.ts";
import { fragmentKey, type FragmentName, isKeepable } from "./fragment.ts";
import type { FragmentShelf } from "./fragment_shelf.ts";
import { foundFilling, type FoundFragment, remainingMs } from "./found_fragment.ts";
import { Obligation } from "./obligation.ts";
import { PatientWait, type Told } from "./patient_wait.ts";

/** What a program gets that takes part in a transaction. */
export interface Transaction {
  /** What there is; it may be read although it has to be inserted anew or updated. */
  readonly found: FoundFragment | undefined;
  /** Where this is the one who has to bring it. Nothing at all is for one who has ended meanwhile. */
  readonly obligation: Obligation | undefined;
}

/** How long one waits. */
export interface Patience {
  readonly waitMsMax: number;
  /** Aborted where it has ended. */
  readonly signal: AbortSignal;
}

/** Begins to write a fragment; `ended` is called once it is over. */
export type Fill = (
  key: CacheKey,
  stored: StoredResponse,
  announcedBytes: number | undefined,
  ended: (how: "complete" | "failed") => void,
) => FillingFragment;

/** Each who ends without a fragment hands over to the next: what is bounded is how long one waits. */
export const fragmentFlightLimits: FlightLimits = {
  slowMs: 3_000,
  handoversMax: Infinity,
  waitingMax: 1_000,
};

/** A flight, which stays with those who wait in it when another takes its place for those who come. */
interface Aloft {
  readonly key: CacheKey;
  flight: Flight;
  filling: FillingFragment | undefined;
  readonly waiting: Map<Asker, Participant & { readonly wait: PatientWait }>;
}

/** One who has come, and the purge epoch then. */
interface Participant {
  readonly name: FragmentName;
  readonly epoch: number;
}

/** All flights of a thread. */
export class FragmentFlights {
  readonly #shelf: FragmentShelf;
  readonly #clock: Clock;
  readonly #fill: Fill;
  /** Those that may be joined, by key. */
  readonly #open = new Map<string, Aloft>();
  #askers = 0;

  constructor(shelf: FragmentShelf, clock: Clock, fill: Fill) {
    this.#shelf = shelf;
    this.#clock = clock;
    this.#fill = fill;
  }

  /** How many may be joined. */
  get size(): number {
    return this.#open.size;
  }

  /** Finds a fragment, waits for it, or has to bring it. */
  transact(name: FragmentName, patience: Patience): Transaction | Promise<Transaction> {
    const { epoch } = this.#shelf;
    const found = this.#shelf.find(name);
    if (found?.freshness === "fresh") return { found, obligation: undefined };
    const key = fragmentKey(name);
    const aloft = this.#joinable(key, { name, epoch });
    if (aloft === undefined) return this.#depart(key, { name, epoch }, found);
    // Somebody else sees to it.
    if (found?.freshness === "stale") return { found, obligation: undefined };
    return this.#join(aloft, { name, epoch }, patience);
  }

  /** A flight that one who comes now may wait in: not where its author has fallen silent, or has brought what is old by now. */
  #joinable(key: CacheKey, { name, epoch }: Participant): Aloft | undefined {
    const aloft = this.#open.get(key.text);
    if (aloft === undefined || aloft.flight.kind === "over") return undefined;
    const { flight, filling } = aloft;
    const silentMs = this.#nowMs() - (filling?.grownMs ?? Infinity);
    if (silentMs >= fragmentFlightLimits.slowMs) return undefined;
    if (filling !== undefined && remainingMs(filling.stored, this.#shelf.nowMs) <= 0) {
      return undefined;
    }
    const began = flight.kind === "asking" ? flight.epoch : filling?.stored.epoch ?? 0;
    return this.#shelf.mayShare(key, began, filling?.stored, name, epoch) ? aloft : undefined;
  }

  #depart(key: CacheKey, one: Participant, found: FoundFragment | undefined): Transaction {
    const asker = this.#nextAsker();
    const { flight } = depart({ asker, epoch: one.epoch }, this.#nowMs());
    const aloft: Aloft = { key, flight, filling: undefined, waiting: new Map() };
    this.#open.set(key.text, aloft);
    return { found, obligation: this.#obligation(aloft, asker, one, found) };
  }

  async #join(aloft: Aloft, one: Participant, patience: Patience): Promise<Transaction> {
    const asker = this.#nextAsker();
    const lateMs = this.#nowMs() + patience.waitMsMax;
    const wait = new PatientWait(this.#clock, patience.signal);
    aloft.waiting.set(asker, { ...one, wait });
    this.#advance(aloft, {
      kind: "join",
      waiting: { asker, epoch: one.epoch },
      isParted: false,
    });
    const told = await wait.end(lateMs, {
      lookMs: () => this.#slowAtMs(aloft),
      look: () => this.#look(aloft),
    });
    aloft.waiting.delete(asker);
    if (told === "late" || told === "gone") this.#advance(aloft, { kind: "leave", asker });
    const left = { ...patience, waitMsMax: Math.max(0, lateMs - this.#nowMs()) };
    return await this.#go(told, aloft, asker, one.name, left);
  }

  /** What comes of a wait. */
  #go(
    told: Told,
    aloft: Aloft,
    asker: Asker,
    name: FragmentName,
    patience: Patience,
  ): Transaction | Promise<Transaction> {
    const isGone = told === "gone" || patience.signal.aborted;
    const isLead = told !== "gone" && told !== "late" && told.kind === "fetch";
    if (isGone) {
      if (isLead) this.#advance(aloft, { kind: "end", from: asker, how: "failed" });
      return { found: undefined, obligation: undefined };
    }
    if (told !== "late" && told.kind === "again") return this.transact(name, patience);
    const { filling } = aloft;
    if (told !== "late" && told.kind === "follow" && filling !== undefined) {
      return { found: foundFilling(filling, this.#shelf.nowMs), obligation: undefined };
    }
    const { epoch } = this.#shelf;
    const found = this.#shelf.find(name);
    if (found?.freshness === "fresh") {
      // It is there meanwhile, by another way: the next who waits will see it too.
      if (isLead) this.#advance(aloft, { kind: "end", from: asker, how: "failed" });
      return { found, obligation: undefined };
    }
    const lead = isLead ? aloft : undefined;
    return { found, obligation: this.#obligation(lead, asker, { name, epoch }, found) };
  }

  /** @param aloft undefined for one who brings it for nobody else */
  #obligation(
    aloft: Aloft | undefined,
    asker: Asker,
    { name, epoch }: Participant,
    found: FoundFragment | undefined,
  ): Obligation {
    const key = aloft?.key ?? fragmentKey(name);
    const end = (how: "complete" | "failed") => {
      if (aloft !== undefined) this.#advance(aloft, { kind: "end", from: asker, how });
    };
    return new Obligation(name, epoch, found?.kept, {
      nowMs: () => this.#shelf.nowMs,
      fill: (stored, announcedBytes) => {
        const filling = this.#fill(key, stored, announcedBytes, end);
        if (aloft !== undefined) this.#head(aloft, asker, filling);
        return filling;
      },
      replace: (stored, { body }) => {
        const outcome = this.#shelf.keep(key, stored, body);
        end("complete");
        return outcome;
      },
      cancelled: () => end("failed"),
    });
  }

  /** It is being written: whoever waits may read it, unless it is not for them, or for nobody. */
  #head(aloft: Aloft, asker: Asker, filling: FillingFragment): void {
    const { flight, key } = aloft;
    // Where this one was slow another may be the source by now.
    if (flight.kind !== "asking" || !flight.fetching.includes(asker)) return;
    const { stored } = filling;
    const isKept = isKeepable(stored);
    if (isKept) aloft.filling = filling;
    this.#advance(aloft, {
      kind: "head",
      from: asker,
      isKept,
      fits: (waiting) => {
        const one = aloft.waiting.get(waiting.asker);
        if (one === undefined) return false;
        return this.#shelf.mayShare(key, stored.epoch, stored, one.name, waiting.epoch);
      },
    });
  }

  #advance(aloft: Aloft, event: FlightEvent): void {
    const { flight, directions } = advance(aloft.flight, event, fragmentFlightLimits);
    aloft.flight = flight;
    const { text } = aloft.key;
    if (flight.kind === "over" && this.#open.get(text) === aloft) this.#open.delete(text);
    for (const direction of directions) {
      aloft.waiting.get(direction.asker)?.wait.tell(direction);
    }
  }

  /** Lets the next who waits try beside one who is slow. */
  #look(aloft: Aloft): void {
    this.#advance(aloft, { kind: "look", nowMs: this.#nowMs(), epoch: this.#shelf.epoch });
  }

  #slowAtMs({ flight }: Aloft): number {
    return flight.kind === "asking" ? flight.beganMs + fragmentFlightLimits.slowMs : Infinity;
  }

  #nextAsker(): Asker {
    return this.#askers += 1;
  }

  #nowMs(): number {
    return this.#clock.monotonicMs?.() ?? Number(this.#clock.monotonicNs()) / 1e6;
  }
}

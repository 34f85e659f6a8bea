/**
 * Many programs at once around one thread's fragments, held to what may be: each text says when its computation began, so
 * that whoever reads one can tell whether it was for them.
 */

import { equal, ok } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { FillingFragment } from "../fragments/filling_fragment.ts";
import type { Transaction } from "../fragments/flights.ts";
import { FragmentCutShort } from "../fragments/fragment_body.ts";
import type { FoundFragment } from "../fragments/found_fragment.ts";
import type { Obligation } from "../fragments/obligation.ts";
import { FragmentHouse, type HouseParts, nameOf, termsOf, textOf } from "./fragment_house.ts";
import { settled } from "./simulated_clock.ts";
import { owner } from "./simulation.ts";

/** What can happen next; `which` chooses among what there is. */
export type CrowdStep =
  | { readonly kind: "transact"; readonly key: string; readonly foo: string }
  | { readonly kind: "find"; readonly key: string; readonly foo: string }
  | { readonly kind: "set"; readonly key: string; readonly foo: string; readonly lives: boolean }
  | { readonly kind: "insert"; readonly which: number; readonly lives: boolean }
  | { readonly kind: "write" | "finish" | "abandon"; readonly which: number }
  | { readonly kind: "update" | "cancel" | "end"; readonly which: number }
  | {
    readonly kind: "purge";
    readonly key: string;
    readonly by: "key" | "surrogate key";
    readonly mode: "hard" | "soft";
  }
  | { readonly kind: "pass"; readonly ms: number };

/** One who takes part in a transaction. */
interface Seat {
  readonly key: string;
  readonly foo: string;
  readonly at: number;
  readonly cameMs: number;
  readonly ending: AbortController;
  transaction: Transaction | undefined;
}

/** A computation: its text, and when it began. */
interface Begun {
  readonly key: string;
  readonly foo: string;
  readonly at: number;
}

interface Duty {
  readonly seat: Seat;
  /** When the obligation was taken on. */
  readonly at: number;
  readonly obligation: Obligation;
}

interface Writing {
  readonly filling: FillingFragment;
  readonly text: string;
  written: number;
}

const waitMsMax = 7_000;
const lifetimeMs = 4_000;
const staleMs = 2_000;

/** See the head of this file. */
export class FragmentCrowd {
  readonly #house: FragmentHouse;
  readonly #seats: Seat[] = [];
  readonly #duties: Duty[] = [];
  readonly #writing: Writing[] = [];
  readonly #begun = new Map<string, Begun>();
  /** Of a text, when it was last said to hold still. */
  readonly #held = new Map<string, number>();
  readonly #purged: { readonly key: string; readonly at: number }[] = [];
  readonly #readings: Promise<void>[] = [];
  #step = 0;
  served = 0;
  followed = 0;
  handedOver = 0;

  constructor(parts: HouseParts) {
    this.#house = new FragmentHouse(parts);
  }

  async happen(step: CrowdStep): Promise<void> {
    this.#step += 1;
    this.#act(step);
    if (step.kind === "pass") await this.#house.clock.pass(step.ms);
    await settled();
    this.#look();
  }

  /** All that is under way comes to its end: nobody waits, and nothing is left of it. */
  async finish(): Promise<void> {
    await this.happen({ kind: "pass", ms: waitMsMax });
    for (const { transaction, ending } of this.#seats) {
      ok(transaction !== undefined || ending.signal.aborted, "somebody waits for too long");
    }
    for (const { obligation } of this.#duties) obligation.cancel();
    for (const { filling } of this.#writing) filling.abandon();
    await settled();
    await Promise.all(this.#readings);
    for (const { fillingBytes } of this.#house.threads) equal(fillingBytes, 0);
    equal(this.#house.clock.sleeping, 0);
  }

  #act(step: CrowdStep): void {
    const { clock } = this.#house;
    // Those who come go to all threads.
    const fragments = this.#house.thread(this.#step);
    switch (step.kind) {
      case "transact": {
        const seat: Seat = {
          ...step,
          at: this.#step,
          cameMs: clock.ms,
          ending: new AbortController(),
          transaction: undefined,
        };
        this.#seats.push(seat);
        // What fails is told at the end.
        const taking = this.#take(seat);
        taking.catch(() => {});
        this.#readings.push(taking);
        return;
      }
      case "find": {
        const found = fragments.find(named(step));
        if (found !== undefined) this.#read(found, step.key, step.foo, this.#step);
        return;
      }
      case "set":
        this.#house.set(named(step), this.#begin(step), terms(step), fragments);
        return;
      case "insert": {
        const duty = takeOut(this.#duties, step.which);
        if (duty === undefined) return;
        const { key, foo } = duty.seat;
        const text = this.#begin({ key, foo }, duty.at);
        const filling = duty.obligation.insert(terms({ key, lives: step.lives }));
        if (filling !== undefined) this.#writing.push({ filling, text, written: 0 });
        return;
      }
      case "write": {
        const one = pick(this.#writing, step.which);
        if (one === undefined) return;
        one.filling.write(encodeUtf8(one.text.slice(one.written, one.written + 5)));
        one.written += 5;
        return;
      }
      case "finish": {
        const one = takeOut(this.#writing, step.which);
        if (one === undefined) return;
        one.filling.write(encodeUtf8(one.text.slice(one.written)));
        one.filling.finish();
        return;
      }
      case "abandon":
        return takeOut(this.#writing, step.which)?.filling.abandon();
      case "update": {
        const duty = pick(this.#duties, step.which);
        const found = duty?.seat.transaction?.found;
        if (duty === undefined || found?.kept === undefined) return;
        this.#duties.splice(this.#duties.indexOf(duty), 1);
        // A text that is said to hold still is as good as one that was begun then.
        void textOf(found.body).then((text) => {
          this.#held.set(text, Math.max(duty.at, this.#held.get(text) ?? 0));
          duty.obligation.update(terms({ key: duty.seat.key, lives: true }));
        });
        return;
      }
      case "cancel":
        return takeOut(this.#duties, step.which)?.obligation.cancel();
      case "end": {
        // As a guest that is killed: whatever it waits for or has is let go.
        const seat = pick(this.#seats, step.which);
        seat?.ending.abort();
        const duty = this.#duties.find((one) => one.seat === seat);
        if (duty === undefined) return;
        this.#duties.splice(this.#duties.indexOf(duty), 1);
        return duty.obligation.cancel();
      }
      case "purge": {
        if (step.by === "key") fragments.purge(nameOf(step.key), step.mode);
        else fragments.purgeSurrogateKeys(owner, [`k-${step.key}`], step.mode);
        if (step.mode === "hard") this.#purged.push({ key: step.key, at: this.#step });
        return;
      }
      case "pass":
        return;
    }
  }

  async #take(seat: Seat): Promise<void> {
    const fragments = this.#house.thread(seat.at);
    const patience = { waitMsMax, signal: seat.ending.signal };
    const transaction = await fragments.transact(named(seat), patience);
    seat.transaction = transaction;
    const { found, obligation } = transaction;
    if (found !== undefined && found.freshness !== "expired") {
      this.#read(found, seat.key, seat.foo, seat.at);
      if (found.kept === undefined) this.followed += 1;
    }
    if (obligation === undefined) {
      ok(seat.ending.signal.aborted || found !== undefined, "somebody got nothing at all");
      ok(found?.freshness !== "expired", "what is expired is nobody's to read");
      return;
    }
    if (this.#step > seat.at) this.handedOver += 1;
    if (seat.ending.signal.aborted) return obligation.cancel();
    this.#duties.push({ seat, at: this.#step, obligation });
  }

  /** Reads a text, now or as it comes, and judges it. */
  #read({ body, ageMs, freshness }: FoundFragment, key: string, foo: string, at: number): void {
    ok(freshness !== "fresh" || ageMs < lifetimeMs, `${key} is called fresh at ${ageMs} ms`);
    ok(ageMs <= lifetimeMs + staleMs, `${key} is served at ${ageMs} ms`);
    const reading = textOf(body).then((text) => {
      const begun = this.#begun.get(text);
      ok(begun !== undefined, `nobody wrote ${text}`);
      equal(`${begun.key} ${begun.foo}`, `${key} ${foo}`);
      const since = Math.max(begun.at, this.#held.get(text) ?? 0);
      const between = this.#purged.find((one) => one.key === key && one.at > since && one.at < at);
      ok(between === undefined, `who came at ${at} got what was begun at ${since}`);
      this.served += 1;
    }, (error) => ok(error instanceof FragmentCutShort, String(error)));
    reading.catch(() => {});
    this.#readings.push(reading);
  }

  #begin({ key, foo }: { readonly key: string; readonly foo: string }, at = this.#step): string {
    const text = `text number ${this.#begun.size} of ${key}`;
    this.#begun.set(text, { key, foo, at });
    return text;
  }

  /** Nobody waits for longer than they can. */
  #look(): void {
    const { ms } = this.#house.clock;
    for (const { transaction, ending, cameMs } of this.#seats) {
      const waits = transaction === undefined && !ending.signal.aborted;
      ok(!waits || ms - cameMs <= waitMsMax, "somebody waits for too long");
    }
  }
}

function named({ key, foo }: { readonly key: string; readonly foo: string }) {
  return nameOf(key, [["foo", foo]]);
}

function terms({ key, lives }: { readonly key: string; readonly lives: boolean }) {
  return termsOf({
    lifetimeMs: lives ? lifetimeMs : 0,
    staleWhileRevalidateMs: lives ? staleMs : 0,
    surrogateKeys: [`k-${key}`],
    vary: ["foo"],
  });
}

function pick<One>(all: readonly One[], which: number): One | undefined {
  return all[which % Math.max(1, all.length)];
}

function takeOut<One>(all: One[], which: number): One | undefined {
  const [one] = all.splice(which % Math.max(1, all.length), 1);
  return one;
}

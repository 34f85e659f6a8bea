/**
 * What is known of the values in locals, and which pages are known to be marked (docs/artifact.md, "Marks:
 * what is proved").
 *
 * A value is a number that stands for where it came from, with a displacement. Each entry says in which part of a
 * block it was made, and when: parts.ts tells whether it still holds.
 */

import { pageBytes, slackBytes } from "./constants.ts";
import type { Control } from "./control.ts";
import type { Parts } from "./parts.ts";

/** The value zero, which constants are displaced from. */
export const zeroValue = 1;
/** A value of which nothing is known, not even by a number. */
export const unknownValue = 0;

/** Displacements beyond this are not followed. */
const displacementMax = 2 ** 30;
/** Values of one function that are combined with others: keys made of them stay below 2^53. */
const valuesMax = 2 ** 22;
/** Conversions of one function that are remembered. */
const conversionsMax = 10_000;
/** Facts that are kept; the oldest gives way. */
const factsMax = 16;
/** A loop with more assignments makes all locals new. */
const loopAssignmentsMax = 256;
/** The engine allows 50,000 locals and 1,000 parameters. */
const localsMax = 52_000;

/** Locals and facts of one function at a time. */
export class Values {
  readonly #control: Control;
  readonly #parts: Parts;
  #nextValue = zeroValue + 1;
  /** When all locals were made new. */
  #allNewAt = 0;
  readonly #assignedAt = new Int32Array(localsMax);
  readonly #value = new Int32Array(localsMax);
  readonly #displacement = new Int32Array(localsMax);
  readonly #part = new Int32Array(localsMax);
  /** Values of 64 bits that were extended from 32, and of 32 that were wrapped, by what they came from. */
  readonly #extensions = new Map<number, number>();
  /** The first value of the function. */
  #firstValue = 0;
  readonly #extended = new Map<number, { readonly value: number; readonly displacement: number }>();
  readonly #wrapped = new Map<number, number>();
  /** Sums of two values, and values that were shifted. */
  readonly #combinations = new Map<number, number>();
  #factCount = 0;
  #nextFact = 0;
  readonly #factMemory = new Int32Array(factsMax);
  readonly #factValue = new Int32Array(factsMax);
  readonly #factDisplacement = new Float64Array(factsMax);
  readonly #factProved = new Uint8Array(factsMax);
  readonly #factPart = new Int32Array(factsMax);
  readonly #factMoment = new Int32Array(factsMax);

  constructor(control: Control) {
    this.#control = control;
    this.#parts = control.parts;
  }

  /** Begins a function. What is known of another's locals is void, as their parts are. */
  begin(): void {
    this.#allNewAt = 0;
    this.#factCount = 0;
    this.#nextFact = 0;
    this.#firstValue = this.#nextValue;
    this.#extensions.clear();
    this.#extended.clear();
    this.#wrapped.clear();
    this.#combinations.clear();
  }

  /** The value of 64 bits that `i64.extend_i32_u` makes of one of 32: the same for the same. */
  extend(value: number, displacement: number): number {
    if (value === unknownValue || this.#extended.size >= conversionsMax) return unknownValue;
    const number = value - this.#firstValue;
    if (number < 0 || number >= valuesMax) return unknownValue;
    const key = number * 2 * displacementMax + displacement + displacementMax;
    const found = this.#extensions.get(key);
    if (found !== undefined) return found;
    const made = this.#nextValue++;
    this.#extensions.set(key, made);
    this.#extended.set(made, { value, displacement });
    return made;
  }

  /** The value that two values make when they are added: the same for the same, displaced as they are together. */
  sum(left: number, right: number): number {
    return left < right ? this.#combined(left, right, 0) : this.#combined(right, left, 0);
  }

  /** The value that `shl` by a constant makes; its displacement is shifted too. */
  shifted(value: number, by: number): number {
    return this.#combined(value, this.#firstValue + by, 1);
  }

  #combined(left: number, right: number, operation: 0 | 1): number {
    if (left === unknownValue || right === unknownValue) return unknownValue;
    const first = left - this.#firstValue;
    const second = right - this.#firstValue;
    if (first < 0 || second < 0 || first >= valuesMax || second >= valuesMax) return unknownValue;
    const key = (first * valuesMax + second) * 2 + operation;
    const found = this.#combinations.get(key);
    if (found !== undefined) return found;
    if (this.#combinations.size >= conversionsMax) return unknownValue;
    const made = this.#nextValue++;
    this.#combinations.set(key, made);
    return made;
  }

  /** What was extended to a value. */
  origin(
    value: number,
  ): { readonly value: number; readonly displacement: number } | undefined {
    return this.#extended.get(value);
  }

  /** The value of 32 bits that `i32.wrap_i64` makes of one that was not extended; displaced as that one is. */
  wrap(value: number): number {
    if (value === unknownValue) return unknownValue;
    const found = this.#wrapped.get(value);
    if (found !== undefined) return found;
    if (this.#wrapped.size >= conversionsMax) return unknownValue;
    const made = this.#nextValue++;
    this.#wrapped.set(value, made);
    return made;
  }

  /** The value that a local holds. */
  read(local: number): number {
    const part = this.#part[local] ?? 0;
    if (part !== this.#control.part) {
      const holdsIn = this.#parts.holdsIn(part, this.#assignedAt[local] ?? 0);
      if (holdsIn === 0) return this.assign(local, unknownValue, 0);
      this.#part[local] = holdsIn;
    }
    if ((this.#assignedAt[local] ?? 0) >= this.#allNewAt) return this.#value[local] ?? 0;
    return this.assign(local, unknownValue, 0);
  }

  /** Its displacement; only after {@link read}. */
  displacementOf(local: number): number {
    return this.#displacement[local] ?? 0;
  }

  /** Assigns a value; one that is unknown gets a number of its own. Answers the number. */
  assign(local: number, value: number, displacement: number): number {
    const known = value === unknownValue ? this.#nextValue++ : value;
    this.#value[local] = known;
    this.#assignedAt[local] = this.#parts.moment++;
    this.#displacement[local] = value === unknownValue ? 0 : displacement;
    this.#part[local] = this.#control.part;
    return known;
  }

  /** Whether a displacement is one that is followed. */
  follows(displacement: number): boolean {
    return displacement > -displacementMax && displacement < displacementMax;
  }

  /** Begins a loop: what it assigns, the locals from `first` to `end`, has another value each time. */
  enterLoop(locals: Uint32Array, first: number, end: number): void {
    if (end - first > loopAssignmentsMax) {
      this.#allNewAt = this.#parts.moment;
      return;
    }
    for (let at = first; at < end; at += 1) this.assign(locals[at] ?? 0, unknownValue, 0);
  }

  /**
   * Whether a store needs no mark: its page is known to be marked.
   *
   * @param displacement of the address from the value
   * @param offset the instruction's own
   */
  covers(
    memory: number,
    value: number,
    displacement: number,
    offset: number,
    bytes: number,
  ): boolean {
    for (let fact = 0; fact < this.#factCount; fact += 1) {
      if (this.#factValue[fact] !== value || this.#factMemory[fact] !== memory) continue;
      if (!this.#holds(fact)) continue;
      const marked = this.#factDisplacement[fact] ?? 0;
      if (marked !== displacement && this.#factProved[fact] === 0) continue;
      // Of a constant it is known where its page begins.
      const pageStart = value === zeroValue ? Math.floor(marked / pageBytes) * pageBytes : marked;
      const most = value === zeroValue ? pageBytes + slackBytes : slackBytes;
      const from = displacement - pageStart + offset;
      if (from >= 0 && from + bytes <= most) return true;
    }
    return false;
  }

  /**
   * Remembers that the page of a value is marked.
   *
   * @param proved 1 where a store that was made shows the address to be in bounds, else 0
   */
  learn(memory: number, value: number, displacement: number, proved: 0 | 1): void {
    if (value === unknownValue) return;
    const at = this.#nextFact;
    this.#nextFact = (at + 1) % factsMax;
    if (this.#factCount < factsMax) this.#factCount += 1;
    this.#factMemory[at] = memory;
    this.#factValue[at] = value;
    this.#factDisplacement[at] = displacement;
    this.#factProved[at] = proved;
    this.#factPart[at] = this.#control.part;
    this.#factMoment[at] = this.#parts.moment++;
  }

  #holds(fact: number): boolean {
    const holdsIn = this.#parts.holdsIn(this.#factPart[fact] ?? 0, this.#factMoment[fact] ?? 0);
    if (holdsIn === 0) return false;
    this.#factPart[fact] = holdsIn;
    return true;
  }
}

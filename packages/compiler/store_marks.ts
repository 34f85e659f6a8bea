/**
 * Marks for the pages that stores write, in memories with a barrier (docs/artifact.md, "Marks: what is proved").
 *
 * A store whose page is known to be marked gets none. Comparing an address with the page that was marked last,
 * to mark it only where it is another, was measured on 37 programs and is no cheaper than marking it again.
 */

import { ByteReader, type InstructionCursor } from "@skerry/wasm";
import type { BodyOutput } from "./body_output.ts";
import { farBytes, pageShift, slackBytes } from "./constants.ts";
import type { Entities } from "./entities.ts";
import type { InjectedLocals } from "./injected_locals.ts";
import { noHome, type Operands } from "./operands.ts";
import type { RewriteCounts } from "./options.ts";
import { functionKind, memoryMode } from "./plan.ts";
import type { Snippets } from "./snippets.ts";
import type { Span } from "./span_loops.ts";
import { stackEffects } from "./stack_effects.ts";
import { storeOperand } from "./stores.ts";
import { unknownValue, type Values, zeroValue } from "./values.ts";

/** What the marks of a module are made with. */
export interface StoreMarksParts {
  readonly cursor: InstructionCursor;
  readonly output: BodyOutput;
  readonly values: Values;
  readonly operands: Operands;
  readonly locals: InjectedLocals;
  readonly snippets: Snippets;
  readonly entities: Entities;
  readonly counts: RewriteCounts;
}

/** Marks the stores of one module. */
export class StoreMarks {
  readonly #cursor: InstructionCursor;
  readonly #immediates: ByteReader;
  readonly #output: BodyOutput;
  readonly #values: Values;
  readonly #operands: Operands;
  readonly #locals: InjectedLocals;
  readonly #snippets: Snippets;
  readonly #entities: Entities;
  readonly #counts: RewriteCounts;
  /** What was marked before the loop at hand, if anything. */
  #span: Span | undefined;

  constructor(parts: StoreMarksParts) {
    this.#cursor = parts.cursor;
    this.#immediates = new ByteReader(parts.cursor.bytes);
    this.#output = parts.output;
    this.#values = parts.values;
    this.#operands = parts.operands;
    this.#locals = parts.locals;
    this.#snippets = parts.snippets;
    this.#entities = parts.entities;
    this.#counts = parts.counts;
  }

  /** A loop begins before which its pages can be marked, or such a loop has ended. */
  enterSpan(span: Span | undefined): void {
    this.#span = undefined;
    if (span === undefined) return;
    const marker = this.#entities.findFunction(functionKind.markSpan, span.memory);
    if (marker === undefined) return;
    this.#output.copyUpTo(this.#cursor.start);
    this.#snippets.markSpan(span, marker);
    this.#span = span;
  }

  /**
   * The store at hand: marks the page that it writes, unless that is known to be marked.
   *
   * @param bytes how many it writes
   */
  store(slot: number, bytes: number): void {
    const effect = stackEffects[slot] ?? 0;
    const pops = effect >> 4;
    const cursor = this.#cursor;
    const reader = this.#immediates;
    reader.offset = cursor.immediates;
    reader.end = cursor.offset;
    const flags = reader.readU32();
    const memory = (flags & 0x40) !== 0 ? reader.readU32() : 0;
    const { mode, type } = this.#entities.memory(memory);
    if (mode === memoryMode.barrier) {
      // Ten bytes may spell even the offset of a 32-bit memory.
      const offset = reader.readU64Number();
      this.#counts.stores += 1;
      // No memory reaches as far: such a store traps.
      if (offset < farBytes) this.#markStore(memory, type.addressType, offset, bytes, pops, slot);
    }
    this.#operands.apply(effect);
  }

  #markStore(
    memory: number,
    at: "i32" | "i64",
    offset: number,
    bytes: number,
    pops: number,
    slot: number,
  ): void {
    const operand = this.#operands.height - pops;
    const known = operand >= this.#operands.floor;
    const value = known ? this.#operands.value[operand] ?? 0 : unknownValue;
    const displacement = known ? this.#operands.displacement[operand] ?? 0 : 0;
    const covered = value !== unknownValue &&
      (this.#values.covers(memory, value, displacement, offset, bytes) ||
        this.#inSpan(memory, value, displacement, offset, bytes));
    if (covered) {
      this.#counts.elidedMarks += 1;
      return;
    }
    this.#counts.marks += 1;
    if (value === zeroValue && displacement >= 0) {
      const address = displacement + offset;
      // A page that the memory never has is not in its map; what is stored there traps.
      const { limits } = this.#entities.memory(memory).type;
      const known = BigInt(address) < (limits.max ?? 0n) * 65_536n;
      if (known && this.#values.follows(address)) return this.#markPage(memory, address);
    }
    const home = known ? this.#homeOf(operand) : noHome;
    this.#markAddress(
      memory,
      at,
      offset,
      bytes,
      { value, displacement, home },
      slot,
      pops,
    );
  }

  #inSpan(
    memory: number,
    value: number,
    displacement: number,
    offset: number,
    bytes: number,
  ): boolean {
    const span = this.#span;
    if (span?.memory !== memory || this.#values.read(span.local) !== value) return false;
    const beyond = displacement - this.#values.displacementOf(span.local) - span.displacement;
    return beyond + offset === 0 || (beyond === 0 && offset + bytes <= slackBytes);
  }

  #markPage(memory: number, address: number): void {
    const page = Math.floor(address / 2 ** pageShift);
    this.#output.copyUpTo(this.#cursor.offset);
    this.#snippets.markPage(memory, page);
    this.#values.learn(memory, zeroValue, page * 2 ** pageShift, 1);
  }

  /** The local that still holds an operand's value, perhaps displaced. */
  #homeOf(operand: number): number {
    const home = this.#operands.home[operand] ?? noHome;
    if (home === noHome) return noHome;
    return this.#values.read(home) === this.#operands.value[operand] ? home : noHome;
  }

  #markAddress(
    memory: number,
    at: "i32" | "i64",
    offset: number,
    bytes: number,
    address: { value: number; displacement: number; home: number },
    slot: number,
    pops: number,
  ): void {
    const output = this.#output;
    const near = offset + bytes <= slackBytes;
    let { home } = address;
    let beyond = home === noHome ? 0 : address.displacement - this.#values.displacementOf(home);
    if (home === noHome) {
      output.copyUpTo(this.#cursor.start);
      home = this.#park(at, slot, pops);
      beyond = 0;
    }
    output.copyUpTo(this.#cursor.offset);
    this.#snippets.mark(memory, at, home, near ? beyond : beyond + offset);
    const marked = address.displacement + (near ? 0 : offset);
    if (this.#values.follows(marked)) this.#values.learn(memory, address.value, marked, 1);
  }

  /** Puts a store's address into a local of ours; answers which. */
  #park(at: "i32" | "i64", slot: number, pops: number): number {
    const operand = storeOperand[slot] ?? "i32";
    const address = this.#locals.address(at);
    const first = this.#locals.scratch(operand);
    const second = pops === 3 ? this.#locals.secondScratch(operand) : undefined;
    this.#snippets.park(address, first, second);
    return address;
  }
}

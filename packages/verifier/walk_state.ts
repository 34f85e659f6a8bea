/** What one walk over a function's instructions knows, for the files that each treat some of them. */

import { InstructionCursor } from "@skerry/wasm";
import { ControlStack } from "./control_stack.ts";
import { Facts } from "./facts.ts";
import { LocalRoles } from "./local_roles.ts";
import { LocalValues } from "./local_values.ts";
import { LoopAssignments } from "./loop_assignments.ts";
import { type OffsetMap, Runs } from "./offset_map.ts";
import { OperandStack } from "./operand_stack.ts";
import { PathCost } from "./path_cost.ts";
import type { Plan } from "./plan.ts";
import { Snippets } from "./snippets.ts";
import { SpanLoops } from "./span_loops.ts";
import { ValueNumbers } from "./value_numbers.ts";
import type { Property, Violations } from "./violation.ts";

/** How many of each were found, over all functions. */
export interface Counts {
  loops: number;
  charges: number;
  marks: number;
  stores: number;
  /** Stores that no mark of their own follows. */
  coveredStores: number;
}

/** Pages that are marked for the loop at hand: those that a local, displaced, comes to. */
export interface Span {
  readonly memory: number;
  readonly local: number;
  readonly displacement: number;
  /** Where the loop starts and ends; the end is -1 where the loop does not keep to the span. */
  readonly start: number;
  readonly end: number;
}

/** The parts of a walk, used again for each function. */
export class WalkState {
  readonly plan: Plan;
  readonly cursor: InstructionCursor;
  readonly runs: Runs;
  readonly control = new ControlStack();
  readonly operands = new OperandStack();
  readonly numbers = new ValueNumbers();
  readonly locals: LocalValues;
  readonly facts = new Facts();
  readonly cost: PathCost;
  readonly roles = new LocalRoles();
  readonly snippets: Snippets;
  readonly spanLoops: SpanLoops;
  /** The last span of the function. */
  span: Span | undefined;
  /**
   * Where a store is that a span would cover, had its loop kept to it; -1 while there is none. It is said when all else was
   * looked at, since what else is wrong with the loop may be why.
   */
  outsideSpan = -1;
  /** By memory: 1 where it has a barrier. */
  readonly barriers: Uint8Array;
  readonly droppedFlags: ReadonlySet<number>;
  /** By guest function with a body: what calling it costs before it pays by itself; -1 while unknown. */
  readonly free: Int32Array;
  readonly counts: Counts = { loops: 0, charges: 0, marks: 0, stores: 0, coveredStores: 0 };
  /** Whether values are followed: for marks only, and not where only costs are asked for. */
  tracking = false;
  /** Guest functions whose cost was needed and is not known yet, in a walk for costs. */
  missing: number[] = [];
  body = 0;
  bodyEnd = 0;
  localCount = 0;
  /** Where the last charge of a length ended. */
  lengthCharged = -1;
  /** Whether the instruction at hand is only by its first byte in a run: something was replaced. */
  replaced = false;
  /** Whether something is wrong with the function at hand, which ends the walk. */
  failed = false;
  #quiet = false;
  readonly #violations: Violations;

  constructor(plan: Plan, offsets: OffsetMap, violations: Violations) {
    const { bytes } = plan.module.code;
    const { memories, droppedData, droppedElements } = plan.metadata;
    this.plan = plan;
    this.cursor = new InstructionCursor(bytes);
    this.runs = new Runs(offsets);
    this.locals = new LocalValues(this.control, this.numbers, new LoopAssignments(bytes));
    this.cost = new PathCost(this.control);
    this.snippets = new Snippets(plan);
    this.spanLoops = new SpanLoops(bytes, this.snippets);
    this.barriers = Uint8Array.from(memories, ({ mode }) => mode === "barrier" ? 1 : 0);
    this.droppedFlags = new Set([
      ...droppedData.values(),
      ...[...droppedElements.values()].map(({ flag }) => flag),
    ]);
    this.free = new Int32Array(plan.guestBodies).fill(-1);
    this.#violations = violations;
  }

  /** Begins a function. Where only costs are asked for, what is wrong is left for the other walk to say. */
  enter(body: number, purpose: "costs" | "everything"): void {
    this.body = body;
    this.failed = false;
    this.#quiet = purpose === "costs";
    this.tracking = purpose === "everything" && this.barriers.includes(1);
    this.missing = [];
    this.span = undefined;
    this.outsideSpan = -1;
    this.lengthCharged = -1;
  }

  /** Something is wrong with this function. */
  fail(property: Property, message: string, offset = this.cursor.start): void {
    if (!this.failed) this.failToo(property, message, offset);
  }

  /** Something is wrong with it, whatever else is. */
  failToo(property: Property, message: string, offset: number): void {
    this.failed = true;
    if (this.#quiet) return;
    const functionIndex = this.body + this.plan.spaces.importedFunctions;
    this.#violations.add(property, message, { functionIndex, offset });
  }

  /** Whether the bytes at an offset are the guest's. Offsets are asked for in their order. */
  isGuest(offset: number): boolean {
    const { runs } = this;
    if (offset >= runs.end && runs.next() && runs.start < offset) {
      this.fail("offsets", "a run begins within something else", offset);
    }
    return offset >= runs.start;
  }

  /** Goes on behind a snippet. */
  skipTo(end: number): void {
    if (this.runs.start < end) this.fail("offsets", "a run begins within a snippet");
    if (end > this.bodyEnd) this.fail("isolation", "a snippet goes beyond its function");
    this.cursor.offset = end;
  }

  /** Whether an index is that of a local. */
  isLocal(local: number): boolean {
    if (local >= 0 && local < this.localCount) return true;
    this.fail("format", `there is no local ${local}`);
    return false;
  }

  /** The second index among an instruction's immediates. */
  secondIndex(): number {
    const { cursor } = this;
    const { offset } = cursor;
    cursor.offset = cursor.immediates;
    cursor.readU32();
    const index = cursor.readU32();
    cursor.offset = offset;
    return index;
  }
}

/**
 * Rewrites the bodies of a module: one walk over each, in which what is inserted is decided and written.
 *
 * This file follows the instructions and the operands; what paths cost is control.ts's matter, what values
 * and pages are known values.ts's, and what the inserted sequences look like snippets.ts's.
 */

import {
  ByteReader,
  ByteWriter,
  type FunctionType,
  InstructionCursor,
  type WasmModule,
} from "@skerry/wasm";
import { BodyOutput } from "./body_output.ts";
import { BranchHints } from "./branch_hints.ts";
import { freeUnitsMax, pageShift, slackBytes } from "./constants.ts";
import { blockKind, Control } from "./control.ts";
import type { Entities } from "./entities.ts";
import { InjectedLocals } from "./injected_locals.ts";
import { Loops, unrolling } from "./loops.ts";
import { memoryMode, type Plan } from "./plan.ts";
import type { Policy } from "./options.ts";
import { Snippets } from "./snippets.ts";
import { stackEffects } from "./stack_effects.ts";
import { storeBytes, storeOperand } from "./stores.ts";
import { isReplaceable, replacementOf } from "./replacements.ts";
import { pace, unknownValue, Values, zeroValue } from "./values.ts";

/** What was done, for the report. */
export interface RewriteCounts {
  loopChecks: number;
  charges: number;
  freeFunctions: number;
  stores: number;
  marks: number;
  windowMarks: number;
  elidedMarks: number;
  replaced: number;
}

/** Functions that are told of. */
const problemsMax = 16;
const engineFunctionBytesMax = 7_654_321;
/** A local that an operand was read from, where none is. */
const noHome = -1;
/** Windows of one function; beyond, pages are marked each time. */
const windowsMax = 12;

/** Rewrites the bodies of one module, one by one. */
export class Rewriter {
  readonly output: BodyOutput;
  readonly counts: RewriteCounts = {
    loopChecks: 0,
    charges: 0,
    freeFunctions: 0,
    stores: 0,
    marks: 0,
    windowMarks: 0,
    elidedMarks: 0,
    replaced: 0,
  };
  /** What a call of each function costs beside what it pays itself; of those that are done. */
  readonly free: Uint16Array;
  /** Functions that may be called before the caller has paid: those that are done, and imports. */
  readonly callable: Uint8Array;
  readonly hints: BranchHints;
  /** Functions that exceed a bound. */
  readonly problems: { readonly body: number; readonly message: string }[] = [];
  readonly #policy: Policy;
  readonly #module: WasmModule;
  readonly #plan: Plan;
  readonly #entities: Entities;
  readonly #cursor: InstructionCursor;
  readonly #immediates: ByteReader;
  readonly #control: Control;
  readonly #values: Values;
  readonly #loops = new Loops();
  readonly #locals = new InjectedLocals();
  readonly #snippets: Snippets;
  readonly #preempt: boolean;
  readonly #barriers: boolean;
  readonly #setWeight: (at: number, weight: number) => void;
  #body = 0;
  /** The loop that is being unrolled: where its body starts, its depth, and how many copies are to come. */
  #copies:
    | { readonly wrapped: boolean; left: number; readonly depth: number; readonly start: number }
    | undefined;
  #nextLoop = 0;
  /** Numbers for loops are never used twice; this is what the function's first one has. */
  #firstLoop = 1;
  #currentLoop = new Int32Array(64);
  // Operands: the value each has, the local it was read from, and its pace.
  #height = 0;
  #value = new Int32Array(1024);
  #displacement = new Float64Array(1024);
  #home = new Int32Array(1024);
  #pace = new Uint8Array(1024);

  constructor(module: WasmModule, plan: Plan, entities: Entities, policy: Policy) {
    const { code } = module;
    const { importedFunctions, functions } = plan.spaces;
    this.#module = module;
    this.#plan = plan;
    this.#entities = entities;
    this.#policy = policy;
    this.#preempt = plan.passes.preempt;
    this.#barriers = plan.memories.some(({ mode }) => mode === memoryMode.barrier);
    this.#cursor = new InstructionCursor(code.bytes);
    this.#immediates = new ByteReader(code.bytes);
    this.#control = new Control(this.#preempt);
    this.#values = new Values(this.#control);
    const codeBytes = code.ends.reduce((sum, end, body) => sum + end - (code.starts[body] ?? 0), 0);
    this.output = new BodyOutput(code.bytes, Math.ceil(codeBytes * 1.2) + 64 * code.starts.length);
    this.hints = new BranchHints(module);
    this.#snippets = new Snippets(this.output, this.hints, entities);
    this.free = new Uint16Array(functions.length);
    this.callable = new Uint8Array(functions.length).fill(1, 0, importedFunctions);
    this.#setWeight = (at, weight) => this.output.setWeight(at, weight);
  }

  /**
   * Rewrites one body.
   *
   * @param offsets where its part of the offset map goes
   * @returns where the new body starts in the output; it ends at the output's position
   */
  rewrite(body: number, offsets: ByteWriter): number {
    const { importedFunctions } = this.#plan.spaces;
    const { code } = this.#module;
    const functionIndex = importedFunctions + body;
    const type = this.#functionType(functionIndex);
    const cursor = this.#cursor;
    this.#body = body;
    const start = code.starts[body] ?? 0;
    cursor.enterBody(code, body);
    const instructions = cursor.offset;
    this.#locals.begin(code.bytes, start, instructions, type.params.length);
    this.#loops.read(cursor, this.callable);
    cursor.offset = instructions;
    this.output.begin(this.#locals.headerBytesMax, instructions);
    this.hints.begin(body, start);
    this.#control.begin(type.results.length);
    this.#values.begin();
    this.#height = 0;
    this.#nextLoop = 0;
    this.#walk();
    this.#checkBounds(body);
    const newStart = this.output.end(this.#locals.header());
    this.hints.end(newStart);
    this.output.writeRuns(offsets, newStart, start);
    this.#firstLoop += this.#loops.count;
    this.#settle(functionIndex);
    return newStart;
  }

  #checkBounds(body: number): void {
    const { functionLocalsMax, nestingMax } = this.#policy;
    const say = (message: string) => {
      if (this.problems.length < problemsMax) this.problems.push({ body, message });
    };
    if (this.#locals.count > functionLocalsMax) {
      say(`has more than ${functionLocalsMax} locals, with those that are added`);
    }
    if (this.#loops.depthMax > nestingMax) say(`nests its blocks more than ${nestingMax} deep`);
    if (this.output.bodyBytes > engineFunctionBytesMax) {
      say("becomes larger than the engine's limit of 7654321 bytes");
    }
  }

  #settle(functionIndex: number): void {
    this.free[functionIndex] = this.#preempt ? this.#control.freeCost : 0;
    this.callable[functionIndex] = 1;
  }

  #walk(): void {
    const cursor = this.#cursor;
    const control = this.#control;
    const charges = this.counts.charges;
    while (cursor.next()) {
      const { opcode } = cursor;
      if (++control.cost > control.costMax) this.#overrun();
      if (opcode < 0x20) this.#controlInstruction(opcode);
      else if (opcode < 0x28) this.#variable(opcode);
      else this.#plain(opcode);
    }
    this.output.copyUpTo(cursor.end);
    if (this.counts.charges === charges) this.counts.freeFunctions += 1;
  }

  /** The path has become too long: it pays before the instruction at hand. */
  #overrun(): void {
    this.#control.cost -= 1;
    this.#charge();
    this.#control.cost = 1;
  }

  #charge(): void {
    this.output.copyUpTo(this.#cursor.start);
    this.#control.addWeight(this.#snippets.charge());
    this.#control.charged();
    this.counts.charges += 1;
  }

  // Numbers, memories, references: everything with one effect.

  #plain(opcode: number): void {
    const { slot } = this.#cursor;
    const bytes = storeBytes[slot] ?? 0;
    if (bytes > 0 && this.#barriers) return this.#store(slot, bytes);
    if (opcode === 0x41 || opcode === 0x42) return this.#constant(opcode);
    if (opcode === 0x6a || opcode === 0x6b || opcode === 0x7c || opcode === 0x7d) {
      return this.#addition(opcode === 0x6b || opcode === 0x7d);
    }
    if (opcode === 0x74 || opcode === 0x86) return this.#shift();
    if (isReplaceable(opcode) && this.#replace(opcode)) return;
    const effect = stackEffects[slot] ?? 0;
    if (effect === 255) return this.#typed(opcode);
    this.#pop(effect >> 4);
    if ((effect & 15) !== 0) this.#push(unknownValue, 0, noHome, pace.jumps);
  }

  #constant(opcode: number): void {
    const value = this.#constantValue(opcode);
    if (value === undefined) this.#push(unknownValue, 0, noHome, pace.still);
    else this.#push(zeroValue, value, noHome, pace.still);
  }

  #constantValue(opcode: number): number | undefined {
    const cursor = this.#cursor;
    const { bytes, immediates, offset } = cursor;
    const byte = bytes[immediates] ?? 0;
    if (byte < 0x80) return byte < 0x40 ? byte : byte - 0x80;
    if (opcode === 0x42 && offset - immediates > 5) return undefined;
    cursor.offset = immediates;
    const value = opcode === 0x41 ? cursor.readS32() : Number(cursor.readS64());
    cursor.offset = offset;
    return this.#values.follows(value) ? value : undefined;
  }

  /** A value and a constant make the same value, displaced. */
  #addition(subtracts: boolean): void {
    const right = this.#height - 1;
    const left = right - 1;
    const floor = this.#control.height[this.#control.depth] ?? 0;
    if (left < floor) {
      this.#pop(2);
      return this.#push(unknownValue, 0, noHome, pace.jumps);
    }
    const paceOfBoth = Math.max(this.#pace[left] ?? 0, this.#pace[right] ?? 0);
    const sum = (this.#displacement[left] ?? 0) +
      (subtracts ? -(this.#displacement[right] ?? 0) : this.#displacement[right] ?? 0);
    this.#height = left;
    if (!this.#values.follows(sum)) this.#push(unknownValue, 0, noHome, paceOfBoth);
    else if (this.#value[right] === zeroValue) {
      this.#push(this.#value[left] ?? 0, sum, this.#home[left] ?? noHome, paceOfBoth);
    } else if (this.#value[left] === zeroValue && !subtracts) {
      this.#push(this.#value[right] ?? 0, sum, this.#home[right] ?? noHome, paceOfBoth);
    } else this.#push(unknownValue, 0, noHome, paceOfBoth);
  }

  /** An index that is scaled keeps its pace. */
  #shift(): void {
    const left = this.#height - 2;
    const steps = left >= 0 && this.#value[left + 1] === zeroValue &&
      (this.#displacement[left + 1] ?? 99) <= 4;
    const kept = steps ? this.#pace[left] ?? pace.jumps : pace.jumps;
    this.#pop(2);
    this.#push(unknownValue, 0, noHome, kept);
  }

  #variable(opcode: number): void {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x20: { // local.get
        const local = cursor.index();
        const value = this.#values.read(local);
        const loop = this.#currentLoop[this.#control.loopDepth] ?? 0;
        this.#push(
          value,
          this.#values.displacementOf(local),
          local,
          loop === 0 ? pace.still : this.#values.paceOf(local, loop),
        );
        return;
      }
      case 0x21: // local.set
        this.#assign(cursor.index());
        return this.#pop(1);
      case 0x22: // local.tee
        return this.#tee(cursor.index());
      case 0x26: // table.set
        this.#pop(2);
        return this.#tableSet(cursor.index());
      default: { // global.get, global.set, table.get
        const effect = stackEffects[opcode] ?? 0;
        this.#pop(effect >> 4);
        if ((effect & 15) !== 0) this.#push(unknownValue, 0, noHome, pace.still);
      }
    }
  }

  #assign(local: number): void {
    const top = this.#height - 1;
    const floor = this.#control.height[this.#control.depth] ?? 0;
    if (top < floor) this.#values.assign(local, unknownValue, 0);
    else this.#values.assign(local, this.#value[top] ?? 0, this.#displacement[top] ?? 0);
  }

  #tee(local: number): void {
    this.#assign(local);
    const top = this.#height - 1;
    if (top < (this.#control.height[this.#control.depth] ?? 0)) {
      return this.#push(unknownValue, 0, noHome, pace.jumps);
    }
    this.#value[top] = this.#values.read(local);
    this.#displacement[top] = this.#values.displacementOf(local);
    this.#home[top] = local;
  }

  #tableSet(table: number): void {
    const global = this.#entities.changedGlobal(table);
    if (global === undefined) return;
    this.output.copyUpTo(this.#cursor.offset);
    this.#snippets.tableChanged(global);
  }

  #replace(opcode: number): boolean {
    const cursor = this.#cursor;
    const first = cursor.index();
    const replacement = replacementOf(this.#entities, opcode, first, () => this.#secondImmediate());
    if (replacement === undefined) return false;
    switch (replacement.kind) {
      case "call":
        this.output.replace(cursor.start, cursor.offset);
        this.#snippets.call(replacement.index);
        break;
      case "flag":
        this.output.replace(cursor.start, cursor.offset);
        this.#snippets.tableChanged(replacement.index);
        break;
      case "size":
        this.output.copyUpTo(cursor.offset);
        this.#snippets.hiddenSize(replacement.index, replacement.at);
        break;
      case "length": {
        const scratch = this.#locals.scratch("i32");
        this.output.copyUpTo(cursor.start);
        this.#snippets.chargeLength(scratch, replacement.index);
        return false;
      }
    }
    this.counts.replaced += 1;
    const effect = stackEffects[cursor.slot] ?? 0;
    this.#pop(effect >> 4);
    if ((effect & 15) !== 0) this.#push(unknownValue, 0, noHome, pace.still);
    return true;
  }

  #secondImmediate(): number {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    reader.readU32();
    return reader.readU32();
  }

  // Stores.

  #store(slot: number, bytes: number): void {
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
      const offset = type.addressType === "i32" ? reader.readU32() : Number(reader.readU64());
      this.counts.stores += 1;
      this.#markStore(memory, type.addressType, offset, bytes, pops, slot);
    }
    this.#pop(pops);
    if ((effect & 15) !== 0) this.#push(unknownValue, 0, noHome, pace.jumps);
  }

  #markStore(
    memory: number,
    at: "i32" | "i64",
    offset: number,
    bytes: number,
    pops: number,
    slot: number,
  ): void {
    const operand = this.#height - pops;
    const known = operand >= (this.#control.height[this.#control.depth] ?? 0);
    const value = known ? this.#value[operand] ?? 0 : unknownValue;
    const displacement = known ? this.#displacement[operand] ?? 0 : 0;
    if (value !== unknownValue && this.#values.covers(memory, value, displacement, offset, bytes)) {
      this.counts.elidedMarks += 1;
      return;
    }
    this.counts.marks += 1;
    if (value === zeroValue && displacement >= 0 && this.#values.follows(displacement + offset)) {
      return this.#markPage(memory, displacement + offset);
    }
    const home = known ? this.#homeOf(operand) : noHome;
    const apace = known ? this.#pace[operand] ?? pace.jumps : pace.jumps;
    this.#markAddress(
      memory,
      at,
      offset,
      bytes,
      { value, displacement, home, pace: apace },
      slot,
      pops,
    );
  }

  #markPage(memory: number, address: number): void {
    const page = Math.floor(address / 2 ** pageShift);
    this.output.copyUpTo(this.#cursor.offset);
    this.#snippets.markPage(memory, page);
    this.#values.learn(memory, zeroValue, page * 2 ** pageShift, 1);
  }

  /** The local that still holds an operand's value, perhaps displaced. */
  #homeOf(operand: number): number {
    const home = this.#home[operand] ?? noHome;
    if (home === noHome) return noHome;
    return this.#values.read(home) === this.#value[operand] ? home : noHome;
  }

  #markAddress(
    memory: number,
    at: "i32" | "i64",
    offset: number,
    bytes: number,
    address: { value: number; displacement: number; home: number; pace: number },
    slot: number,
    pops: number,
  ): void {
    const { output } = this;
    const near = offset + bytes <= slackBytes;
    const loop = this.#control.loopDepth > 0 && address.pace !== pace.jumps && near;
    let { home } = address;
    let beyond = home === noHome ? 0 : address.displacement - this.#values.displacementOf(home);
    const window = loop ? this.#locals.window(home, at, windowsMax) : undefined;
    if (home === noHome || (window !== undefined && beyond !== 0)) {
      output.copyUpTo(this.#cursor.start);
      home = this.#park(at, slot, pops);
      beyond = 0;
    }
    output.copyUpTo(this.#cursor.offset);
    if (window !== undefined) {
      this.#snippets.markWindow(memory, at, home, window);
      this.counts.windowMarks += 1;
    } else this.#snippets.mark(memory, at, home, near ? beyond : beyond + offset);
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

  // Blocks, branches and calls.

  #controlInstruction(opcode: number): void {
    const control = this.#control;
    switch (opcode) {
      case 0x00: // unreachable
        return this.#die();
      case 0x01: // nop
        return;
      case 0x02: // block
        return this.#open(blockKind.block);
      case 0x03: // loop
        return this.#openLoop();
      case 0x04: // if
        this.#pop(1);
        this.hints.copy(this.#cursor.start, this.output);
        return this.#open(blockKind.if);
      case 0x05: // else
        control.turnToElse();
        return this.#restart();
      case 0x06: // try
        return this.#open(blockKind.try);
      case 0x07: // catch
        control.turnToCatch();
        this.#restartEmpty();
        return this.#pushTagParams();
      case 0x19: // catch_all
        control.turnToCatch();
        return this.#restartEmpty();
      case 0x08: // throw
      case 0x09: // rethrow
      case 0x0a: // throw_ref
      case 0x0f: // return
        return this.#die();
      case 0x0b: // end
      case 0x18: // delegate
        return this.#close();
      case 0x0c: // br
        if (this.#turnsUnrolled()) return;
        control.branch(this.#label());
        return this.#die();
      case 0x0d: // br_if
        this.#pop(1);
        this.hints.copy(this.#cursor.start, this.output);
        if (this.#turnsUnrolled()) return;
        return control.branch(this.#label());
      case 0x0e: // br_table
        this.#branchTable();
        return this.#die();
      case 0x10: // call
      case 0x12: // return_call
        return this.#call(this.#cursor.index(), opcode === 0x12);
      case 0x11: // call_indirect
      case 0x13: // return_call_indirect
      case 0x14: // call_ref
      case 0x15: // return_call_ref
        return this.#callIndirect(opcode);
      case 0x1a: // drop
        return this.#pop(1);
      case 0x1b: // select
      case 0x1c:
        this.#pop(3);
        return this.#push(unknownValue, 0, noHome, pace.jumps);
      case 0x1f: // try_table
        return this.#openTryTable();
    }
  }

  #open(kind: number): void {
    const { params, results } = this.#blockType(this.#cursor.immediates);
    this.#pop(params);
    this.#control.open(kind, this.#height, params, results);
    this.#pushUnknown(params);
  }

  /**
   * The label of a branch. Inside a loop that is unrolled, with a block of ours around it, labels beyond the loop
   * are one more than they were.
   */
  #label(): number {
    const label = this.#cursor.index();
    const copies = this.#copies;
    if (copies === undefined || !copies.wrapped) return label;
    if (label <= this.#control.depth - copies.depth) return label;
    this.output.replace(this.#cursor.start, this.#cursor.offset);
    this.output.reserve(16);
    this.output.op(this.#cursor.opcode, label + 1);
    return label + 1;
  }

  /** At the branch that ends a copy of an unrolled body: leaves the loop, or goes on with the next copy. */
  #turnsUnrolled(): boolean {
    const copies = this.#copies;
    const control = this.#control;
    const cursor = this.#cursor;
    if (copies === undefined || control.depth !== copies.depth || cursor.index() !== 0) {
      return false;
    }
    if (copies.left === 0) return false;
    copies.left -= 1;
    this.output.copyUpTo(cursor.start);
    if (copies.wrapped) {
      this.output.reserve(16);
      this.output.standFor(cursor.start);
      this.output.u8(0x45); // i32.eqz
      this.output.standFor(cursor.start);
      this.output.op(0x0d, 1); // br_if
      control.cost += 1;
      control.branch(1);
    }
    this.output.continueFrom(copies.start);
    cursor.offset = copies.start;
    return true;
  }

  /** How a loop is unrolled, if it is; the block around it is opened. */
  #unroll(index: number): { wrapped: boolean; left: number } | undefined {
    const how = this.#loops.unroll[index] ?? unrolling.none;
    if (!this.#preempt || how === unrolling.none) return undefined;
    const length = this.#loops.instructions[index] ?? 0;
    const left = length <= 24 ? 3 : 1;
    if (how === unrolling.exitsBefore) return { wrapped: false, left };
    this.output.copyUpTo(this.#cursor.start);
    this.output.reserve(16);
    this.output.standFor(this.#cursor.start);
    this.output.u8(0x02);
    this.output.u8(0x40);
    this.#control.open(blockKind.block, this.#height, 0, 0);
    return { wrapped: true, left };
  }

  #openLoop(): void {
    const control = this.#control;
    const loops = this.#loops;
    const index = this.#nextLoop++;
    if (this.#preempt && !control.paid && loops.calls[index] === 1 && control.loopDepth === 0) {
      this.#charge();
      control.cost = 1;
    }
    const copies = this.#unroll(index);
    const { params, results } = this.#blockType(this.#cursor.immediates);
    this.#pop(params);
    control.openLoop(this.#height, params, results);
    const number = this.#firstLoop + index;
    if (control.loopDepth >= this.#currentLoop.length) {
      const grown = new Int32Array(this.#currentLoop.length * 2);
      grown.set(this.#currentLoop);
      this.#currentLoop = grown;
    }
    this.#currentLoop[control.loopDepth] = number;
    this.#values.enterLoop(
      number,
      loops.assignedLocal,
      loops.assignedHow,
      loops.firstAssignment[index] ?? 0,
      loops.endAssignment[index] ?? 0,
    );
    this.#pushUnknown(params);
    this.#copies = copies === undefined
      ? undefined
      : { ...copies, depth: control.depth, start: this.#cursor.offset };
    if (!this.#preempt) return;
    this.output.copyUpTo(this.#cursor.offset);
    control.addWeight(this.#snippets.charge());
    this.counts.loopChecks += 1;
  }

  /** `block` type, then handlers: catch tag label, catch_ref tag label, catch_all label, catch_all_ref label. */
  #openTryTable(): void {
    const control = this.#control;
    const { depth } = control;
    this.#open(blockKind.tryTable);
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    this.#skipBlockType(reader);
    const count = reader.readU32();
    for (let index = 0; index < count; index += 1) {
      const kind = reader.readU8();
      if (kind < 2) reader.readU32();
      control.addCatch(depth - reader.readU32());
    }
  }

  #close(): void {
    const control = this.#control;
    const { depth } = control;
    if (depth === 0) {
      control.note();
      if (this.#preempt) control.writeWeights(this.#setWeight);
      return;
    }
    const height = control.height[depth] ?? 0;
    const results = control.results[depth] ?? 0;
    control.close(this.#setWeight);
    const copies = this.#copies;
    if (copies !== undefined && copies.depth === depth) {
      this.#copies = undefined;
      if (copies.wrapped) {
        this.output.copyUpTo(this.#cursor.offset);
        this.output.reserve(16);
        this.output.standFor(this.#cursor.start);
        this.output.u8(0x0b);
        if (!control.dead) control.cost += 1;
        control.close(this.#setWeight);
      }
    }
    this.#height = height;
    this.#pushUnknown(results);
  }

  #restart(): void {
    const { depth } = this.#control;
    this.#height = this.#control.height[depth] ?? 0;
    this.#pushUnknown(this.#control.params[depth] ?? 0);
  }

  #restartEmpty(): void {
    this.#height = this.#control.height[this.#control.depth] ?? 0;
  }

  #pushTagParams(): void {
    const type = this.#plan.spaces.tags[this.#cursor.index()] ?? 0;
    this.#pushUnknown(this.#typeAt(type).params.length);
  }

  #die(): void {
    this.#control.die();
    this.#height = this.#control.height[this.#control.depth] ?? 0;
  }

  #branchTable(): void {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    const count = reader.readU32();
    for (let index = 0; index <= count; index += 1) this.#control.branch(reader.readU32());
  }

  #call(functionIndex: number, tail: boolean): void {
    const control = this.#control;
    const cost = this.free[functionIndex] ?? 0;
    if (this.#preempt) {
      const callable = this.callable[functionIndex] === 1;
      if ((!callable && !control.paid) || control.cost + cost > control.costMax) {
        control.cost -= 1;
        this.#charge();
        control.cost = 1;
      }
      control.cost += cost;
    }
    this.#finishCall(this.#functionType(functionIndex), tail);
  }

  #callIndirect(opcode: number): void {
    const control = this.#control;
    if (this.#preempt) {
      if (!control.paid || control.cost + freeUnitsMax > control.costMax) {
        control.cost -= 1;
        this.#charge();
        control.cost = 1;
      }
      control.cost += freeUnitsMax;
    }
    this.#pop(1);
    this.#finishCall(this.#typeAt(this.#cursor.index()), opcode === 0x13 || opcode === 0x15);
  }

  #finishCall(type: FunctionType, tail: boolean): void {
    this.#pop(type.params.length);
    if (tail) return this.#die();
    this.#pushUnknown(type.results.length);
  }

  /** Instructions whose operands depend on types, or that branch. */
  #typed(opcode: number): void {
    const control = this.#control;
    switch (opcode) {
      case 0xd5: // br_on_null
        control.branch(this.#cursor.index());
        this.#pop(1);
        return this.#pushUnknown(1);
      case 0xd6: // br_on_non_null
        control.branch(this.#cursor.index());
        return this.#pop(1);
      case 0xfb018: // br_on_cast
      case 0xfb019: // br_on_cast_fail
        control.branch(this.#labelOfCast());
        this.#pop(1);
        return this.#pushUnknown(1);
      case 0xfb000: { // struct.new
        const composite = this.#plan.spaces.types[this.#cursor.index()]?.composite;
        this.#pop(composite?.kind === "struct" ? composite.fields.length : 0);
        return this.#pushUnknown(1);
      }
      case 0xfb008: // array.new_fixed
        this.#pop(this.#secondImmediate());
        return this.#pushUnknown(1);
    }
  }

  #labelOfCast(): number {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates + 1;
    reader.end = this.#cursor.offset;
    return reader.readU32();
  }

  // Types.

  #functionType(functionIndex: number): FunctionType {
    return this.#typeAt(this.#plan.spaces.functions[functionIndex] ?? -1);
  }

  #typeAt(index: number): FunctionType {
    const composite = this.#plan.spaces.types[index]?.composite;
    return composite?.kind === "function" ? composite : noType;
  }

  #blockType(at: number): { readonly params: number; readonly results: number } {
    const byte = this.#cursor.bytes[at] ?? 0x40;
    if (byte === 0x40) return emptyBlock;
    if (byte >= 0x41 && byte < 0x80) return singleBlock;
    const reader = this.#immediates;
    reader.offset = at;
    reader.end = this.#cursor.offset;
    const index = reader.readS33();
    if (index < 0) return singleBlock;
    const { params, results } = this.#typeAt(index);
    return { params: params.length, results: results.length };
  }

  #skipBlockType(reader: ByteReader): void {
    const byte = reader.bytes[reader.offset] ?? 0;
    // (ref null ht) and (ref ht) have a heap type after them.
    if (byte === 0x63 || byte === 0x64) reader.offset += 1;
    reader.readS33();
  }

  // Operands.

  #push(value: number, displacement: number, home: number, operandPace: number): void {
    const at = this.#height++;
    if (at === this.#value.length) this.#growOperands();
    this.#value[at] = value;
    this.#displacement[at] = displacement;
    this.#home[at] = home;
    this.#pace[at] = operandPace;
  }

  #pushUnknown(count: number): void {
    for (let index = 0; index < count; index += 1) this.#push(unknownValue, 0, noHome, pace.jumps);
  }

  /** Where the code cannot be reached, operands come from nowhere. */
  #pop(count: number): void {
    const floor = this.#control.height[this.#control.depth] ?? 0;
    this.#height = Math.max(floor, this.#height - count);
  }

  #growOperands(): void {
    const larger = <Kind extends Int32Array | Float64Array | Uint8Array>(from: Kind, to: Kind) => {
      to.set(from);
      return to;
    };
    const size = this.#value.length * 2;
    this.#value = larger(this.#value, new Int32Array(size));
    this.#displacement = larger(this.#displacement, new Float64Array(size));
    this.#home = larger(this.#home, new Int32Array(size));
    this.#pace = larger(this.#pace, new Uint8Array(size));
  }
}

const noType: FunctionType = { kind: "function", params: [], results: [] };
const emptyBlock = { params: 0, results: 0 };
const singleBlock = { params: 0, results: 1 };

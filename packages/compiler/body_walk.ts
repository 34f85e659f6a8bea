/**
 * One walk over a body, in which what is inserted is decided and written.
 *
 * This file follows the instructions. What paths cost is control.ts's matter, what operands and locals hold
 * operands.ts's and values.ts's, which stores need marks store_marks.ts's, what the inserted sequences look like
 * snippets.ts's.
 */

import {
  ByteReader,
  type FunctionType,
  InstructionCursor,
  slotCount,
  type WasmModule,
} from "@skerry/wasm";
import { BlockTypes, skipBlockType } from "./block_types.ts";
import type { BodyOutput } from "./body_output.ts";
import type { BranchHints } from "./branch_hints.ts";
import { freeUnitsMax, recursiveUnitsMax } from "./constants.ts";
import { blockKind, Control } from "./control.ts";
import type { Entities } from "./entities.ts";
import { InjectedLocals } from "./injected_locals.ts";
import { Loops, turning } from "./loops.ts";
import { noHome, Operands } from "./operands.ts";
import type { RewriteCounts } from "./options.ts";
import { functionKind, memoryMode, type Plan } from "./plan.ts";
import { replacementOf } from "./replacements.ts";
import { Snippets } from "./snippets.ts";
import { endsSpanLoop, SpanLoops } from "./span_loops.ts";
import { stackEffects } from "./stack_effects.ts";
import { StoreMarks } from "./store_marks.ts";
import { storeBytes } from "./stores.ts";
import { treatment, treatments } from "./treatments.ts";
import { formOf, Unrolling } from "./unrolling.ts";
import { unknownValue, Values } from "./values.ts";

/** What only says how blocks go on costs nothing: else, catch, end, delegate, catch_all. */
const isFree = new Uint8Array(slotCount);
for (const opcode of [0x05, 0x07, 0x0b, 0x18, 0x19]) isFree[opcode] = 1;

/** Where a walk writes, and what it must know of the functions that were walked before. */
export interface WalkParts {
  readonly module: WasmModule;
  readonly plan: Plan;
  readonly entities: Entities;
  readonly output: BodyOutput;
  readonly hints: BranchHints;
  readonly counts: RewriteCounts;
  /** What a call of each function costs beside what it pays itself. */
  readonly free: Uint16Array;
  /** Functions that may be called before the caller has paid. */
  readonly callable: Uint8Array;
  /** Functions that were walked, and imports. */
  readonly done: Uint8Array;
  /** Functions that are called before they were walked. */
  readonly early: Uint8Array;
}

/** Walks the bodies of one module, one at a time. */
export class BodyWalk {
  readonly control: Control;
  readonly locals = new InjectedLocals();
  readonly types: BlockTypes;
  readonly #output: BodyOutput;
  readonly #hints: BranchHints;
  readonly #counts: RewriteCounts;
  readonly #free: Uint16Array;
  readonly #callable: Uint8Array;
  readonly #done: Uint8Array;
  readonly #imports: Uint8Array;
  readonly #early: Uint8Array;
  readonly #module: WasmModule;
  readonly #plan: Plan;
  readonly #entities: Entities;
  readonly #cursor: InstructionCursor;
  readonly #immediates: ByteReader;
  readonly #values: Values;
  readonly #operands: Operands;
  readonly #marks: StoreMarks;
  readonly #loops = new Loops();
  readonly #snippets: Snippets;
  readonly #preempt: boolean;
  readonly #barriers: boolean;
  readonly #spans: boolean;
  readonly #spanLoops: SpanLoops;
  readonly #setWeight: (at: number, weight: number) => void;
  readonly #unrolling: Unrolling;
  /** What the body at hand may call before it has paid, and the place where it pays. */
  #mayCall: Uint8Array = new Uint8Array(0);
  #payPlace = 0;

  constructor(parts: WalkParts) {
    const { module, plan, entities, output, hints, counts } = parts;
    const { bytes } = module.code;
    this.#module = module;
    this.#plan = plan;
    this.#entities = entities;
    this.#output = output;
    this.#hints = hints;
    this.#counts = counts;
    this.#free = parts.free;
    this.#callable = parts.callable;
    this.#done = parts.done;
    this.#imports = parts.done.slice();
    this.#early = parts.early;
    this.#preempt = plan.passes.preempt;
    this.#barriers = plan.memories.some(({ mode }) => mode === memoryMode.barrier);
    this.#spans = plan.functions.some(({ kind }) => kind === functionKind.markSpan);
    this.#spanLoops = new SpanLoops(module);
    this.#cursor = new InstructionCursor(bytes);
    this.#immediates = new ByteReader(bytes);
    this.types = new BlockTypes(plan.spaces, bytes);
    this.control = new Control(this.#preempt);
    this.#values = new Values(this.control);
    this.#operands = new Operands(this.#cursor, this.control, this.#values);
    this.#snippets = new Snippets(output, hints, entities);
    this.#marks = new StoreMarks({
      cursor: this.#cursor,
      output,
      values: this.#values,
      operands: this.#operands,
      locals: this.locals,
      snippets: this.#snippets,
      entities,
      counts,
    });
    this.#setWeight = (at, weight) => output.setWeight(at, weight);
    this.#unrolling = new Unrolling(
      this.#cursor,
      output,
      this.control,
      this.#setWeight,
      () => this.#pay(),
    );
  }

  /**
   * Walks one body, whose new instructions go to the output.
   *
   * @param firstLoop where its first loop begins, and the last one; 0 where it has none
   * @param freeMax what it may cost before it pays
   * @param payPlace where it pays for all that it calls outside of loops, if it does; 0 where there are no such calls
   */
  walk(
    body: number,
    firstLoop: number,
    lastLoop: number,
    freeMax: number,
    payPlace: number | undefined,
  ): void {
    const { code } = this.#module;
    const cursor = this.#cursor;
    const type = this.types.ofFunction(this.#plan.spaces.importedFunctions + body);
    cursor.enterBody(code, body);
    const instructions = cursor.offset;
    const callable = payPlace === undefined ? this.#callable : this.#imports;
    this.#mayCall = callable;
    this.#payPlace = payPlace ?? 0;
    this.locals.begin(code.bytes, code.starts[body] ?? 0, instructions, type.params.length);
    if (lastLoop > 0) {
      cursor.offset = firstLoop;
      this.#loops.read(cursor, lastLoop, { callable, done: this.#done, free: this.#free });
      cursor.offset = instructions;
    } else this.#loops.clear();
    this.#output.begin(this.locals.headerBytesMax, instructions);
    this.control.begin(type.results.length, freeMax);
    this.#values.begin();
    this.#operands.height = 0;
    this.#unrolling.enterFunction();
    this.#walk();
  }

  #walk(): void {
    const cursor = this.#cursor;
    const control = this.control;
    while (cursor.next()) {
      const { opcode, slot } = cursor;
      if (isFree[slot] !== 1 && ++control.cost > control.costMax) this.#overrun();
      if (opcode < 0x20) this.#controlInstruction(opcode);
      else if (opcode < 0x28) this.#variable(opcode);
      else this.#plain(opcode);
    }
    this.#output.copyUpTo(cursor.end);
  }

  /** The path has become too long: it pays before the instruction at hand. */
  #overrun(): void {
    this.control.cost -= 1;
    this.#charge();
    this.control.cost = 1;
  }

  #charge(): void {
    this.#pay();
    this.#counts.charges += 1;
  }

  #pay(): void {
    this.#output.copyUpTo(this.#cursor.start);
    this.control.addWeight(this.#snippets.charge());
    this.control.charged();
  }

  // Numbers, memories, references: everything with one effect.

  #plain(opcode: number): void {
    const { slot } = this.#cursor;
    switch (treatments[slot]) {
      case treatment.store:
        if (this.#barriers) return this.#marks.store(slot, storeBytes[slot] ?? 0);
        break;
      case treatment.constant:
        return this.#operands.constant(opcode);
      case treatment.addition:
        return this.#operands.addition(false);
      case treatment.subtraction:
        return this.#operands.addition(true);
      case treatment.shift:
        return this.#operands.shift();
      case treatment.extend:
        return this.#operands.convert(true);
      case treatment.wrap:
        return this.#operands.convert(false);
      case treatment.replaceable:
        if (this.#replace(opcode)) return;
        // One that stays may be typed.
        if (stackEffects[slot] === 255) return this.#typed(opcode);
        break;
      case treatment.typed:
        return this.#typed(opcode);
    }
    this.#operands.apply(stackEffects[slot] ?? 0);
  }

  #variable(opcode: number): void {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x20: { // local.get
        const local = cursor.index();
        const value = this.#values.read(local);
        this.#operands.push(value, this.#values.displacementOf(local), local);
        return;
      }
      case 0x21: // local.set
        this.#operands.assign(cursor.index());
        return this.#operands.pop(1);
      case 0x22: // local.tee
        return this.#operands.tee(cursor.index());
      case 0x26: // table.set
        this.#operands.pop(2);
        return this.#tableSet(cursor.index());
      default: // global.get, global.set, table.get
        return this.#operands.apply(stackEffects[opcode] ?? 0);
    }
  }

  #tableSet(table: number): void {
    const global = this.#entities.changedGlobal(table);
    if (global === undefined) return;
    this.#output.copyUpTo(this.#cursor.offset);
    this.#snippets.tableChanged(global);
  }

  #replace(opcode: number): boolean {
    const cursor = this.#cursor;
    const first = cursor.index();
    const replacement = replacementOf(this.#entities, opcode, first, () => this.#secondImmediate());
    if (replacement === undefined) return false;
    switch (replacement.kind) {
      case "call":
        this.#output.replace(cursor.start, cursor.offset);
        this.#snippets.call(replacement.index);
        break;
      case "flag":
        this.#output.replace(cursor.start, cursor.offset);
        this.#snippets.tableChanged(replacement.index);
        break;
      case "size":
        this.#output.copyUpTo(cursor.offset);
        this.#snippets.hiddenSize(replacement.index, replacement.at);
        break;
      case "length": {
        const scratch = this.locals.scratch("i32");
        this.#output.copyUpTo(cursor.start);
        this.#snippets.chargeLength(scratch, replacement.index);
        return false;
      }
    }
    this.#counts.replaced += 1;
    this.#operands.apply(stackEffects[cursor.slot] ?? 0);
    return true;
  }

  #secondImmediate(): number {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    reader.readU32();
    return reader.readU32();
  }

  // Blocks, branches and calls.

  #controlInstruction(opcode: number): void {
    const control = this.control;
    switch (opcode) {
      case 0x00: // unreachable
        return this.#die();
      case 0x01: // nop
        return;
      case 0x02: // block
        this.#payAtPlace();
        return this.#open(blockKind.block);
      case 0x03: // loop
        return this.#openLoop();
      case 0x04: // if
        this.#payAtPlace();
        this.#operands.pop(1);
        this.#hints.copy(this.#cursor.start, this.#output);
        return this.#open(blockKind.if);
      case 0x05: // else
        control.turnToElse();
        return this.#restart();
      case 0x06: // try
        this.#payAtPlace();
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
        if (this.#unrolling.turns()) return;
        control.branch(this.#unrolling.branch());
        return this.#die();
      case 0x0d: // br_if
        this.#operands.pop(1);
        if (this.#unrolling.turns()) return;
        this.#hints.copy(this.#cursor.start, this.#output);
        return control.branch(this.#unrolling.branch());
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
        return this.#operands.pop(1);
      case 0x1b: // select
      case 0x1c:
        this.#operands.pop(3);
        return this.#operands.push(unknownValue, 0, noHome);
      case 0x1f: // try_table
        this.#payAtPlace();
        return this.#openTryTable();
    }
  }

  /** Pays before the block or call at hand, where that is the place for it; its own cost is counted already. */
  #payAtPlace(): void {
    if (this.#cursor.start !== this.#payPlace || !this.#preempt) return;
    this.#overrun();
  }

  #open(kind: number): void {
    const { params, results } = this.types.ofBlock(this.#cursor.immediates);
    this.#operands.pop(params);
    this.control.open(kind, this.#operands.height, params, results);
    this.#operands.pushUnknown(params);
  }

  #openLoop(): void {
    const control = this.control;
    const loops = this.#loops;
    const index = this.#unrolling.next();
    const form = this.#preempt ? formOf(loops, index, control) : undefined;
    const { params, results } = this.types.ofBlock(this.#cursor.immediates);
    if (form !== undefined) this.#unrolling.wrap(form, this.#operands.height, results);
    this.#operands.pop(params);
    if (this.#spans && loops.turning[index] === turning.lastIf && loops.height[index] === 0) {
      const { bytes, offset, end } = this.#cursor;
      // Its last branch takes two bytes, where it may be such a loop at all.
      if (endsSpanLoop(bytes, (loops.turnEnd[index] ?? 0) - 2)) {
        this.#marks.enterSpan(this.#spanLoops.find(offset, end));
      }
    }
    const pays = form?.pays ?? "start";
    control.openLoop(this.#operands.height, params, results, pays);
    this.#values.enterLoop(
      loops.assignedLocal,
      loops.firstAssignment[index] ?? 0,
      loops.endAssignment[index] ?? 0,
    );
    this.#operands.pushUnknown(params);
    if (form === undefined) return;
    this.#counts.loopChecks += 1;
    if (pays === "start") {
      this.#output.copyUpTo(this.#cursor.offset);
      control.addWeight(this.#snippets.charge());
    }
    this.#unrolling.begin(form, index);
  }

  /** `block` type, then handlers: catch tag label, catch_ref tag label, catch_all label, catch_all_ref label. */
  #openTryTable(): void {
    const control = this.control;
    const { depth } = control;
    this.#open(blockKind.tryTable);
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    skipBlockType(reader);
    const count = reader.readU32();
    for (let index = 0; index < count; index += 1) {
      const kind = reader.readU8();
      if (kind < 2) reader.readU32();
      control.addCatch(depth - reader.readU32());
    }
  }

  #close(): void {
    const control = this.control;
    if (this.#unrolling.ends()) {
      this.#operands.height = control.height[control.depth] ?? 0;
      return;
    }
    const { depth } = control;
    this.#marks.enterSpan(undefined);
    if (depth === 0) {
      control.note();
      if (this.#preempt) control.writeWeights(this.#setWeight);
      return;
    }
    const height = control.height[depth] ?? 0;
    const results = control.results[depth] ?? 0;
    control.close(this.#setWeight);
    this.#unrolling.closed(depth);
    this.#operands.height = height;
    this.#operands.pushUnknown(results);
  }

  #restart(): void {
    const { depth } = this.control;
    this.#operands.height = this.control.height[depth] ?? 0;
    this.#operands.pushUnknown(this.control.params[depth] ?? 0);
  }

  #restartEmpty(): void {
    this.#operands.height = this.control.height[this.control.depth] ?? 0;
  }

  #pushTagParams(): void {
    const type = this.#plan.spaces.tags[this.#cursor.index()] ?? 0;
    this.#operands.pushUnknown(this.types.at(type).params.length);
  }

  #die(): void {
    this.control.die();
    this.#operands.height = this.control.height[this.control.depth] ?? 0;
  }

  #branchTable(): void {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates;
    reader.end = this.#cursor.offset;
    const count = reader.readU32();
    const labels: number[] = [];
    for (let index = 0; index <= count; index += 1) labels.push(reader.readU32());
    for (const label of this.#unrolling.branchTable(labels)) this.control.branch(label);
  }

  #call(functionIndex: number, tail: boolean): void {
    const control = this.control;
    if (this.#preempt) {
      this.#payAtPlace();
      const callable = this.#mayCall[functionIndex] === 1;
      const done = this.#done[functionIndex] === 1;
      if (!done) this.#early[functionIndex] = 1;
      const cost = done ? this.#free[functionIndex] ?? 0 : recursiveUnitsMax;
      if ((!callable && !control.mayCall) || control.cost + cost > control.costMax) {
        control.cost -= 1;
        this.#charge();
        control.cost = 1;
      }
      control.cost += cost;
    }
    this.#finishCall(this.types.ofFunction(functionIndex), tail);
  }

  #callIndirect(opcode: number): void {
    const control = this.control;
    if (this.#preempt) {
      this.#payAtPlace();
      if (!control.mayCall || control.cost + freeUnitsMax > control.costMax) {
        control.cost -= 1;
        this.#charge();
        control.cost = 1;
      }
      control.cost += freeUnitsMax;
    }
    this.#operands.pop(1);
    this.#finishCall(this.types.at(this.#cursor.index()), opcode === 0x13 || opcode === 0x15);
  }

  #finishCall(type: FunctionType, tail: boolean): void {
    this.#operands.pop(type.params.length);
    if (tail) return this.#die();
    this.#operands.pushUnknown(type.results.length);
  }

  /** Instructions whose operands depend on types, or that branch. */
  #typed(opcode: number): void {
    const control = this.control;
    switch (opcode) {
      case 0xd5: // br_on_null
        control.branch(this.#cursor.index());
        this.#operands.pop(1);
        return this.#operands.pushUnknown(1);
      case 0xd6: // br_on_non_null
        control.branch(this.#cursor.index());
        return this.#operands.pop(1);
      case 0xfb018: // br_on_cast
      case 0xfb019: // br_on_cast_fail
        control.branch(this.#labelOfCast());
        this.#operands.pop(1);
        return this.#operands.pushUnknown(1);
      case 0xfb000: { // struct.new
        const composite = this.#plan.spaces.types[this.#cursor.index()]?.composite;
        this.#operands.pop(composite?.kind === "struct" ? composite.fields.length : 0);
        return this.#operands.pushUnknown(1);
      }
      case 0xfb008: // array.new_fixed
        this.#operands.pop(this.#secondImmediate());
        return this.#operands.pushUnknown(1);
    }
  }

  #labelOfCast(): number {
    const reader = this.#immediates;
    reader.offset = this.#cursor.immediates + 1;
    reader.end = this.#cursor.offset;
    return reader.readU32();
  }
}

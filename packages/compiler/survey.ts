/**
 * The first walk over all code: who calls whom, and which instructions are there that need a function, a
 * flag or a table of ours.
 */

import { InstructionCursor, type WasmModule } from "@skerry/wasm";
import { grown } from "./grown.ts";
import { PayPlace } from "./pay_place.ts";
import { endsSpanLoop } from "./span_loops.ts";

/** What the code of a module has. Function indexes are the module's; bodies count from 0. */
export interface Survey {
  /** Functions that body i calls directly: `callees` from `calleeStarts[i]` to `calleeStarts[i + 1]`. */
  readonly callees: Uint32Array;
  readonly calleeStarts: Uint32Array;
  /** Instructions of all bodies together. */
  readonly instructions: number;
  /** Calls of each body, direct ones and others; 255 for more. */
  readonly calls: Uint8Array;
  /** Whether each body calls through a table or a reference: 1 or 0. */
  readonly indirectCalls: Uint8Array;
  /** Where the first loop of each body begins, and the last one; 0 where there is none. */
  readonly firstLoops: Uint32Array;
  readonly lastLoops: Uint32Array;
  /** Whether some loop may have its pages marked before it begins. */
  readonly spanLoops: boolean;
  /** Where each body would pay for all calls that it makes outside of loops (pay_place.ts). */
  readonly payPlaces: Uint32Array;
  /** Memories that have each instruction. */
  readonly memoryGrow: ReadonlySet<number>;
  /** Memories that are grown, or asked for their size. */
  readonly memorySize: ReadonlySet<number>;
  readonly memoryFill: ReadonlySet<number>;
  /** Pairs as `pair(first, second)`, by first immediate: destination and source, or segment and place. */
  readonly memoryCopy: ReadonlySet<number>;
  readonly memoryInit: ReadonlySet<number>;
  readonly tableSet: ReadonlySet<number>;
  readonly tableGrow: ReadonlySet<number>;
  readonly tableFill: ReadonlySet<number>;
  readonly tableCopy: ReadonlySet<number>;
  readonly tableInit: ReadonlySet<number>;
  readonly droppedData: ReadonlySet<number>;
  readonly droppedElements: ReadonlySet<number>;
  /** Segments that arrays are made from. */
  readonly arrayData: ReadonlySet<number>;
  readonly arrayElements: ReadonlySet<number>;
  /** Whether an instruction makes or fills an array of any length. */
  readonly arrayLengths: boolean;
}

const pairUnit = 2 ** 22;

/** Two indexes as one number. */
export function pair(first: number, second: number): number {
  return first * pairUnit + second;
}

/** The indexes of a pair. */
export function unpair(value: number): readonly [number, number] {
  return [Math.floor(value / pairUnit), value % pairUnit];
}

/** Walks all bodies once. */
export function survey(module: WasmModule): Survey {
  const walk = new SurveyWalk(module);
  walk.run();
  return walk.result();
}

class SurveyWalk {
  readonly #module: WasmModule;
  readonly #cursor: InstructionCursor;
  #callees = new Uint32Array(1024);
  #calleeCount = 0;
  readonly #calleeStarts: Uint32Array;
  readonly #calls: Uint8Array;
  readonly #indirectCalls: Uint8Array;
  readonly #firstLoops: Uint32Array;
  readonly #lastLoops: Uint32Array;
  readonly #payPlaces: Uint32Array;
  readonly #payPlace = new PayPlace();
  readonly #importedFunctions: number;
  #instructions = 0;
  #arrayLengths = false;
  #spanLoops = false;
  readonly #sets = {
    memoryGrow: new Set<number>(),
    memorySize: new Set<number>(),
    memoryFill: new Set<number>(),
    memoryCopy: new Set<number>(),
    memoryInit: new Set<number>(),
    tableSet: new Set<number>(),
    tableGrow: new Set<number>(),
    tableFill: new Set<number>(),
    tableCopy: new Set<number>(),
    tableInit: new Set<number>(),
    droppedData: new Set<number>(),
    droppedElements: new Set<number>(),
    arrayData: new Set<number>(),
    arrayElements: new Set<number>(),
  };

  constructor(module: WasmModule) {
    this.#module = module;
    this.#cursor = new InstructionCursor(module.code.bytes);
    this.#calleeStarts = new Uint32Array(module.code.starts.length + 1);
    this.#calls = new Uint8Array(module.code.starts.length);
    this.#indirectCalls = new Uint8Array(module.code.starts.length);
    this.#firstLoops = new Uint32Array(module.code.starts.length);
    this.#lastLoops = new Uint32Array(module.code.starts.length);
    this.#payPlaces = new Uint32Array(module.code.starts.length);
    this.#importedFunctions = module.imports.filter(({ type }) => type.kind === "function").length;
  }

  run(): void {
    const { code } = this.#module;
    const cursor = this.#cursor;
    const place = this.#payPlace;
    let count = 0;
    for (let body = 0; body < code.starts.length; body += 1) {
      this.#calleeStarts[body] = this.#calleeCount;
      let calls = 0;
      place.begin();
      cursor.enterBody(code, body);
      while (cursor.next()) {
        count += 1;
        const { opcode } = cursor;
        if (opcode < 0x20) {
          if (opcode >= 0x10 && opcode <= 0x15) {
            calls += 1;
            this.#call(body);
          } else if (opcode === 0x0b || opcode === 0x18) place.end();
          else if (opcode === 0x0d) this.#spanLoops ||= endsSpanLoop(cursor.bytes, cursor.start);
          else if (opcode <= 0x07 || opcode === 0x19 || opcode === 0x1f) this.#block(body);
        } else if (opcode > 0xff) this.#prefixed(opcode);
        else if (opcode === 0x26) this.#sets.tableSet.add(cursor.index());
        else if (opcode === 0x3f) this.#sets.memorySize.add(cursor.index());
        else if (opcode === 0x40) {
          this.#sets.memorySize.add(cursor.index());
          this.#sets.memoryGrow.add(cursor.index());
        }
      }
      this.#calls[body] = Math.min(calls, 255);
      this.#payPlaces[body] = place.offset;
    }
    this.#calleeStarts[code.starts.length] = this.#calleeCount;
    this.#instructions = count;
  }

  result(): Survey {
    return {
      callees: this.#callees.slice(0, this.#calleeCount),
      calleeStarts: this.#calleeStarts,
      instructions: this.#instructions,
      calls: this.#calls,
      indirectCalls: this.#indirectCalls,
      firstLoops: this.#firstLoops,
      lastLoops: this.#lastLoops,
      payPlaces: this.#payPlaces,
      arrayLengths: this.#arrayLengths,
      spanLoops: this.#spanLoops,
      ...this.#sets,
    };
  }

  #call(body: number): void {
    const { opcode, start } = this.#cursor;
    if (opcode === 0x10 || opcode === 0x12) {
      const callee = this.#cursor.index();
      this.#addCallee(callee);
      if (callee < this.#importedFunctions) return;
    } else this.#indirectCalls[body] = 1;
    this.#payPlace.call(start);
  }

  #block(body: number): void {
    const { opcode, start } = this.#cursor;
    switch (opcode) {
      case 0x03: // loop
        if (this.#firstLoops[body] === 0) this.#firstLoops[body] = start;
        this.#lastLoops[body] = start;
        return this.#payPlace.open(start, true);
      case 0x02: // block
      case 0x04: // if
      case 0x06: // try
      case 0x1f: // try_table
        return this.#payPlace.open(start, false);
      case 0x05: // else
      case 0x07: // catch
      case 0x19: // catch_all
        return this.#payPlace.turn();
    }
  }

  #addCallee(functionIndex: number): void {
    if (this.#calleeCount === this.#callees.length) this.#callees = grown(this.#callees);
    this.#callees[this.#calleeCount++] = functionIndex;
  }

  #prefixed(opcode: number): void {
    const sets = this.#sets;
    if (opcode >> 12 === 0xfd || opcode >> 12 === 0xfe) return;
    switch (opcode) {
      case 0xfc008: // memory.init
        return void sets.memoryInit.add(this.#pairOfImmediates());
      case 0xfc009: // data.drop
        return void sets.droppedData.add(this.#cursor.index());
      case 0xfc00a: // memory.copy
        return void sets.memoryCopy.add(this.#pairOfImmediates());
      case 0xfc00b: // memory.fill
        return void sets.memoryFill.add(this.#cursor.index());
      case 0xfc00c: // table.init
        return void sets.tableInit.add(this.#pairOfImmediates());
      case 0xfc00d: // elem.drop
        return void sets.droppedElements.add(this.#cursor.index());
      case 0xfc00e: // table.copy
        return void sets.tableCopy.add(this.#pairOfImmediates());
      case 0xfc00f: // table.grow
        return void sets.tableGrow.add(this.#cursor.index());
      case 0xfc011: // table.fill
        return void sets.tableFill.add(this.#cursor.index());
      case 0xfb009: // array.new_data
      case 0xfb012: // array.init_data
        this.#arrayLengths = true;
        return void sets.arrayData.add(this.#secondImmediate());
      case 0xfb00a: // array.new_elem
      case 0xfb013: // array.init_elem
        this.#arrayLengths = true;
        return void sets.arrayElements.add(this.#secondImmediate());
      case 0xfb006: // array.new
      case 0xfb007: // array.new_default
      case 0xfb010: // array.fill
      case 0xfb011: // array.copy
        this.#arrayLengths = true;
    }
  }

  #pairOfImmediates(): number {
    return pair(this.#cursor.index(), this.#secondImmediate());
  }

  #secondImmediate(): number {
    const cursor = this.#cursor;
    const { offset } = cursor;
    cursor.offset = cursor.immediates;
    cursor.readU32();
    const second = cursor.readU32();
    cursor.offset = offset;
    return second;
  }
}

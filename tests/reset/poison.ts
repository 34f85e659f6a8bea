/**
 * A module with functions that write all of its state, and others that read what JavaScript cannot. They are
 * added before it is compiled, so that the compiler treats them as it treats any guest's code.
 */

import { type AddressType, indexSpaces, type WasmModule } from "@skerry/wasm";
import type { Code } from "../differential/generator/code.ts";
import { exposed } from "../differential/exposed.ts";
import { AddedFunctions } from "./added_functions.ts";
import { addDigest } from "./digest.ts";
import { poisonName, storeWidths } from "./names.ts";
import { addProbes, type Probes } from "./probes.ts";
import { Substitutes } from "./substitutes.ts";
import { undroppable } from "./undroppable.ts";

/** A module that can be poisoned. */
export interface Poisoned {
  /** All of its memories, tables and globals are exported (tests/differential/exposed.ts). */
  readonly module: WasmModule;
  /** The module as it was, but for those exports. */
  readonly given: WasmModule;
  /** Functions with bodies that it had; what is added comes after them. */
  readonly ownFunctions: number;
  readonly memories: readonly AddressType[];
  readonly tables: readonly AddressType[];
  readonly probes: Probes;
}

const storeNames: Readonly<Record<typeof storeWidths[number], string>> = {
  1: "i64.store8",
  2: "i64.store16",
  4: "i64.store32",
  8: "i64.store",
  16: "v128.store",
};

const externref = { nullable: true, heap: "extern" } as const;

/** Adds the functions. */
export function poisoned(given: WasmModule): Poisoned {
  const module = exposed(given);
  const spaces = indexSpaces(module);
  const added = new AddedFunctions(module);
  const substitutes = new Substitutes(spaces, added);
  const calls: ((code: Code) => void)[] = [];
  spaces.memories.forEach(({ addressType }, memory) => {
    const stores = addMemory(added, memory, addressType);
    calls.push((code) => code.i64(poisonBits).at("call", stores));
  });
  const globals = added.add(poisonName.globals, { params: ["i64", externref] }, (code) => {
    spaces.globals.forEach(({ value, mutable }, index) => {
      if (mutable && substitutes.write(code, value, 0, 1)) code.at("global.set", index);
    });
  });
  calls.push((code) => code.i64(poisonBits).null("extern").at("call", globals));
  spaces.tables.forEach(({ addressType, element }, table) => {
    const write = (code: Code) => substitutes.write(code, element, undefined, 0);
    const set = addTable(added, table, addressType, write);
    if (set !== undefined) calls.push((code) => code.null("extern").at("call", set));
  });
  const kept = undroppable(module);
  const drop = added.add(poisonName.drop, {}, (code) => {
    for (const segment of module.data.keys()) {
      if (!kept.data.has(segment)) code.at("data.drop", segment);
    }
    for (const segment of module.elements.keys()) {
      if (!kept.elements.has(segment)) code.at("elem.drop", segment);
    }
  });
  calls.push((code) => code.at("call", drop));
  added.add(poisonName.all, {}, (code) => calls.forEach((call) => call(code)));
  const probes = addProbes(added, module, spaces);
  addDigest(added, spaces, probes.values);
  return {
    module: added.finish(),
    given: module,
    ownFunctions: module.functions.length,
    memories: spaces.memories.map(({ addressType }) => addressType),
    tables: spaces.tables.map(({ addressType }) => addressType),
    probes,
  };
}

/** No byte of it is zero, and as an f64 it is a NaN with a payload. */
const poisonBits = 0x7ff5_a5a5_7fa5_a55an;

function addMemory(added: AddedFunctions, memory: number, at: AddressType): number {
  const pageShift = 16;
  const size = (code: Code) =>
    code.at("memory.size", memory).address(at, pageShift).op(`${at}.shl`);
  const stores = added.add(poisonName.stores(memory), { params: ["i64"], locals: [at] }, (code) => {
    size(code).op(`${at}.eqz`).op("if").u8(0x40).op("return").op("end");
    code.op("loop").u8(0x40);
    code.at("local.get", 1).at("local.get", 0).op("i64.store").memarg(0, memory, 0n);
    code.at("local.get", 1).address(at, 8).op(`${at}.add`).at("local.tee", 1);
    size(code).op(`${at}.ne`).at("br_if", 0).op("end");
  });
  added.add(poisonName.fill(memory), { params: ["i32"] }, (code) => {
    size(code.address(at, 0).at("local.get", 0)).at("memory.fill", memory);
  });
  for (const width of storeWidths) {
    added.add(poisonName.store(memory, width), { params: [at, "i64"] }, (code) => {
      code.at("local.get", 0).at("local.get", 1);
      if (width === 16) code.op("i64x2.splat");
      code.op(storeNames[width]).memarg(0, memory, 0n);
    });
  }
  added.add(poisonName.grow(memory), { params: [at], results: [at] }, (code) => {
    code.at("local.get", 0).at("memory.grow", memory);
  });
  return stores;
}

/** Undefined where nothing can be written into the table. */
function addTable(
  added: AddedFunctions,
  table: number,
  at: AddressType,
  write: (code: Code) => boolean,
): number | undefined {
  let can = true;
  const set = added.add(
    poisonName.table(table),
    { params: [externref], locals: [at] },
    (code) => {
      code.at("table.size", table).op(`${at}.eqz`).op("if").u8(0x40).op("return").op("end");
      code.op("loop").u8(0x40).at("local.get", 1);
      can = write(code);
      code.op(can ? "table.set" : "drop");
      if (can) code.u32(table);
      code.at("local.get", 1).address(at, 1).op(`${at}.add`).at("local.tee", 1);
      code.at("table.size", table).op(`${at}.ne`).at("br_if", 0).op("end");
    },
  );
  if (!can) return undefined;
  added.add(poisonName.fillTable(table), { params: [externref] }, (code) => {
    write(code.address(at, 0));
    code.at("table.size", table).at("table.fill", table);
  });
  added.add(
    poisonName.growTable(table),
    { params: [externref, at], results: [at] },
    (code) => {
      write(code);
      code.at("local.get", 1).at("table.grow", table);
    },
  );
  return set;
}

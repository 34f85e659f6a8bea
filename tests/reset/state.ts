/** All of an instance's state against how it began, bit for bit, references by identity. */

import { stateDifferences } from "../differential/state.ts";
import type { HostValues } from "../differential/descriptions.ts";
import { exposedName } from "../differential/exposed.ts";
import type { Poisoned } from "./poison.ts";

/** What only the instance itself can be compared with: its references. */
export interface References {
  readonly tables: readonly (readonly unknown[])[];
  readonly globals: readonly unknown[];
  readonly probes: readonly string[];
}

/** An instance of a module that can be poisoned. */
export interface Observed {
  readonly exports: WebAssembly.Exports;
  readonly values: HostValues;
}

/** What cannot be read from JavaScript: vectors, exceptions. */
const unreadable = Symbol("unreadable");

/** The references that an instance holds, and what its probes answer. */
export function referencesOf(
  { module, tables, probes }: Poisoned,
  { exports }: Observed,
): References {
  const globals = module.exports.filter(({ name }) =>
    name.startsWith(exposedName("global", 0).slice(0, -1))
  );
  return {
    tables: tables.map((at, table) => elements(exports[exposedName("table", table)], at)),
    globals: globals.map(({ name }) => valueOf(exports[name])),
    probes: [
      ...probes.values.map(({ name }) => `${name} is ${called(exports[name])}`),
      ...probes.segments.map((name) => `${name}: ${called(exports[name])}`),
    ],
  };
}

/**
 * How an instance differs from a fresh one, and from what it was itself, as texts.
 *
 * @param hidden whether its memories may be larger than they say
 */
export function differences(
  poisoned: Poisoned,
  now: Observed,
  fresh: Observed,
  before: References,
  hidden: boolean,
): string[] {
  const found = stateDifferences(poisoned.module, fresh, now, hidden ? "zeros beyond" : "same");
  const after = referencesOf(poisoned, now);
  before.tables.forEach((table, index) => {
    const at = table.findIndex((element, place) => !same(element, after.tables[index]?.[place]));
    if (at >= 0) found.push(`element ${at} of table ${index} is another reference`);
  });
  before.globals.forEach((value, index) => {
    if (!same(value, after.globals[index])) found.push(`global ${index} is another value`);
  });
  before.probes.forEach((text, index) => {
    if (text !== after.probes[index]) found.push(`${after.probes[index]}, where ${text}`);
  });
  return found;
}

/** An initial value that is an object on the engine's heap is made again by a reset, as by a new instance. */
function same(left: unknown, right: unknown): boolean {
  const made = typeof left === "object" && left !== null && Object.getPrototypeOf(left) === null;
  return made ? typeof right === "object" && right !== null : Object.is(left, right);
}

function elements(table: unknown, at: "i32" | "i64"): unknown[] {
  if (!(table instanceof WebAssembly.Table)) throw new Error("a table is not exported");
  return Array.from(
    { length: Number(table.length) },
    (_, index) => readable(() => table.get((at === "i64" ? BigInt(index) : index) as number)),
  );
}

function valueOf(global: unknown): unknown {
  if (!(global instanceof WebAssembly.Global)) throw new Error("a global is not exported");
  return readable(() => global.value);
}

function readable(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return unreadable;
    throw error;
  }
}

function called(probe: unknown): string {
  if (typeof probe !== "function") throw new Error("a probe is not exported");
  try {
    return String(probe());
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return "trapped";
    throw error;
  }
}

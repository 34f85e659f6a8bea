/**
 * Tiny functions between a guest and a host function that seldom has to wait.
 *
 * A call of a `WebAssembly.Suspending` import suspends the guest's stack even where the answer is there (JSPI, §
 * "Suspending functions"), which costs more than most calls do. So the guest calls a function of ours in Wasm: it calls
 * `now`, which answers at once, or says in a global that it cannot; only then is `later` called, which suspends.
 */

import { suspendingImport } from "./engine.ts";
import type { HostFunction, NumberType } from "./host.ts";
import {
  functionType,
  leb128,
  section,
  sized,
  text,
  tinyModule,
  valueTypes,
} from "./tiny_module.ts";

/** A host function that answers at once, or with a promise by telling `wait` and giving what that gives. */
export type WaitingFunction = (
  wait: (answer: Promise<unknown>) => unknown,
) => WebAssembly.ImportValue;

/**
 * Compiles the detours of some functions: `(func (param …) (result …) (call $now …) (if $waits (then (drop)
 * (global.set $waits 0) (call $later))))`, exported by their index.
 */
export function detourModule(functions: readonly HostFunction<never>[]): WebAssembly.Module {
  const types = functions.flatMap(({ params, results }) => [
    functionType(params, results),
    functionType([], results),
  ]);
  const imports = functions.flatMap((_, index) => [
    [...text("now"), ...text(String(index)), 0x00, ...leb128(2 * index)],
    [...text("later"), ...text(String(index)), 0x00, ...leb128(2 * index + 1)],
  ]);
  const waits = [...text("state"), ...text("waits"), 0x03, valueTypes.i32, 0x01];
  const exports = functions.map((_, index) => [
    ...text(String(index)),
    ...[0x00, ...leb128(imports.length + index)],
  ]);
  const bodies = functions.map((each, index) => sized(bodyOf(each, 2 * index)));
  return tinyModule([
    ...section(1, types),
    ...section(2, [...imports, waits]),
    ...section(3, functions.map((_, index) => leb128(2 * index))),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

/** What a guest imports instead of functions that may wait: a detour around each, in their order. */
export function bindDetours(
  module: WebAssembly.Module,
  declared: readonly HostFunction<never>[],
  functions: readonly WaitingFunction[],
): WebAssembly.ExportValue[] {
  const waits = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  let waiting: Promise<unknown> | undefined;
  const now: WebAssembly.ModuleImports = {};
  const later: WebAssembly.ModuleImports = {};
  functions.forEach((bind, index) => {
    const nothing = nothingOf(declared[index]?.results[0]);
    now[index] = bind((answer) => {
      waiting = answer;
      waits.value = 1;
      return nothing;
    });
    later[index] = suspendingImport(() => waiting);
  });
  const { exports } = new WebAssembly.Instance(module, { now, later, state: { waits } });
  return functions.flatMap((_, index) => exports[index] ?? []);
}

/** What the engine takes for a result that nobody looks at. */
function nothingOf(type: NumberType | undefined): number | bigint | undefined {
  if (type === undefined) return undefined;
  return type === "i64" ? 0n : 0;
}

function bodyOf({ params, results: [type] }: HostFunction<never>, now: number): number[] {
  const result = params.length;
  const [locals, set, get] = type === undefined
    ? [[0x00], [], []]
    : [[0x01, 0x01, valueTypes[type]], [0x21, ...leb128(result)], [0x20, ...leb128(result)]];
  return [
    ...locals,
    ...params.flatMap((_, index) => [0x20, ...leb128(index)]), // local.get
    ...[0x10, ...leb128(now), ...set], // call
    ...[0x23, 0x00, 0x04, 0x40], // global.get, if
    ...[0x41, 0x00, 0x24, 0x00], // i32.const 0, global.set
    ...[0x10, ...leb128(now + 1), ...set, 0x0b], // call, end
    ...[...get, 0x0b],
  ];
}

/**
 * The way into a guest: an export is called on a stack of its own, so that it may wait, and it is known at once when it has
 * ended without having waited. What `promising` answers with tells of that in a microtask at the earliest, and so would all
 * that follows.
 */

import type { FunctionType } from "@skerry/wasm";
import { promising } from "./engine.ts";
import type { NumberType } from "./host.ts";
import {
  functionType,
  leb128,
  section,
  sized,
  text,
  tinyModule,
  valueTypes,
} from "./tiny_module.ts";

/** Calls an export: what it gives, or throws, where it has ended already, else a promise of that. */
export type GuestEntry = (args: readonly (number | bigint)[]) => unknown;

type Enter = (
  callee: WebAssembly.ExportValue,
  call: number,
  ...args: readonly (number | bigint)[]
) => Promise<unknown>;

/** What calls the functions of one type. */
interface Entrance {
  /** Calls a function, and notes the number of the call in `ended` when it has returned. */
  readonly enter: Enter;
  /** Whether a function is of the type, as far as the engine is concerned. */
  readonly fits: (callee: WebAssembly.ExportValue) => unknown;
  readonly ended: WebAssembly.Global;
  /** What the last one gave that has returned; undefined where its type gives nothing. */
  readonly result: WebAssembly.Global | undefined;
}

/** So many parameters at most, and one result: there are a hundred such types, and each has its entrance for good. */
const paramsMax = 2;

/** By types. Made once in a thread. */
const entrances = new Map<string, Entrance>();

/** Guests may be entered while others are at work, or wait: so calls have numbers. */
let calls = 0;

/** The way into an export of this type. */
export function guestEntry(callee: () => unknown, type: FunctionType | undefined): GuestEntry {
  const entrance = type && entranceOf(type);
  if (entrance === undefined || entrance.fits(callee) !== 1) {
    const call = promising(callee);
    return (args) => call(...args);
  }
  const { enter, ended, result } = entrance;
  return (args) => {
    const call = calls = (calls + 1) | 0;
    const answer = args.length === 0 ? enter(callee, call) : enter(callee, call, ...args);
    return ended.value === call ? result?.value : answer;
  };
}

/** The way into an export that never waits: what that throws is thrown. */
export function leafEntry(callee: (...args: readonly (number | bigint)[]) => unknown): GuestEntry {
  return (args) => args.length === 0 ? callee() : callee(...args);
}

function entranceOf({ params, results }: FunctionType): Entrance | undefined {
  if (params.length > paramsMax || results.length > 1) return undefined;
  if (!params.every(isNumberType) || !results.every(isNumberType)) return undefined;
  const key = `${params} ${results}`;
  const known = entrances.get(key);
  if (known !== undefined) return known;
  const made = makeEntrance(params, results[0]);
  entrances.set(key, made);
  return made;
}

function isNumberType(type: FunctionType["params"][number]): type is NumberType {
  return typeof type === "string" && type !== "v128";
}

/**
 * `(module (type $callee (func (param …) (result …)))
 * (import "state" "ended" (global $ended (mut i32))) (import "state" "result" (global $result (mut …)))
 * (func (export "enter") (param (ref null $callee) i32 …) (result …)
 *   (call_ref $callee (local.get 2) … (local.get 0)) (global.set $result (local.tee $given))
 *   (global.set $ended (local.get 1)) (local.get $given))
 * (func (export "fits") (param funcref) (result i32) (ref.test (ref $callee) (local.get 0))))`
 */
function makeEntrance(params: readonly NumberType[], given: NumberType | undefined): Entrance {
  const { i32 } = valueTypes;
  const own = [0x63, 0x00, i32, ...params.map((type) => valueTypes[type])];
  const results = given === undefined ? [0x00] : [0x01, valueTypes[given]];
  const local = leb128(2 + params.length);
  const global = (name: string, type: number) => [
    ...text("state"),
    ...text(name),
    ...[0x03, type, 0x01],
  ];
  const module = tinyModule([
    ...section(1, [
      functionType(params, given === undefined ? [] : [given]),
      [0x60, ...leb128(2 + params.length), ...own, ...results],
      [0x60, 0x01, 0x70, 0x01, i32],
    ]),
    ...section(2, [
      global("ended", i32),
      ...(given === undefined ? [] : [global("result", valueTypes[given])]),
    ]),
    ...section(3, [[1], [2]]),
    ...section(7, [[...text("enter"), 0x00, 0x00], [...text("fits"), 0x00, 0x01]]),
    ...section(10, [
      sized([
        ...(given === undefined ? [0x00] : [0x01, 0x01, valueTypes[given]]),
        ...params.flatMap((_, index) => [0x20, ...leb128(2 + index)]), // local.get
        ...[0x20, 0x00, 0x14, 0x00], // local.get, call_ref
        ...(given === undefined ? [] : [0x22, ...local, 0x24, 0x01]), // local.tee, global.set
        ...[0x20, 0x01, 0x24, 0x00], // local.get, global.set
        ...(given === undefined ? [] : [0x20, ...local]), // local.get
        0x0b,
      ]),
      sized([0x00, 0x20, 0x00, 0xfb, 0x14, 0x00, 0x0b]), // local.get, ref.test, end
    ]),
  ]);
  const ended = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const result = given &&
    new WebAssembly.Global({ value: given, mutable: true }, given === "i64" ? 0n : 0);
  const state = { ended, ...(result && { result }) };
  const { exports } = new WebAssembly.Instance(module, { state });
  return {
    enter: promising(exports["enter"] as () => unknown) as Enter,
    fits: exports["fits"] as Entrance["fits"],
    ended,
    result,
  };
}

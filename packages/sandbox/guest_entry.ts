/**
 * The way into a guest: an export is called on a stack of its own, so that it may wait, and it is known at once when it has
 * ended without having waited. What `promising` answers with tells of that in a microtask at the earliest, and so would all
 * that follows.
 */

import { promising } from "./engine.ts";
import { functionType, section, sized, text, tinyModule, valueTypes } from "./tiny_module.ts";

/** What came of a call: a promise of what it gives or throws; undefined where it has ended already, and gives nothing. */
export type Entered = Promise<unknown> | undefined;

interface Entry {
  /** Calls a function, and says in `ended` that it has returned, by the number of the call. */
  readonly enter: (callee: WebAssembly.ExportValue, call: number) => Promise<unknown>;
  /** Whether a function takes and gives nothing, as far as the engine is concerned. */
  readonly fits: (callee: WebAssembly.ExportValue) => unknown;
  readonly ended: WebAssembly.Global;
  calls: number;
}

/** Made once in a thread. Guests may be entered while others are at work, or wait: so calls have numbers. */
let entry: Entry | undefined;

/** A function that calls an export with arguments. */
export function guestEntry(callee: () => unknown): (args: readonly (number | bigint)[]) => Entered {
  const made = entry ??= makeEntry();
  if (made.fits(callee) !== 1) {
    const call = promising(callee);
    return (args) => call(...args);
  }
  return () => {
    const call = made.calls = (made.calls + 1) | 0;
    const result = made.enter(callee, call);
    return made.ended.value === call ? undefined : result;
  };
}

/**
 * `(module (type $plain (func)) (import "state" "ended" (global $ended (mut i32)))
 * (func (export "enter") (param (ref null $plain) i32)
 *   (call_ref $plain (local.get 0)) (global.set $ended (local.get 1)))
 * (func (export "fits") (param funcref) (result i32) (ref.test (ref $plain) (local.get 0))))`
 */
function makeEntry(): Entry {
  const { i32 } = valueTypes;
  const module = tinyModule([
    ...section(1, [
      functionType([], []),
      [0x60, 0x02, 0x63, 0x00, i32, 0x00],
      [0x60, 0x01, 0x70, 0x01, i32],
    ]),
    ...section(2, [[...text("state"), ...text("ended"), 0x03, i32, 0x01]]),
    ...section(3, [[1], [2]]),
    ...section(7, [[...text("enter"), 0x00, 0x00], [...text("fits"), 0x00, 0x01]]),
    ...section(10, [
      sized([0x00, 0x20, 0x00, 0x14, 0x00, 0x20, 0x01, 0x24, 0x00, 0x0b]),
      sized([0x00, 0x20, 0x00, 0xfb, 0x14, 0x00, 0x0b]),
    ]),
  ]);
  const ended = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const { exports } = new WebAssembly.Instance(module, { state: { ended } });
  return {
    enter: promising(exports["enter"] as () => unknown) as Entry["enter"],
    fits: exports["fits"] as Entry["fits"],
    ended,
    calls: 0,
  };
}

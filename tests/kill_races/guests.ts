/**
 * One program whose exports do all that a guest may be doing when it is ended. Each begins by looking whether
 * its instance is fresh, and leaves its traces then.
 */

import { openPolicy } from "@skerry/compiler";
import {
  Channel,
  compile,
  type Guest,
  type HostInterface,
  immediate,
  type Outcome,
  type Program,
  suspending,
} from "@skerry/sandbox";
import { assembleText } from "../../packages/compiler/testing/compiled.ts";

/** Where a host function lets others act. */
export type GuestPlace = "in a host call" | "before an answer" | "as its signal is aborted";

/** What one lease's host functions are bound to. */
export interface GuestState {
  /** Called at each such place: one to end the guest from. */
  readonly at: (place: GuestPlace) => void;
  /** Resolves after a while. */
  readonly later: () => Promise<void>;
  /** The instance was not fresh; which of its signs was not. */
  readonly stale: (which: number) => void;
}

/** What guests ask whoever steps them. */
export const question: Channel<number, number> = new Channel("question");

/** The interface that the program imports. */
export const host: HostInterface<GuestState> = {
  module: "host",
  functions: {
    stale: immediate(["i32"], [], ({ state }, which) => state.stale(which)),
    now: immediate([], ["i32"], ({ state }) => {
      state.at("in a host call");
      return 1;
    }),
    later: suspending([], ["i32"], async ({ state, signal }) => {
      state.at("in a host call");
      const aborted = () => state.at("as its signal is aborted");
      signal.addEventListener("abort", aborted, { once: true });
      await state.later();
      state.at("before an answer");
      return 1;
    }),
    never: suspending([], [], ({ state }) => {
      state.at("in a host call");
      return new Promise<void>(() => {});
    }),
    patient: suspending([], [], ({ state, signal }) => {
      state.at("in a host call");
      // As a host function should: it lets go where its lease ends.
      return new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => {
          state.at("as its signal is aborted");
          resolve();
        }, { once: true });
      });
    }),
    ask: suspending(["i32"], ["i32"], (guest, value) => guest.yield(question, value)),
    exit: immediate([], [], (guest: Guest<GuestState>) => {
      guest.state.at("in a host call");
      guest.exit(3);
    }),
    fail: immediate([], [], ({ state }) => {
      state.at("in a host call");
      throw new Error("the host broke");
    }),
  },
};

/** How a guest ends where nobody ends it; undefined where it never does. */
export const natural: Readonly<Record<string, ((outcome: Outcome) => boolean) | undefined>> = {
  short: (outcome) => outcome.kind === "returned",
  work: (outcome) => outcome.kind === "returned",
  spin: undefined,
  swallow: undefined,
  calls: undefined,
  some_calls: (outcome) => outcome.kind === "returned",
  waits: (outcome) => outcome.kind === "returned",
  never: undefined,
  patient: undefined,
  asks: (outcome) => outcome.kind === "returned",
  grows: (outcome) => outcome.kind === "returned",
  grows_on: undefined,
  tree: undefined,
  deep: (outcome) => outcome.kind === "exhausted" && outcome.limit === "stack",
  fills: undefined,
  fills_wide: undefined,
  traps: (outcome) => outcome.kind === "trapped" && outcome.trap === "unreachable",
  exits: (outcome) => outcome.kind === "exited" && outcome.code === 3,
  faults: (outcome) => outcome.kind === "hostFault",
};

const swallow = (body: string) => `(block $caught (try_table (catch_all $caught) ${body}))`;

const text = `(module
  (import "host" "stale" (func $stale (param i32)))
  (import "host" "now" (func $now (result i32)))
  (import "host" "later" (func $later (result i32)))
  (import "host" "never" (func $never))
  (import "host" "patient" (func $patient))
  (import "host" "ask" (func $ask (param i32) (result i32)))
  (import "host" "exit" (func $exit))
  (import "host" "fail" (func $fail))
  (memory $m (export "memory") 4 64) (memory $w i64 2 8) (table $t 4 16 funcref)
  (global $g (mut i32) (i32.const 0))
  (elem declare func $begin)
  (data (i32.const 100000) "as it was")
  (func $begin (local $p i32)
    ${
  [
    "(global.get $g)",
    "(i32.ne (memory.size $m) (i32.const 4))",
    "(i64.ne (memory.size $w) (i64.const 2))",
    "(i32.eqz (ref.is_null (table.get $t (i32.const 1))))",
    "(i32.ne (i32.load (i32.const 100000)) (i32.const 0x69207361))",
    "(i32.load offset=4 (i32.const 4092))",
    "(i32.load (i32.const 131072))",
    "(i64.ne (i64.load $w (i64.const 70000)) (i64.const 0))",
  ].map((stale, number) => `(if ${stale} (then (call $stale (i32.const ${number}))))`).join(
    "\n    ",
  )
}
    (global.set $g (i32.const 1))
    (table.set $t (i32.const 1) (ref.func $begin))
    (loop $again
      (i32.store (local.get $p) (i32.const -1))
      (local.set $p (i32.add (local.get $p) (i32.const 4096)))
      (br_if $again (i32.lt_u (local.get $p) (i32.const 262144))))
    (i32.store (i32.const 100000) (i32.const 0))
    (i64.store $w (i64.const 70000) (i64.const -1)))
  (func $spin (loop $again (br $again)))
  (func $tree (param $depth i32)
    (if (i32.eqz (local.get $depth)) (then (return)))
    (call $tree (i32.sub (local.get $depth) (i32.const 1)))
    (call $tree (i32.sub (local.get $depth) (i32.const 1))))
  (func $deep (param i64) (result i64)
    (i64.add (i64.const 1) (call $deep (i64.add (local.get 0) (i64.const 1)))))
  (func (export "short") (call $begin))
  (func (export "work") (local $n i32) (call $begin)
    (loop $again
      (br_if $again
        (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100000)))))
  (func (export "spin") (call $begin) (call $spin))
  (func (export "swallow") (call $begin) (loop $again
    ${swallow("(call $spin)")} ${swallow("(drop (call $later))")} ${swallow("(call $never)")}
    (br $again)))
  (func (export "calls") (call $begin) (loop $again
    ${swallow("(drop (call $now))")} (br $again)))
  (func (export "some_calls") (local $n i32) (call $begin) (loop $again
    (br_if $again (i32.lt_u
      (local.tee $n (i32.add (local.get $n) (call $now))) (i32.const 20)))))
  (func (export "waits") (local $n i32) (call $begin) (loop $again
    (br_if $again (i32.lt_u
      (local.tee $n (i32.add (local.get $n) (call $later))) (i32.const 3)))))
  (func (export "never") (call $begin) ${swallow("(call $never)")} (call $spin))
  (func (export "patient") (call $begin) ${swallow("(call $patient)")} (call $spin))
  (func (export "asks") (local $n i32) (call $begin) (loop $again
    (br_if $again (i32.lt_u
      (local.tee $n (i32.add (local.get $n) (call $ask (local.get $n)))) (i32.const 3)))))
  (func (export "grows") (local $n i32) (call $begin) (loop $again
    (drop (memory.grow $m (i32.const 1)))
    (br_if $again
      (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 4)))))
  (func (export "grows_on") (call $begin) (loop $again
    (drop (memory.grow $m (i32.const 1))) (drop (memory.grow $w (i64.const 1)))
    (br $again)))
  (func (export "tree") (call $begin) (call $tree (i32.const 60)))
  (func (export "deep") (call $begin) ${swallow("(drop (call $deep (i64.const 0)))")})
  (func (export "fills") (call $begin) (loop $again
    (memory.fill $m (i32.const 0) (i32.const 255) (i32.const 262144)) (br $again)))
  (func (export "fills_wide") (call $begin) (loop $again
    (memory.fill $w (i64.const 0) (i32.const 255) (i64.const 131072))
    (memory.copy $w $w (i64.const 0) (i64.const 1) (i64.const 131071)) (br $again)))
  (func (export "traps") (call $begin) unreachable)
  (func (export "exits") (call $begin) ${swallow("(call $exit)")} (call $spin))
  (func (export "faults") (call $begin) ${swallow("(call $fail)")} (call $spin)))`;

/** Compiles it. */
export async function guestProgram(): Promise<Program> {
  const compiled = await compile(await assembleText(text), {
    interfaces: [host as HostInterface<never>],
    isolation: { dirty: "always" },
    policy: openPolicy,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  if (compiled.value.notRecycled.length > 0) throw new Error("its instances are not recycled");
  return compiled.value;
}

/** Guests that would rather not be interrupted: each runs for ever, or as good as, until it is stopped. */

import { repeatedText } from "./repeated_text.ts";

/** A guest; it exports `run`, or has a start function. */
export interface AdversarialGuest {
  readonly name: string;
  readonly text: string;
  /** The most activations that are ever alive at once, but for those of injected functions. */
  readonly framesMax: number;
  /** Ticks that it takes to do its worst, where that is more than a few. */
  readonly ticks?: number;
}

const shortLoop = (local: string, turns: number, body: string) =>
  `(local.set ${local} (i32.const ${turns}))
   (loop ${body} (br_if 0 (local.tee ${local} (i32.sub (local.get ${local}) (i32.const 1)))))`;

/** Functions each of which calls the next one twice. */
function exponentialCalls(levels: number): string {
  const level = (index: number) => `(func $f${index} (call $f${index + 1}) (call $f${index + 1}))`;
  return `(module ${repeatedText(levels, level)} (func $f${levels})
    (func (export "run") (call $f0)))`;
}

/** Turns enough for a few ticks, yet not for ever: a guest whose fuel grows would never be stopped. */
function someTurns(body: string): string {
  return `(module (func (export "run") (local i32) i32.const 1000 local.set 0 loop ${body}
    local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end))`;
}

const add = "(local.set 0 (i32.add (local.get 0) (i32.const 3)))";

/** All of them. */
export const adversarialGuests: readonly AdversarialGuest[] = [
  { name: "an empty loop", framesMax: 1, text: `(module (func (export "run") (loop (br 0))))` },
  {
    name: "loops in loops, the innermost of few turns",
    framesMax: 1,
    text: `(module (func (export "run") (local i32 i32 i32) (loop
      ${shortLoop("0", 3, shortLoop("1", 3, shortLoop("2", 3, "")))} (br 0))))`,
  },
  {
    name: "recursion",
    framesMax: 64,
    text: `(module (func $fib (export "run") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const -50)) (then (i32.const 1)) (else
        (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2))))))))`,
  },
  {
    name: "recursion of two functions through a table",
    framesMax: 64,
    text: `(module (type $t (func (param i32))) (table funcref (elem $a $b))
      (func $a (type $t) (if (local.get 0) (then
        (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1))
        (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))))
      (func $b (type $t) (if (local.get 0) (then
        (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
        (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
      (func (export "run") (call $a (i32.const 60))))`,
  },
  {
    name: "recursion through references",
    framesMax: 64,
    text: `(module (rec (type $t (func (param i32 (ref $t))))) (elem declare func $a)
      (func $a (type $t) (if (local.get 0) (then
        (call_ref $t (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 1))
        (call_ref $t (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 1)))))
      (func (export "run") (call $a (i32.const 60) (ref.func $a))))`,
  },
  {
    name: "a circle of tail calls",
    framesMax: 2,
    text: `(module (func $a (return_call $b)) (func $b (return_call $c)) (func $c (return_call $a))
      (func (export "run") (call $a)))`,
  },
  {
    name: "a circle in which one function works and another one pays",
    framesMax: 2,
    text: `(module (func $a ${"(nop)".repeat(240)} (return_call $b)) (func $b (return_call $a))
      (func (export "run") (call $a)))`,
  },
  {
    name: "recursion in which the calls that end do the work",
    framesMax: 64,
    text: `(module (func $f (param i32)
      (if (i32.eqz (local.get 0)) (then ${"(nop)".repeat(240)} (return)))
      (call $f (i32.sub (local.get 0) (i32.const 1)))
      (call $f (i32.sub (local.get 0) (i32.const 1))))
      (func (export "run") (call $f (i32.const 60))))`,
  },
  {
    name: "a circle of tail calls through a table",
    framesMax: 2,
    text: `(module (table funcref (elem $a $b))
      (func $a (return_call_indirect (i32.const 1))) (func $b (return_call_indirect (i32.const 0)))
      (func (export "run") (call $a)))`,
  },
  {
    name: "a circle of tail calls through references",
    framesMax: 2,
    text: `(module (type $t (func)) (elem declare func $a $b)
      (func $a (return_call_ref $t (ref.func $b))) (func $b (return_call_ref $t (ref.func $a)))
      (func (export "run") (call $a)))`,
  },
  {
    name: "an exponential number of calls without recursion",
    framesMax: 42,
    text: exponentialCalls(40),
  },
  {
    name: "100,000 instructions without a branch, called in a loop",
    framesMax: 2,
    text: `(module (func $long (local i32) ${repeatedText(25_000, () => add)})
      (func (export "run") (loop (call $long) (br 0))))`,
  },
  {
    name: "a storm of br_table in a loop",
    framesMax: 1,
    text: `(module (func (export "run") (local i32) (loop $again
      (block $a (block $b (block $c (block $d
        (br_table $a $b $c $d $again (local.tee 0
          (i32.rem_u (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 7)) (i32.const 6)))))
        ${add.repeat(9)}) ${add.repeat(30)} (br $again)) ${add}) (br $again))))`,
  },
  {
    name: "exceptions caught in a circle",
    framesMax: 3,
    text: `(module (tag $e) (func $throw (throw $e)) (func $again
      (block $h (try_table (catch $e $h) (call $throw))) (return_call $again))
      (func (export "run") (call $again)))`,
  },
  {
    name: "exceptions caught and thrown on",
    framesMax: 50,
    text: `(module (tag $e) (func $deep (param i32)
      (if (i32.eqz (local.get 0)) (then (throw $e)))
      (block $h (result exnref) (try_table (catch_all_ref $h)
        (call $deep (i32.sub (local.get 0) (i32.const 1)))) (unreachable)) (throw_ref))
      (func (export "run") (loop
        (block $h (try_table (catch $e $h) (call $deep (i32.const 40)))) (br 0))))`,
  },
  {
    name: "exceptions of the older kind, caught and thrown on",
    framesMax: 50,
    text: `(module (tag $e) (func $deep (param i32)
        local.get 0 i32.eqz if throw $e end
        try local.get 0 i32.const 1 i32.sub call $deep catch $e rethrow 0 catch_all rethrow 0 end)
      (func (export "run")
        loop try try i32.const 40 call $deep delegate 0 catch_all end br 0 end))`,
  },
  {
    name: "handlers in handlers, thousands deep",
    framesMax: 1,
    ticks: 5,
    text: someTurns(
      `${"block try_table (catch_all 0) ".repeat(6000)} nop ${"end end ".repeat(6000)}`,
    ),
  },
  {
    name: "handlers of the older kind in handlers, thousands deep",
    framesMax: 1,
    ticks: 5,
    text: someTurns(`${"try ".repeat(6000)} nop ${"catch_all nop end ".repeat(6000)}`),
  },
  {
    name: "deep recursion that has paid in advance for the way back",
    framesMax: 1002,
    ticks: 1500,
    text: `(module (func $deep (param i32)
      (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      ${repeatedText(480, () => add)})
      (func (export "run") (loop (call $deep (i32.const 1000)) (br 0))))`,
  },
  {
    name: "functions with loops of few turns, called in a loop",
    framesMax: 3,
    text: `(module (func $few (local i32) ${shortLoop("0", 20, "(nop)")})
      (func $both (call $few) (call $few))
      (func (export "run") (loop (call $both) (call $few) (br 0))))`,
  },
  {
    name: "catch_all that swallows whatever comes",
    framesMax: 2,
    text: `(module (func $spin (loop (br 0))) (func (export "run") (loop $again
      (block $h (try_table (catch_all $h) (call $spin))) (br $again))))`,
  },
  {
    name: "catch_all of the older kind that swallows whatever comes",
    framesMax: 2,
    text: `(module (func $spin (loop (br 0))) (func (export "run")
      loop try call $spin catch_all end br 0 end))`,
  },
  {
    name: "stores that never find their page marked",
    framesMax: 1,
    text: `(module (memory 8) (func (export "run") (param i32 i32) (loop
      (i32.store (local.get 0) (local.get 1)) (i32.store (i32.add (local.get 0) (local.get 1)) (i32.const 1))
      (i32.store (local.get 1) (i32.load (local.get 0)))
      (local.set 0 (i32.xor (local.get 0) (i32.const 0x3000)))
      (local.set 1 (i32.xor (local.get 1) (i32.const 0x5000))) (br 0))))`,
  },
  {
    name: "a start function that never ends",
    framesMax: 1,
    text: `(module (start $s) (func $s (loop (br 0))))`,
  },
];

/** Bulk operations: few instructions, each of which takes long. */
export const bulkGuests: readonly AdversarialGuest[] = [
  {
    name: "memory.fill of 128 MiB",
    framesMax: 1,
    text: `(module (memory 2048) (func (export "run") (loop
      (memory.fill (i32.const 0) (i32.const 7) (i32.const 134217728)) (br 0))))`,
  },
  {
    name: "memory.copy of 127 MiB upwards and downwards",
    framesMax: 1,
    text: `(module (memory 2048) (func (export "run") (loop
      (memory.copy (i32.const 0) (i32.const 1048576) (i32.const 133169152))
      (memory.copy (i32.const 1048576) (i32.const 0) (i32.const 133169152)) (br 0))))`,
  },
  {
    name: "memory.init of 1 MiB",
    framesMax: 1,
    text: `(module (memory 17) (data $d "${"x".repeat(2 ** 20)}") (func (export "run") (loop
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1048576)) (br 0))))`,
  },
  {
    name: "table.fill of 10,000,000 elements",
    framesMax: 1,
    text: `(module (table $t 10000000 externref) (func (export "run") (loop
      (table.fill $t (i32.const 0) (ref.null extern) (i32.const 10000000)) (br 0))))`,
  },
  {
    name: "table.copy of 1,000,000 elements",
    framesMax: 1,
    text: `(module (table $t 1000001 externref) (func (export "run") (loop
      (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1000000))
      (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 1000000)) (br 0))))`,
  },
  {
    name: "array.fill of 1,000,000 elements",
    framesMax: 1,
    text: `(module (type $a (array (mut i8))) (func (export "run") (local (ref null $a))
      (local.set 0 (array.new_default $a (i32.const 1000000))) (loop
      (array.fill $a (local.get 0) (i32.const 0) (i32.const 1) (i32.const 1000000)) (br 0))))`,
  },
  {
    name: "bulk operations of no length",
    framesMax: 1,
    text: `(module (memory 3) (table $t 1 externref) (func (export "run") (loop
      (memory.fill (i32.const 0) (i32.const 7) (i32.const 0))
      (memory.copy (i32.const 0) (i32.const 7) (i32.const 0))
      (table.fill $t (i32.const 0) (ref.null extern) (i32.const 0))
      (drop (memory.grow (i32.const 0))) (br 0))))`,
  },
];

/**
 * Guests that do harm on purpose. Each says what it tries and how it is answered; none may be felt by a neighbour.
 *
 * The bodies below stand in `_start` of the module that `moduleOf` makes around them. `$say` writes a response
 * that is whole; what a guest says after an attack proves that it was still there.
 */

/** What a client gets: a status and a body, or a connection that breaks. */
export type Answer =
  | { readonly status: number; readonly body?: RegExp }
  | "broken or refused";

/** An attack. */
export interface Attack {
  readonly tries: string;
  readonly answer: Answer;
  /** What stands in `_start`. */
  readonly body: string;
  /** What stands beside it in the module. */
  readonly fields?: string;
  /** Sent with each of its requests. */
  readonly request?: { readonly method?: string; readonly sends?: string };
}

const outOfTime: Answer = { status: 504 };
const failed: Answer = { status: 500 };
const whole: Answer = { status: 200, body: /^fresh$/ };

/** Spins for ever; in a function of its own so that it can be called from anywhere. */
const spin = `(func $spin (loop $again (br $again)))`;

/** Leaves a value where the next request would find it, and says whether it found one itself. */
const finds = (read: string, write: string) =>
  `(if ${read} (then (call $say_stale)) (else (call $say))) ${write}`;

/** Computing. */
const computing: Record<string, Attack> = {
  "endless-loop": {
    tries: "to hold the thread by computing for ever",
    answer: outOfTime,
    body: "(call $spin)",
    fields: spin,
  },
  "swallows-its-end": {
    tries: "to catch its own end, again and again",
    answer: outOfTime,
    body: `(loop $again (block $caught (try_table (catch_all $caught) (call $spin))) (br $again))`,
    fields: spin,
  },
  "rethrows-in-circles": {
    tries: "to compute between two handlers, where no loop is",
    answer: outOfTime,
    body: `(loop $again
      (block $caught (try_table (catch_all $caught) (throw $error))) (br $again))`,
    fields: "(tag $error)",
  },
  "endless-recursion": {
    tries: "to run out of stack",
    answer: failed,
    body: "(call $deep (i64.const 0))",
    fields: `(func $deep (param i64) (call $deep (i64.add (local.get 0) (i64.const 1))))`,
  },
  "recursion-that-catches": {
    tries: "to run out of stack, catch that, and go on",
    answer: failed,
    body: `(loop $again
      (block $caught (try_table (catch_all $caught) (call $deep (i64.const 0)))) (br $again))`,
    fields: `(func $deep (param i64) (call $deep (i64.add (local.get 0) (i64.const 1))))`,
  },
  "exponential-calls": {
    tries: "to compute for ever without a loop or a circle of calls",
    answer: outOfTime,
    body: "(call $f40)",
    fields: `(func $f0) ${
      Array.from({ length: 40 }, (_, n) => `(func $f${n + 1} ${`(call $f${n})`.repeat(4)})`).join(
        "\n",
      )
    }`,
  },
  "tail-calls": {
    tries: "to call on and on without a stack that grows",
    answer: outOfTime,
    body: "(call $ping)",
    fields: `(func $ping (return_call $pong)) (func $pong (return_call $ping))`,
  },
  "indirect-recursion": {
    tries: "to recurse through a table, where no call is named",
    answer: outOfTime,
    body: `(call_indirect $t (type $none) (i32.const 0))`,
    fields: `(type $none (func)) (table $t 1 funcref) (elem (table $t) (i32.const 0) func $again)
      (func $again (return_call_indirect $t (type $none) (i32.const 0)))`,
  },
  "branch-tables": {
    tries: "to jump about in a table of a thousand branches",
    answer: outOfTime,
    body: `(local $n i32) (loop $again (local.set $n (i32.add (local.get $n) (i32.const 7)))
      (br_table ${"$again ".repeat(1000)} (i32.and (local.get $n) (i32.const 1023))))`,
  },
};

/** Memory and tables. */
const memory: Record<string, Attack> = {
  "grows-for-ever": {
    tries: "to take all memory, and then to compute",
    answer: outOfTime,
    body: `(loop $again (drop (memory.grow (i32.const 1))) (br $again))`,
  },
  "grows-and-writes": {
    tries: "to make every page that it can get a real one",
    answer: whole,
    body: `(local $at i32)
      (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (loop $next (i32.store (local.get $at) (i32.const 1))
        (local.set $at (i32.add (local.get $at) (i32.const 4096)))
        (br_if $next (i32.lt_u (local.get $at) (i32.shl (memory.size) (i32.const 16)))))
      (call $say)`,
  },
  "asks-for-everything": {
    tries: "to grow by all that a number can say",
    answer: whole,
    body:
      `(if (i32.ne (memory.grow (i32.const -1)) (i32.const -1)) (then unreachable)) (call $say)`,
  },
  "fills-without-end": {
    tries: "to hold the thread in single instructions over all of memory",
    answer: outOfTime,
    body: `(drop (memory.grow (i32.const 200)))
      (loop $again (memory.fill (i32.const 0) (i32.const 1) (i32.shl (memory.size) (i32.const 16)))
        (br $again))`,
  },
  "copies-without-end": {
    tries: "to hold the thread in copies onto themselves",
    answer: outOfTime,
    body: `(drop (memory.grow (i32.const 200)))
      (loop $again (memory.copy (i32.const 1) (i32.const 0)
        (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1))) (br $again))`,
  },
  "four-gibibytes": {
    tries: "to fill 4 GiB in one instruction",
    answer: failed,
    body: "(memory.fill (i32.const 0) (i32.const 1) (i32.const -1))",
  },
  "grows-a-table": {
    tries: "to take memory by a table, without end",
    answer: outOfTime,
    body: `(loop $again (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $again))`,
    fields: "(table $t 0 funcref)",
  },
  "fills-a-table": {
    tries: "to hold the thread in single instructions over a table",
    answer: outOfTime,
    body: `(drop (table.grow $t (ref.null func) (i32.const 100000)))
      (loop $again (table.fill $t (i32.const 0) (ref.null func) (table.size $t)) (br $again))`,
    fields: "(table $t 0 funcref)",
  },
};

/** The host's functions. */
const hostCalls: Record<string, Attack> = {
  "asks-the-time": {
    tries: "to hold the thread in calls of the host that are over at once",
    answer: outOfTime,
    body:
      `(loop $again (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 64))) (br $again))`,
  },
  "yields-for-ever": {
    tries: "to be on the thread again and again, by giving it up",
    answer: outOfTime,
    body: "(loop $again (drop (call $yield)) (br $again))",
  },
  "random-flood": {
    tries: "to have the host make random bytes without end",
    answer: outOfTime,
    body: `(drop (memory.grow (i32.const 100)))
      (loop $again (drop (call $random (i32.const 4096) (i32.const 4000000))) (br $again))`,
  },
  "sleeps": {
    tries: "to keep a sandbox by sleeping for a day",
    answer: outOfTime,
    body: "(call $sleep (i64.const 86400000000000)) (call $say)",
  },
  "polls-in-a-loop": {
    tries: "to wake up at once, for ever",
    answer: outOfTime,
    body: "(loop $again (call $sleep (i64.const 0)) (br $again))",
  },
  "log-flood": {
    tries: "to fill the server's log",
    answer: outOfTime,
    body:
      `(loop $again (call $write (i32.const 2) (i32.const 1024) (i32.const 60000)) (br $again))`,
  },
  "endless-head": {
    tries: "to have the server keep a head that never ends",
    answer: { status: 502 },
    body: `(memory.fill (i32.const 1024) (i32.const 97) (i32.const 60000))
      (loop $again (call $write (i32.const 1) (i32.const 1024) (i32.const 60000)) (br $again))`,
  },
  "endless-body": {
    tries: "to send without end to a client that reads",
    answer: "broken or refused",
    body: `(call $say) (loop $again (call $write (i32.const 1) (i32.const 1024) (i32.const 60000))
      (br $again))`,
  },
  "splits-the-response": {
    tries: "to put a second response into its head",
    answer: { status: 502 },
    body: "(call $write (i32.const 1) (i32.const 768) (i32.const 58))",
    fields:
      `(data (i32.const 768) "X-A: b\\0d\\00\\0aContent-Type: a\\0d\\0a\\0d\\0aHTTP/1.1 200 OK\\0d\\0a\\0d\\0aevil!")`,
  },
  "pointers-outside": {
    tries: "to have the host read and write outside of its memory",
    answer: whole,
    body: `(i32.store (i32.const 0) (i32.const -8)) (i32.store (i32.const 4) (i32.const 4096))
      (if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (then unreachable))
      (if (i32.eqz (call $fd_write (i32.const 1) (i32.const -4) (i32.const 1) (i32.const 8)))
        (then unreachable))
      (if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 8)))
        (then unreachable))
      (if (i32.eqz (call $random (i32.const -1) (i32.const 2))) (then unreachable))
      (call $say)`,
  },
  "closes-its-streams": {
    tries: "to close what it was given, and to write all the same",
    answer: { status: 502 },
    body: `(drop (call $fd_close (i32.const 1))) (drop (call $fd_close (i32.const 0)))
      (drop (call $fd_close (i32.const 1))) (call $say)`,
  },
  "leaves-the-directory": {
    tries: "to read the machine's files from its private directory",
    answer: whole,
    body:
      `(if (i32.eqz (call $open (i32.const 800) (i32.const 19) (i32.const 0))) (then unreachable))
      (if (i32.eqz (call $open (i32.const 805) (i32.const 14) (i32.const 0))) (then unreachable))
      (call $say)`,
    fields: `(data (i32.const 800) "../../../etc/passwd")`,
  },
  "fills-its-directory": {
    tries: "to make files without end",
    answer: outOfTime,
    body: `(local $n i32) (loop $again
      (i32.store (i32.const 900) (i32.or (i32.const 0x41414141) (i32.and (local.get $n) (i32.const 0x1f1f1f1f))))
      (i32.store (i32.const 904) (i32.or (i32.const 0x41414141)
        (i32.and (i32.shr_u (local.get $n) (i32.const 5)) (i32.const 0x1f1f1f1f))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (drop (call $open (i32.const 900) (i32.const 8) (i32.const 1))) (br $again))`,
  },
  "writes-a-large-file": {
    tries: "to take the server's memory by a file that grows without end",
    answer: outOfTime,
    body: `(drop (call $open (i32.const 900) (i32.const 4) (i32.const 1)))
      (loop $again (call $write (i32.load (i32.const 700)) (i32.const 1024) (i32.const 60000)) (br $again))`,
    fields: `(data (i32.const 900) "file")`,
  },
  "exits-and-goes-on": {
    tries: "to catch its own exit",
    answer: failed,
    body: `(block $caught (try_table (catch_all $caught) (call $exit (i32.const 7)))) (call $say)`,
  },
};

/** Leaving something behind for the next request, which may be another client's. */
const carryOver: Record<string, Attack> = {
  "secret-in-memory": {
    tries: "to leave a value in memory",
    answer: whole,
    body: finds("(i32.load (i32.const 30000))", "(i32.store (i32.const 30000) (i32.const 42))"),
  },
  "secret-across-pages": {
    tries: "to leave a value where a store straddles two pages",
    answer: whole,
    body: finds("(i32.load8_u (i32.const 32769))", "(i64.store (i32.const 32762) (i64.const -1))"),
  },
  "secret-by-the-host": {
    tries: "to leave random bytes that the host wrote",
    answer: whole,
    body: finds(
      "(i64.ne (i64.load (i32.const 40000)) (i64.const 0))",
      "(drop (call $random (i32.const 40000) (i32.const 8)))",
    ),
  },
  "secret-in-a-global": {
    tries: "to leave a value in a global",
    answer: whole,
    body: finds("(global.get $g)", "(global.set $g (i32.const 1))"),
    fields: "(global $g (mut i32) (i32.const 0))",
  },
  "secret-in-a-table": {
    tries: "to leave a function in a table",
    answer: whole,
    body: finds(
      "(i32.eqz (ref.is_null (table.get $t (i32.const 0))))",
      "(table.set $t (i32.const 0) (ref.func $say))",
    ),
    fields: "(table $t 1 funcref) (elem declare func $say)",
  },
  "secret-in-grown-memory": {
    tries: "to leave a value in memory that it grew",
    answer: whole,
    body: `(if (i32.ne (memory.size) (i32.const 2)) (then (call $say_stale) (return)))
      (drop (memory.grow (i32.const 3)))
      ${finds("(i32.load (i32.const 200000))", "(i32.store (i32.const 200000) (i32.const 1))")}`,
  },
  "secret-in-a-grown-table": {
    tries: "to leave a function in a table that it grew",
    answer: whole,
    body: `(if (i32.ne (table.size $t) (i32.const 1)) (then (call $say_stale) (return)))
      (drop (table.grow $t (ref.func $say) (i32.const 9))) (call $say)`,
    fields: "(table $t 1 funcref) (elem declare func $say)",
  },
  "secret-in-a-segment": {
    tries: "to drop a segment that the next request needs",
    answer: whole,
    body:
      `(memory.init $d (i32.const 50000) (i32.const 0) (i32.const 1)) (data.drop $d) (call $say)`,
    fields: `(data $d "x")`,
  },
  "secret-in-a-file": {
    tries: "to leave a file in its private directory",
    answer: whole,
    body: finds(
      "(i32.eqz (call $open (i32.const 900) (i32.const 4) (i32.const 0)))",
      "(drop (call $open (i32.const 900) (i32.const 4) (i32.const 1)))",
    ),
    fields: `(data (i32.const 900) "file")`,
  },
  "secret-before-a-trap": {
    tries: "to leave a value and then to trap, so that nobody cleans up",
    answer: failed,
    body: `(if (i32.load (i32.const 30000)) (then (call $say_stale) (return)))
      (i32.store (i32.const 30000) (i32.const 42)) unreachable`,
  },
  "secret-before-its-end": {
    tries: "to leave a value and then to be ended while it computes",
    answer: outOfTime,
    body: `(if (i32.load (i32.const 30000)) (then (call $say_stale) (return)))
      (loop $again (i32.store (i32.const 30000) (i32.const 42)) (br $again))`,
  },
  "secret-while-it-waits": {
    tries: "to leave a value and then to be ended while it waits for the client",
    answer: outOfTime,
    body: `(if (i32.load (i32.const 30000)) (then (call $say_stale) (return)))
      (i32.store (i32.const 30000) (i32.const 42)) (call $sleep (i64.const 86400000000000))`,
  },
};

/** All of them, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  ...computing,
  ...memory,
  ...hostCalls,
  ...carryOver,
};

const head = "Content-Type: text/plain\\n\\n";

/** The module of an attack. Memory: 0–99 for calls, 100 the responses, 600–999 the attack's, from 1024 free. */
export function moduleOf({ body, fields = "" }: Attack): string {
  return `(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (data (i32.const 100) "${head}fresh") (data (i32.const 200) "${head}stale")
    (func $write (param $fd i32) (param $at i32) (param $length i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
      (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func $say (call $write (i32.const 1) (i32.const 100) (i32.const 31)))
    (func $say_stale (call $write (i32.const 1) (i32.const 200) (i32.const 31)))
    ;; opens a path in the first directory that it was given; oflags 1 makes the file; the descriptor is at 700
    (func $open (param $at i32) (param $length i32) (param $oflags i32) (result i32)
      (call $path_open (i32.const 3) (i32.const 0) (local.get $at) (local.get $length)
        (local.get $oflags) (i64.const 0x66) (i64.const 0) (i32.const 0) (i32.const 700)))
    (func $sleep (param $ns i64)
      (i64.store (i32.const 600) (i64.const 0)) (i64.store (i32.const 608) (i64.const 0))
      (i32.store (i32.const 616) (i32.const 1)) (i64.store (i32.const 624) (local.get $ns))
      (i64.store (i32.const 632) (i64.const 0)) (i64.store (i32.const 640) (i64.const 0))
      (drop (call $poll (i32.const 600) (i32.const 960) (i32.const 1) (i32.const 996))))
    ${fields}
    (func (export "_start") ${body}))`;
}

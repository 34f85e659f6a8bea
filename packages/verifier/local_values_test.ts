import assert from "node:assert/strict";
import fc from "fast-check";
import { ControlStack, frame } from "./control_stack.ts";
import { LocalValues } from "./local_values.ts";
import { LoopAssignments } from "./loop_assignments.ts";
import { ValueNumbers } from "./value_numbers.ts";

/** Code of nested blocks that set and get three locals; `leave` is a branch that may or may not be taken. */
type Piece =
  | { readonly kind: "set"; readonly local: number }
  | { readonly kind: "get"; readonly local: number }
  | { readonly kind: "leave"; readonly label: number }
  | { readonly kind: "block"; readonly body: readonly Piece[] }
  | { readonly kind: "loop"; readonly body: readonly Piece[] }
  | { readonly kind: "if"; readonly body: readonly Piece[]; readonly other: readonly Piece[] };

const { pieces } = fc.letrec<{ pieces: Piece[]; piece: Piece }>((tie) => ({
  pieces: fc.array(tie("piece"), { maxLength: 5 }),
  piece: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("set" as const), local: fc.nat(2) }),
    fc.record({ kind: fc.constant("get" as const), local: fc.nat(2) }),
    fc.record({ kind: fc.constant("leave" as const), label: fc.nat(3) }),
    fc.record({ kind: fc.constant("block" as const), body: tie("pieces") }),
    fc.record({ kind: fc.constant("loop" as const), body: tie("pieces") }),
    fc.record({ kind: fc.constant("if" as const), body: tie("pieces"), other: tie("pieces") }),
  ),
}));

function bytesOf(body: readonly Piece[]): number[] {
  return body.flatMap((piece) => {
    switch (piece.kind) {
      case "set":
        return [0x41, 0, 0x21, piece.local];
      case "get":
        return [0x20, piece.local, 0x1a];
      case "leave":
        return [0x41, 0, 0x0d, piece.label];
      case "if":
        return [0x41, 0, 0x04, 0x40, ...bytesOf(piece.body), 0x05, ...bytesOf(piece.other), 0x0b];
      default:
        return [piece.kind === "loop" ? 0x03 : 0x02, 0x40, ...bytesOf(piece.body), 0x0b];
    }
  });
}

function assignedIn(body: readonly Piece[]): Set<number> {
  return new Set(body.flatMap((piece) => {
    if (piece.kind === "set") return [piece.local];
    if (piece.kind === "get" || piece.kind === "leave") return [];
    return [...assignedIn(piece.body), ...(piece.kind === "if" ? assignedIn(piece.other) : [])];
  }));
}

/** The document's rule, followed to the letter: every local is renewed wherever it says. */
function readsByTheRule(body: readonly Piece[]): number[] {
  let next = 3;
  let now = 0;
  const values = [0, 1, 2];
  const assignedAt = [0, 0, 0];
  const reads: number[] = [];
  /** When the end of each open block was first branched to; loops have none. */
  const firstBranch: { at: number; readonly loop: boolean }[] = [];
  const renew = (locals: Iterable<number>): void => {
    for (const local of locals) {
      values[local] = next++;
      assignedAt[local] = ++now;
    }
  };
  const reach = (label: number): void => {
    const block = firstBranch.at(-1 - label);
    if (block !== undefined) block.at = Math.min(block.at, now);
  };
  const run = (list: readonly Piece[]): void => {
    for (const piece of list) {
      if (piece.kind === "set") renew([piece.local]);
      else if (piece.kind === "get") reads.push(values[piece.local] ?? -1);
      else if (piece.kind === "leave") reach(piece.label);
      else {
        if (piece.kind === "loop") renew(assignedIn(piece.body));
        firstBranch.push({ at: Infinity, loop: piece.kind === "loop" });
        run(piece.body);
        if (piece.kind === "if") {
          reach(0);
          renew(assignedIn(piece.body));
          run(piece.other);
        }
        const block = firstBranch.pop();
        if (block === undefined || block.loop) continue;
        renew([0, 1, 2].filter((local) => (assignedAt[local] ?? 0) > block.at));
      }
    }
  };
  run(body);
  return reads;
}

/** The values that the lazy bookkeeping finds. */
function readsByBookkeeping(body: readonly Piece[]): number[] {
  const bytes = Uint8Array.from([...bytesOf(body), 0x0b]);
  const control = new ControlStack();
  const numbers = new ValueNumbers();
  const values = new LocalValues(control, numbers, new LoopAssignments(bytes));
  const reads: number[] = [];
  let at = 0;
  const close = (): void => {
    control.close(at);
    values.meet();
    at += 1;
  };
  const run = (list: readonly Piece[]): void => {
    for (const piece of list) {
      if (piece.kind === "set") {
        values.set(piece.local, 0, 0, at + 2);
        at += 4;
      } else if (piece.kind === "get") {
        values.read(piece.local, at);
        reads.push(values.base[piece.local] ?? -1);
        at += 3;
      } else if (piece.kind === "leave") {
        if (control.depth - piece.label > 0) control.reach(control.depth - piece.label, at + 2);
        at += 4;
      } else {
        if (piece.kind === "if") at += 2;
        control.open(frame[piece.kind], at, 0, 0, 0);
        if (piece.kind === "loop") values.enterLoop(at, at + 2, bytes.length);
        at += 2;
        run(piece.body);
        if (piece.kind === "loop") values.leaveLoop();
        if (piece.kind === "if") {
          control.reach(control.depth, at);
          control.beginArm(at);
          values.meet();
          at += 1;
          run(piece.other);
        }
        close();
      }
    }
  };
  values.clear();
  numbers.clear();
  control.open(frame.function, 0, 0, 0, 0);
  run(body);
  return reads;
}

/** Which reads are of one value: the same list of numbers in the order in which they first occur. */
function partition(reads: readonly number[]): number[] {
  const first = new Map<number, number>();
  return reads.map((value) => {
    if (!first.has(value)) first.set(value, first.size);
    return first.get(value) ?? -1;
  });
}

Deno.test("two reads of locals have one value exactly where the document says so", () => {
  let reads = 0;
  fc.assert(
    fc.property(pieces, (body) => {
      const expected = partition(readsByTheRule(body));
      reads += expected.length;
      assert.deepEqual(partition(readsByBookkeeping(body)), expected);
    }),
    { numRuns: 20_000, seed: 11 },
  );
  assert.ok(reads > 20_000, `${reads} reads`);
});

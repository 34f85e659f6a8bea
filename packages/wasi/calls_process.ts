/** Arguments, environment, chance, and the end of the process. */

import { fail } from "@skerry/base";
import { immediate } from "@skerry/sandbox";
import { call, waitingCall, type WasiGuest } from "./call.ts";
import type { WasiContext } from "./context.ts";
import type { StringBlock } from "./string_block.ts";

/** How many random bytes are made before others may have their turn. */
const randomPieceBytes = 65_536;

export const argsGet = call(["i32", "i32"], (guest, pointers, buffer) => {
  writeStrings(guest, guest.state.args, pointers, buffer);
});

export const argsSizesGet = call(["i32", "i32"], (guest, count, bytes) => {
  writeSizes(guest, guest.state.args, count, bytes);
});

export const environGet = call(["i32", "i32"], (guest, pointers, buffer) => {
  writeStrings(guest, guest.state.environ, pointers, buffer);
});

export const environSizesGet = call(["i32", "i32"], (guest, count, bytes) => {
  writeSizes(guest, guest.state.environ, count, bytes);
});

export const randomGet = waitingCall(["i32", "i32"], (guest, buffer, length) => {
  guest.memory.check(buffer, length);
  return fillRandom(guest, buffer >>> 0, (buffer >>> 0) + (length >>> 0));
});

/** Fills memory piece by piece, so that others have their turn where there is much of it. */
function fillRandom(guest: WasiGuest, start: number, end: number): void | Promise<void> {
  for (let at = start; at < end;) {
    const length = Math.min(end - at, randomPieceBytes);
    guest.memory.writeWith(at, length, (bytes) => guest.state.random.fill(bytes));
    at += length;
    const turn = guest.turn();
    if (turn !== undefined) return turn.then(() => fillRandom(guest, at, end));
  }
}

export const procExit = immediate<WasiContext, ["i32"], []>(["i32"], [], (guest, code) => {
  guest.exit(code);
});

/**
 * What a signal does to a process that does not handle it (`$signal` of typenames.witx); a guest has no way to. One
 * that stops a process is ENOTSUP, for nobody could continue it. wasmtime answers every signal with ENOTSUP.
 */
export const procRaise = call(["i32"], (guest, signal) => {
  if (signal >>> 0 > signals.last) fail("EINVAL");
  if (signals.stopping.includes(signal)) fail("ENOTSUP");
  if (!signals.ignored.includes(signal)) guest.exit(128 + signal);
});

/** Signals by what they do; all others terminate. */
const signals = {
  // None, PIPE, CHLD, CONT, URG and WINCH.
  ignored: [0, 13, 16, 17, 22, 27] as readonly number[],
  // STOP, TSTP, TTIN and TTOU.
  stopping: [18, 19, 20, 21] as readonly number[],
  last: 30,
};

/** Lets everything else on this thread have a turn: a guest that spins on it starves nobody. */
export const schedYield = waitingCall([], ({ state, signal }) => state.clock.sleep(0, signal));

function writeSizes(
  { memory }: WasiGuest,
  block: StringBlock,
  count: number,
  bytes: number,
): void {
  memory.check(count, 4);
  memory.check(bytes, 4);
  memory.writeU32(count, block.starts.length);
  memory.writeU32(bytes, block.bytes.length);
}

function writeStrings(
  { memory }: WasiGuest,
  { bytes, starts }: StringBlock,
  pointers: number,
  buffer: number,
): void {
  memory.check(pointers, starts.length * 4);
  memory.write(buffer, bytes);
  for (const [index, start] of starts.entries()) {
    memory.writeU32((pointers >>> 0) + index * 4, (buffer >>> 0) + start);
  }
}

/** `poll_oneoff` of clocks, streams and files. All but clocks are ready at once, so that each of them is told. */

import assert from "node:assert/strict";
import { rights } from "../../rights.ts";
import type { ModelCalls, ModelState } from "./model_state.ts";

interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  readonly target: number;
  readonly flags: number;
}

/** What this call does. */
export function pollCalls(state: ModelState) {
  return {
    poll_oneoff: ([table, events, count, result]: [number, number, number, number]) => {
      state.room(result, 4);
      if (count === 0 || count >>> 0 > 1024) {
        state.reason("EINVAL");
        return () => {};
      }
      state.room(events, count * 32);
      state.room(table, count * 48);
      const wanted = state.memory.has(table, count * 48)
        ? Array.from({ length: count }, (_, index) => read(state, (table >>> 0) + index * 48))
        : [];
      for (const one of wanted) {
        const isClock = one.type === 0 && one.flags <= 1 && one.target <= 1;
        state.need(isClock || one.type === 1 || one.type === 2, "EINVAL");
      }
      return () => compare(state, wanted, events >>> 0, result >>> 0);
    },
  } satisfies Partial<ModelCalls>;
}

function read({ memory }: ModelState, at: number): Subscription {
  const bytes = memory.bytes(at, 48);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 48);
  return {
    userdata: view.getBigUint64(0, true),
    type: view.getUint8(8),
    target: view.getUint32(16, true),
    flags: view.getUint16(40, true),
  };
}

/** Events come in the order of the subscriptions; of clocks, only those that have run out. */
function compare(
  state: ModelState,
  wanted: readonly Subscription[],
  events: number,
  result: number,
): void {
  const { after } = state.memory;
  const count = after.getUint32(result, true);
  assert.ok(count > 0 && count <= wanted.length);
  const overlaps = result + 4 > events && result < events + count * 32;
  let told = 0;
  for (const one of overlaps ? [] : wanted) {
    const at = events + told * 32;
    const isNext = told < count && after.getBigUint64(at, true) === one.userdata &&
      after.getUint8(at + 10) === one.type;
    if (one.type === 0 && !isNext) continue;
    assert.ok(isNext, `what is ready is told: ${one.userdata}`);
    const [errno, bytes] = one.type === 0 ? [0, 0n] : report(state, one);
    assert.equal(after.getUint16(at + 8, true), errno, "the event's error");
    if (bytes !== undefined) assert.equal(after.getBigUint64(at + 16, true), bytes);
    told += 1;
  }
  if (!overlaps) assert.equal(told, count, "no event that nobody asked for");
  state.memory.takeOver(events, count * 32);
  state.memory.takeOver(result, 4);
}

/** What a descriptor tells: its error, and how many bytes, where that is not a stream's own business. */
function report(state: ModelState, { type, target }: Subscription): [number, bigint | undefined] {
  const [badf, notCapable] = [8, 76];
  const found = state.descriptors.get(target);
  const reads = type === 1;
  if (found === undefined || found.kind === "directory") return [badf, 0n];
  if (found.kind === (reads ? "output" : "input")) return [badf, 0n];
  const right = rights.pollFdReadwrite | (reads ? rights.fdRead : rights.fdWrite);
  if ((found.base & right) !== right) return [notCapable, 0n];
  if (found.kind !== "file" || !reads) return [0, undefined];
  return [0, BigInt(Math.max(0, found.node.size - found.position))];
}

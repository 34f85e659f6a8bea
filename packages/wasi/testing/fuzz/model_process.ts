/** Arguments, environment, clocks and chance. */

import type { ModelCalls, ModelState } from "./model_state.ts";

/** What these calls do. */
export function processCalls(state: ModelState) {
  return {
    args_get: ([pointers, buffer]: [number, number]) => {
      state.room(pointers, 8);
      state.room(buffer, 7);
      return () => {
        state.memory.write(buffer, new TextEncoder().encode("prog\0x\0"));
        state.memory.writeU32(pointers, buffer >>> 0);
        state.memory.writeU32((pointers >>> 0) + 4, (buffer >>> 0) + 5);
      };
    },
    args_sizes_get: (args: [number, number]) => two(state, args, [2, 7]),
    environ_get: ([pointers, buffer]: [number, number]) => {
      state.room(pointers, 4);
      state.room(buffer, 4);
      return () => {
        state.memory.write(buffer, new TextEncoder().encode("A=1\0"));
        state.memory.writeU32(pointers, buffer >>> 0);
      };
    },
    environ_sizes_get: (args: [number, number]) => two(state, args, [1, 4]),
    clock_res_get: ([id, result]: [number, number]) => {
      state.need(id === 0 || id === 1, "EINVAL");
      state.room(result, 8);
      return () => state.memory.writeU64(result, 1000n);
    },
    clock_time_get: ([id, , result]: [number, bigint, number]) => {
      state.need(id === 0 || id === 1, "EINVAL");
      state.room(result, 8);
      const sinceStart = 1_600_000_000_000_000_000n;
      return () => {
        const now = state.traits.nowNs();
        state.memory.writeU64(result, id === 0 ? now : now - sinceStart);
      };
    },
    random_get: ([buffer, length]: [number, number]) => {
      state.room(buffer, length);
      return () => {
        const bytes = Uint8Array.from({ length: length >>> 0 }, (_, index) => index & 255);
        state.memory.write(buffer, bytes);
      };
    },
    sched_yield: () => () => {},
  } satisfies Partial<ModelCalls>;
}

function two(
  state: ModelState,
  [one, two]: [number, number],
  values: [number, number],
): () => void {
  state.room(one, 4);
  state.room(two, 4);
  return () => {
    state.memory.writeU32(one, values[0]);
    state.memory.writeU32(two, values[1]);
  };
}

/** The guest as one interface's host functions see it, for one lease. */

import type { Channel } from "./channel.ts";
import type { GuestMemory } from "./guest_memory.ts";
import type { Guest } from "./host.ts";

/** What a handle asks its lease for. */
export interface HandleSource {
  readonly memory: () => GuestMemory;
  readonly signal: () => AbortSignal;
  readonly exit: (code: number) => never;
  readonly turn: () => Promise<void> | undefined;
  readonly ask: <Yielded, Resumed>(
    channel: Channel<Yielded, Resumed>,
    value: Yielded,
  ) => Promise<Resumed>;
}

/** A guest. What costs something to make is made when it is asked for. */
export class GuestHandle implements Guest<never> {
  readonly state: never;
  readonly #source: HandleSource;

  constructor(state: unknown, source: HandleSource) {
    this.state = state as never;
    this.#source = source;
  }

  get memory(): GuestMemory {
    return this.#source.memory();
  }

  get signal(): AbortSignal {
    return this.#source.signal();
  }

  exit(code: number): never {
    return this.#source.exit(code);
  }

  turn(): Promise<void> | undefined {
    return this.#source.turn();
  }

  yield<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed> {
    return this.#source.ask(channel, value);
  }
}

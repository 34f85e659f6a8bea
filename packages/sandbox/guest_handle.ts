/** The guest as one interface's host functions see it, for one lease. */

import type { Channel } from "./channel.ts";
import type { GuestMemory } from "./guest_memory.ts";
import type { Guest } from "./host.ts";

/** What a handle asks its run for. */
export interface HandleSource {
  guestMemory(): GuestMemory;
  guestSignal(): AbortSignal;
  exit(code: number): never;
  turnOfHostCall(): Promise<void> | undefined;
  ask<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed>;
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
    return this.#source.guestMemory();
  }

  get signal(): AbortSignal {
    return this.#source.guestSignal();
  }

  exit(code: number): never {
    return this.#source.exit(code);
  }

  turn(): Promise<void> | undefined {
    return this.#source.turnOfHostCall();
  }

  yield<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed> {
    return this.#source.ask(channel, value);
  }
}

/** A guest for tests: it calls interfaces' functions as compiled code would, through a memory of its own. */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Guest, GuestMemory, type HostBinding } from "@skerry/sandbox";

/** Bytes in the guest's memory, as calls take them. */
export type Slice = readonly [pointer: number, length: number];

export const none: Slice = [0, 0];

/** A guest. */
export class TestGuest {
  readonly memory = new GuestMemory(new WebAssembly.Memory({ initial: 64 }));
  readonly controller = new AbortController();
  /** How often it was asked whether others are to have their turn. */
  turns = 0;
  readonly #bindings: readonly HostBinding[];
  #free = 8;

  constructor(...bindings: HostBinding[]) {
    this.#bindings = bindings;
  }

  /** Calls a function with numbers, and pairs of them. */
  async call(name: string, ...args: (number | bigint | Slice)[]): Promise<number> {
    const binding = this.#bindings.find((one) => Object.hasOwn(one.interface.functions, name));
    const declared = binding?.interface.functions[name];
    if (declared === undefined) throw new Error(`there is no function ${name}`);
    const flat = args.flat();
    if (flat.length !== declared.params.length) throw new Error(`${name} takes other arguments`);
    const call = declared.call as (...args: unknown[]) => number | Promise<number>;
    return await call(this.#guest(binding?.state), ...flat);
  }

  #guest(state: unknown): Guest<unknown> {
    return {
      ...{ state, memory: this.memory, signal: this.controller.signal },
      exit: (code) => {
        throw new Error(`exit ${code}`);
      },
      turn: () => void (this.turns += 1),
      yield: () => Promise.reject(new Error("nobody steps this guest")),
    };
  }

  /** Room in memory. */
  room(bytes: number): Slice {
    const pointer = this.#free;
    this.#free = (pointer + bytes + 7) & ~7;
    return [pointer, bytes];
  }

  /** A text, or bytes, in memory. */
  put(content: string | Uint8Array): Slice {
    const bytes = typeof content === "string" ? encodeUtf8(content) : content;
    const slice = this.room(bytes.length);
    this.memory.write(slice[0], bytes);
    return slice;
  }

  /** What is there, as text. */
  text([pointer, length]: Slice): string {
    return decodeUtf8(this.memory.copy(pointer, length));
  }
}

/** Values and errors as texts, so that those of two instances can be compared. */

import { Exception } from "./engine_exceptions.ts";

/** Objects that the host hands out, each told by its own name. */
export class HostValues {
  readonly #names = new Map<unknown, string>();
  readonly #values: readonly unknown[];

  constructor() {
    const first = { host: "first" };
    const second = { host: "second" };
    this.#values = [null, first, "a text", second, 7];
    this.#names.set(first, "host:first").set(second, "host:second");
  }

  /** A value, by any number. */
  value(number: number): unknown {
    return this.#values[Math.abs(number) % this.#values.length];
  }

  /** A text that says all of a value that can be seen from outside. */
  describe(value: unknown): string {
    switch (typeof value) {
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "bigint":
        return `${value}n`;
      case "string":
        return JSON.stringify(value);
      case "function":
        // V8 names a function of a module by its index there.
        return `function ${value.name}`;
      case "object":
        if (value === null) return "null";
        if (Array.isArray(value)) return `[${value.map((each) => this.describe(each)).join(", ")}]`;
        return this.#names.get(value) ?? describeObject(value);
      default:
        return String(value);
    }
  }
}

/** How a call ended, where it did not return. */
export function describeError(error: unknown): string {
  if (error instanceof Exception) return "a WebAssembly exception";
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return `thrown ${typeof error}`;
}

/** Whether the stack ran out, which happens earlier where frames are larger. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/.test(error.message);
}

function describeObject(value: object): string {
  if (value instanceof Exception) return "a WebAssembly exception";
  if (value instanceof Error) return describeError(value);
  return "an object";
}

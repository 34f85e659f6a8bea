/** References between a script and V8: the host's own values, and what a reference that comes back is. */

import { ByteWriter, emptyModule, encodeModule } from "@skerry/wasm";
import type { ObservedValue } from "./observation.ts";
import type { Argument } from "./wast_values.ts";

/** Hands out the host's values, and recognises them. */
export class References {
  readonly #hosts = new Map<number, object>();
  readonly #numbers = new WeakMap<object, number>();
  readonly #test: (value: unknown) => unknown = loadTest();

  /** A null, or the host's value of a number: the same one each time. */
  give(value: Exclude<Argument, { readonly kind: "number" }>): object | null {
    if (value.kind === "null") return null;
    const known = this.#hosts.get(value.number);
    if (known !== undefined) return known;
    const made = Object.freeze({ host: value.number });
    this.#hosts.set(value.number, made);
    this.#numbers.set(made, value.number);
    return made;
  }

  /** What a reference is that V8 gave to JavaScript. */
  observe(value: unknown): ObservedValue {
    if (value === null) return { kind: "null" };
    if (typeof value === "function") return { kind: "reference", of: "func" };
    if (typeof value === "number") return { kind: "i31", number: value };
    if (typeof value !== "object") return { kind: "reference", of: "extern" };
    const number = this.#numbers.get(value);
    if (number !== undefined) return { kind: "host", number };
    const code = this.#test(value);
    return { kind: "reference", of: code === 1 ? "struct" : code === 2 ? "array" : "extern" };
  }
}

/** `test`, an export from `(param anyref) (result i32)`: 1 for a struct, 2 for an array, otherwise 0. */
function loadTest(): (value: unknown) => unknown {
  const body = new ByteWriter().u8(0)
    // local.get 0, ref.test (ref struct), local.get 0, ref.test (ref array), i32.const 1, i32.shl, i32.or
    .raw(Uint8Array.of(0x20, 0, 0xfb, 0x14, 0x6b, 0x20, 0, 0xfb, 0x14, 0x6a, 0x41, 1, 0x74, 0x72))
    .u8(0x0b).toBytes();
  const module = new WebAssembly.Module(encodeModule({
    ...emptyModule,
    types: [{
      explicit: false,
      types: [{
        final: true,
        supertypes: [],
        composite: {
          kind: "function",
          params: [{ nullable: true, heap: "any" }],
          results: ["i32"],
        },
      }],
    }],
    functions: Uint32Array.of(0),
    exports: [{ name: "test", kind: "function", index: 0 }],
    code: { bytes: body, starts: Uint32Array.of(0), ends: Uint32Array.of(body.length) },
  }));
  const { test } = new WebAssembly.Instance(module).exports;
  return (value) => typeof test === "function" ? test(value) : undefined;
}

/** What came of one command: the values, or how it failed. Two runs agree where these are the same. */

import type { NumericType, ReferenceKind } from "./wast_values.ts";

/** A value that came back. */
export type ObservedValue =
  | { readonly kind: "number"; readonly type: NumericType; readonly bits: bigint }
  | { readonly kind: "null" }
  | { readonly kind: "host"; readonly number: number }
  | { readonly kind: "i31"; readonly number: number }
  | { readonly kind: "reference"; readonly of: ReferenceKind };

/** How a command ended. Messages are V8's own. */
export type Ending =
  | { readonly kind: "returned"; readonly values: readonly ObservedValue[] }
  | { readonly kind: "trapped"; readonly message: string }
  /** The stack's end was reached. */
  | { readonly kind: "exhausted" }
  /** A WebAssembly exception that nothing caught. */
  | { readonly kind: "threw" }
  /** Not a valid module. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "unlinkable"; readonly message: string }
  /** Nothing that a script could mean: the engine's limits, a value that cannot be expressed. */
  | { readonly kind: "failed"; readonly message: string }
  /** Not run: what it would act upon came from an earlier run, or does not exist. */
  | { readonly kind: "idle"; readonly reason: string };

/** What came of a command. */
export interface Observation {
  readonly ending: Ending;
  /** What the test host's functions were called with meanwhile. */
  readonly printed: readonly string[];
}

/** How a command ended that threw this. */
export function endingOf(error: unknown): Ending {
  if (isWasmException(error)) return { kind: "threw" };
  if (!(error instanceof Error)) return { kind: "failed", message: String(error) };
  const message = withoutPrefix(error.message);
  if (error instanceof WebAssembly.CompileError) return { kind: "refused", message };
  if (error instanceof WebAssembly.LinkError) return { kind: "unlinkable", message };
  if (error instanceof WebAssembly.RuntimeError) return { kind: "trapped", message };
  if (error instanceof RangeError && /call stack/.test(message)) return { kind: "exhausted" };
  // An import's module that does not exist is a TypeError (JavaScript API, read the imports).
  if (error instanceof TypeError && /^Import #/.test(message)) {
    return { kind: "unlinkable", message };
  }
  return { kind: "failed", message: `${error.name}: ${message}` };
}

/** In words. */
export function describeObservation({ ending, printed }: Observation): string {
  const prints = printed.length === 0 ? "" : `, and called ${printed.join(", ")}`;
  return describeEnding(ending) + prints;
}

/** A value in words. */
export function describeValue(value: ObservedValue): string {
  switch (value.kind) {
    case "number":
      return `${value.type} 0x${value.bits.toString(16)}`;
    case "null":
      return "null";
    case "host":
      return `host value ${value.number}`;
    case "i31":
      return `i31 ${value.number}`;
    case "reference":
      return `a reference (${value.of})`;
  }
}

function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case "returned":
      return `returned (${ending.values.map(describeValue).join(", ")})`;
    case "exhausted":
      return "exhausted the stack";
    case "threw":
      return "threw an exception";
    case "idle":
      return ending.reason;
    default:
      return `${ending.kind}: ${ending.message}`;
  }
}

/** TypeScript's library does not know `WebAssembly.Exception` yet. */
function isWasmException(error: unknown): boolean {
  const constructor: unknown = Reflect.get(WebAssembly, "Exception");
  return typeof constructor === "function" && error instanceof constructor;
}

/** Which function of the JavaScript API was called is the caller's choice, not the module's. */
function withoutPrefix(message: string): string {
  return message.replace(/^WebAssembly\.\w+\(\): /, "");
}

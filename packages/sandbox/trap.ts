/** From what V8 throws to what the specification calls it. Nothing else looks at engine messages. */

import { isGuestException } from "./engine.ts";
import type { TrapKind } from "./outcome.ts";

/** V8's trap messages (messages of `kTrap…` in V8's message templates) by how they end. */
const trapMessages: readonly (readonly [RegExp, TrapKind])[] = [
  [/unreachable$/, "unreachable"],
  [/(divide|remainder) by zero$/, "integer divide by zero"],
  [/divide result unrepresentable$/, "integer overflow"],
  [/float unrepresentable in integer range$/, "invalid conversion to integer"],
  [/memory access out of bounds$|data segment.* out of bounds/, "out of bounds memory access"],
  [/unaligned accesses$/, "unaligned atomic"],
  // V8 says the same of `table.get` and of an undefined element of `call_indirect`.
  [/table index is out of bounds$|element segment.* out of bounds/, "out of bounds table access"],
  [/null function$/, "uninitialized element"],
  [/function signature mismatch$/, "indirect call type mismatch"],
  [/dereferencing a null pointer$|rethrowing null value$/, "null reference"],
  [/illegal cast$/, "cast failure"],
  [/array element access out of bounds$|array is too large$/, "out of bounds array access"],
];

/** What an exception that left the guest means. */
export type Classified =
  | { readonly kind: "trap"; readonly trap: TrapKind; readonly message: string }
  | { readonly kind: "stack overflow" }
  | { readonly kind: "not the guest's" };

/** Classifies what a call into the guest threw. */
export function classify(thrown: unknown): Classified {
  if (isGuestException(thrown)) {
    return { kind: "trap", trap: "uncaught exception", message: "an exception was not caught" };
  }
  if (thrown instanceof RangeError && thrown.message.startsWith("Maximum call stack size")) {
    return { kind: "stack overflow" };
  }
  if (!(thrown instanceof WebAssembly.RuntimeError)) return { kind: "not the guest's" };
  const { message } = thrown;
  const trap = trapMessages.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
  return { kind: "trap", trap, message };
}

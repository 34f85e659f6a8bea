/** How a guest's run ended: one closed union, and nothing else comes out of a sandbox. */

/** A value that a guest's export returns. References are reported by their type, never handed out. */
export type GuestValue = number | bigint | string;

/** The traps of the WebAssembly specification, by the names that its test suite uses. */
export type TrapKind =
  | "unreachable"
  | "integer divide by zero"
  | "integer overflow"
  | "invalid conversion to integer"
  | "out of bounds memory access"
  | "unaligned atomic"
  | "out of bounds table access"
  | "uninitialized element"
  | "indirect call type mismatch"
  | "null reference"
  | "cast failure"
  | "out of bounds array access"
  | "uncaught exception"
  | "other";

/** What a sandbox may run out of. */
export type Limit =
  | "stack"
  | "wall time"
  | "CPU time"
  | "fuel"
  | "memory"
  | "table elements"
  | "host calls";

/** One Wasm function on the stack, innermost first. */
export interface Frame {
  /** Index in the module's function index space. */
  readonly functionIndex: number;
  /** From the name section, else from the export section; undefined where neither names it. */
  readonly functionName: string | undefined;
  /** Byte offset of the instruction in the module. */
  readonly offset: number;
}

/** How a run ended. */
export type Outcome =
  | { readonly kind: "returned"; readonly values: readonly GuestValue[] }
  | { readonly kind: "exited"; readonly code: number }
  | {
    readonly kind: "trapped";
    readonly trap: TrapKind;
    /** The engine's words. */
    readonly message: string;
    readonly backtrace: readonly Frame[];
  }
  | { readonly kind: "exhausted"; readonly limit: Limit; readonly backtrace: readonly Frame[] }
  | {
    readonly kind: "killed";
    readonly reason: string;
    /** Where the guest waited; empty where it had not begun. */
    readonly backtrace: readonly Frame[];
  }
  | {
    readonly kind: "hostFault";
    /** What a host function threw, or why a sandbox could not be made. Ours to mend, not the guest's. */
    readonly error: unknown;
    readonly backtrace: readonly Frame[];
  };

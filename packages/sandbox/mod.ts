/**
 * Sandboxes: compile a module, lease an instance, run it, get one closed outcome, return it.
 *
 * @module
 */
export { GuestMemory, GuestMemoryFault } from "./guest_memory.ts";
export {
  bind,
  type Guest,
  type HostBinding,
  type HostFunction,
  type HostInterface,
  immediate,
  type NumberOf,
  type NumberType,
  suspending,
} from "./host.ts";
export { compile, type CompileFailure, type CompileOptions } from "./compile.ts";
export { Lease, type LeaseOptions } from "./lease.ts";
export { Pool, type PoolOptions, type Refusal } from "./pool.ts";
export type { Program } from "./program.ts";
export type { Frame, GuestValue, Limit, Outcome, TrapKind } from "./outcome.ts";

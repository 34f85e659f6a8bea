/**
 * Sandboxes: compile a module, lease an instance, run it, get one closed outcome, return it.
 *
 * @module
 */
export { GuestMemory, GuestMemoryFault } from "./guest_memory.ts";
export { MemoryViews } from "./memory_views.ts";
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
export { Account, memoryPageBytes, type SharedAccount } from "./account.ts";
export type { Budget, Usage } from "./budget.ts";
export { Channel } from "./channel.ts";
export { compile, type CompileFailure, type CompileOptions, openProgram } from "./compile.ts";
export { bindDetours, detourModule, type WaitingFunction } from "./detour.ts";
export { promising } from "./engine.ts";
export type { Growth, GrowthAnswer } from "./growth.ts";
export { initialise, type InitialiseFailure, type InitialiseOptions } from "./initialise.ts";
export { type KillSwitch, terminate, type Termination } from "./kill_switch.ts";
export { guestValues } from "./judge.ts";
export type { Lease, LeaseOptions } from "./lease.ts";
export { Pool, type PoolOptions, type Refusal } from "./pool.ts";
export type { Program, SharedProgram } from "./program.ts";
export type { Frame, GuestValue, Limit, Outcome, TrapKind } from "./outcome.ts";
export type { Step, Yield } from "./stepper.ts";
export { stopGuest } from "./stop.ts";
export { Tenant, type TenantOptions } from "./tenant.ts";
export { classify } from "./trap.ts";
export { webClock } from "./web_defaults.ts";

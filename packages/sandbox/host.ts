/**
 * What a guest may call: host interfaces, declared once as values, bound to a state for each lease.
 *
 * A host function never sees another lease's state, and nothing that it throws passes through guest
 * frames: the sandbox turns it into an outcome (host.ts declares, lease.ts enforces).
 */

import type { Channel } from "./channel.ts";
import type { GuestMemory } from "./guest_memory.ts";

/** The number types that host functions take and give. */
export type NumberType = "i32" | "i64" | "f32" | "f64";

/** A number type's JavaScript value. An i32 comes signed; {@link GuestMemory} reads it as unsigned. */
export type NumberOf<Type> = Type extends "i64" ? bigint : number;

type NumbersOf<Types extends readonly NumberType[]> = {
  [Index in keyof Types]: NumberOf<Types[Index]>;
};

type ResultOf<Types extends readonly NumberType[]> = Types extends readonly [infer Only]
  ? NumberOf<Only>
  : void;

/** The guest as a host function sees it. */
export interface Guest<State> {
  /** What the lease bound for this interface. */
  readonly state: State;
  /** The memory that the guest exports as `memory`; using it is a fault of the guest where it exports none. */
  readonly memory: GuestMemory;
  /** Aborted when the lease is killed or over: whatever a host function waits for must then let go. */
  readonly signal: AbortSignal;
  /** Ends the guest with an exit code. It cannot catch this. */
  exit(code: number): never;
  /**
   * For a host function that works for long, to be asked between two pieces of it: a promise of the guest's next
   * turn where its slice is over, and undefined where it may go on. It rejects where the lease ends meanwhile.
   */
  turn(): Promise<void> | undefined;
  /** Hands a value to whoever steps the lease (`Lease.start`), and waits for the answer. */
  yield<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed>;
}

/** One function of an interface, its types erased so that tables can hold it. */
export interface HostFunction<State> {
  readonly params: readonly NumberType[];
  readonly results: readonly NumberType[];
  /** Whether the answer may be a promise: the guest's stack is then suspended until it settles. */
  readonly suspends: boolean;
  /** What a call counts as, in the lease's budget of host calls. */
  readonly charge: number;
  readonly call: (
    guest: Guest<State>,
    ...args: never[]
  ) => number | bigint | void | Promise<number | bigint | void>;
}

/** The functions that one import module offers. */
export interface HostInterface<State> {
  /** The import module's name, such as `wasi_snapshot_preview1`. */
  readonly module: string;
  readonly functions: Readonly<Record<string, HostFunction<State>>>;
}

/**
 * The function that an interface offers under a name. Names come from modules: only the interface's own
 * properties count, not those that every object has.
 */
export function functionOf(
  { functions }: HostInterface<never>,
  name: string,
): HostFunction<never> | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** An interface together with the state that one lease gives it. */
export interface HostBinding {
  readonly interface: HostInterface<never>;
  readonly state: unknown;
}

/** A host function that always answers at once; `charge` is what a call of it counts as. */
export function immediate<
  State,
  const Params extends readonly NumberType[],
  const Results extends readonly NumberType[],
>(
  params: Params,
  results: Results,
  call: (guest: Guest<State>, ...args: NumbersOf<Params>) => ResultOf<Results>,
  charge = 1,
): HostFunction<State> {
  return { params, results, suspends: false, charge, call: call as HostFunction<State>["call"] };
}

/** A host function that may suspend the guest by answering with a promise; `charge` is what a call counts as. */
export function suspending<
  State,
  const Params extends readonly NumberType[],
  const Results extends readonly NumberType[],
>(
  params: Params,
  results: Results,
  call: (
    guest: Guest<State>,
    ...args: NumbersOf<Params>
  ) => ResultOf<Results> | Promise<ResultOf<Results>>,
  charge = 1,
): HostFunction<State> {
  return { params, results, suspends: true, charge, call: call as HostFunction<State>["call"] };
}

/** Binds an interface to the state of one lease. */
export function bind<State>(hostInterface: HostInterface<State>, state: State): HostBinding {
  return { interface: hostInterface as HostInterface<never>, state };
}

/** Runs an instance: its start function, then every function it exports, some rounds, all of it noted. */

import type { WasmModule } from "@skerry/wasm";
import { argumentsFor, isCallable } from "./arguments.ts";
import { describeError, isStackOverflow } from "./descriptions.ts";
import { exposedPrefix } from "./exposed.ts";
import { hangLimitName, refuelName } from "./fuel_names.ts";
import type { Host } from "./host.ts";
import { Random } from "./random.ts";

/** An instance that can be run, with the host that it is bound to. */
export interface Subject {
  readonly exports: WebAssembly.Exports;
  readonly host: Host;
  readonly start: () => void;
}

/** What a run showed. */
export interface Run {
  /** Each call, what the host saw in it, and how it ended. */
  readonly events: readonly string[];
  readonly calls: number;
  readonly traps: number;
  /** The stack ran out, so that the run says nothing. */
  readonly overflowed: boolean;
}

/** Which calls a run makes. */
export interface Plan {
  /** How often each exported function is called. */
  readonly rounds: number;
  /** Of the arguments. */
  readonly seed: number;
  readonly order: "as exported" | "backwards";
  /** Asked before each call: whether the rest is to be left out. */
  readonly ended?: () => boolean;
}

/** Runs an instance. */
export function run(
  module: WasmModule,
  { exports, host, start }: Subject,
  { rounds, seed, order, ended = () => false }: Plan,
): Run {
  const random = new Random(seed);
  const events: string[] = [];
  let calls = 0;
  let traps = 0;
  let overflowed = false;
  const call = (label: string, target: () => unknown) => {
    if (overflowed || ended()) return;
    calls += 1;
    host.log = [];
    let outcome: string;
    try {
      outcome = host.values.describe(target());
    } catch (error) {
      overflowed = isStackOverflow(error);
      if (error instanceof WebAssembly.RuntimeError) traps += 1;
      outcome = describeError(error);
    }
    overflowed ||= host.log.some((line) => /call stack/.test(line));
    events.push([label, ...host.log, outcome].join("\n  "));
  };
  const refuels = module.exports.filter(({ name }) =>
    name === refuelName || name === hangLimitName
  );
  const names = order === "backwards" ? module.exports.toReversed() : module.exports;
  call("start", start);
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, kind } of names) {
      const target = exports[name];
      if (kind !== "function" || typeof target !== "function") continue;
      if (name.startsWith(exposedPrefix)) continue;
      const signature = host.signatureOf(target);
      if (signature === undefined || !isCallable(signature)) continue;
      for (const refuel of refuels) (exports[refuel.name] as () => void)();
      const parameters = argumentsFor(signature, random, host.values);
      const text = parameters.map((each) => host.values.describe(each)).join(", ");
      call(`${name}(${text})`, () => target(...parameters));
    }
  }
  return { events, calls, traps, overflowed };
}

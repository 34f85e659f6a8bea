/** One run of a program on this process's own streams: what `skerry run` does, in whichever thread. */

import { clockFor, type ClockPolicy, printable, seededRandom, SkerryError } from "@skerry/base";
import {
  dropPermissions,
  type ListenAddress,
  nextTurn,
  processStderr,
  processStdin,
  processStdout,
  systemClock,
  systemRandom,
  type TcpListener,
} from "@skerry/platform";
import { type KillSwitch, type Outcome, Pool, type Program } from "@skerry/sandbox";
import { bindWasi, createWasiContext } from "@skerry/wasi";
import {
  describeFunctionType,
  describeValueType,
  type FunctionType,
  type ValueType,
} from "@skerry/wasm";
import { environment, lingerMs, openListener, settle } from "./hand_over.ts";
import { loadProgram } from "./load.ts";
import { LocalHostcalls } from "./local_hostcalls.ts";
import { mountsOf, runBounds } from "./mounts.ts";
import type { DirectoryOption } from "./options.ts";
import { reportOutcome } from "./outcome_report.ts";
import { note, printLine } from "./output.ts";

/** What is run, and with what. A plain value, so that it can be sent to another thread. */
export interface GuestRun {
  readonly module: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly directories: readonly DirectoryOption[];
  /** Where sockets listen that the guest is handed. */
  readonly listen: readonly ListenAddress[];
  readonly clock: ClockPolicy;
  /** Of its random numbers; undefined for those of the machine. */
  readonly seed: bigint | undefined;
  readonly memoryBytesMax: number | undefined;
  readonly wallMsMax: number | undefined;
  /** An export to call with the arguments, instead of the program's start. */
  readonly invoke: string | undefined;
  /** The guest's own name for itself, `argv[0]`. */
  readonly argv0: string | undefined;
}

/** How a run ended: with an exit code for the shell, or by its kill switch. */
export type RunEnd = number | "killed";

/**
 * Runs a program to its end.
 *
 * @param began told how the guest can be ended, before it begins
 */
export async function runGuest(
  run: GuestRun,
  began: (killSwitch: KillSwitch) => void,
): Promise<RunEnd> {
  const program = await loadProgram(run.module, { memoryBytesMax: run.memoryBytesMax });
  const entry = run.invoke ?? "_start";
  const type = entryType(program, run, entry);
  for (const name of [...program.prologue, entry]) checkPassable(program, run, name);
  const numbers = run.invoke === undefined ? [] : parseNumbers(run.args, type, entry);
  const listeners = run.listen.map(openListener);
  await dropPermissions({ hostDirectories: run.directories.length > 0, network: false });
  const outcome = await leaseAndRun(program, run, [entry, numbers], listeners, began);
  if (outcome.kind === "killed") {
    await settle(listeners, lingerMs.killed);
    return "killed";
  }
  await settle(listeners, lingerMs.ended);
  if (outcome.kind === "returned") outcome.values.forEach((value) => printLine(String(value)));
  const { code, lines } = reportOutcome(outcome);
  for (const line of lines) note(line);
  return code;
}

async function leaseAndRun(
  program: Program,
  run: GuestRun,
  [entry, numbers]: readonly [string, readonly (number | bigint)[]],
  listeners: readonly TcpListener[],
  began: (killSwitch: KillSwitch) => void,
): Promise<Outcome> {
  const clock = clockFor(run.clock, systemClock);
  const bounds = runBounds(clock);
  const context = createWasiContext({
    args: [run.argv0 ?? run.module, ...run.args],
    env: environment(run.env, listeners.length),
    stdin: processStdin,
    stdout: processStdout,
    stderr: processStderr,
    clock,
    random: run.seed === undefined ? systemRandom : seededRandom(run.seed),
    listeners,
    preopens: mountsOf(program, [], run.directories).map(({ preopen }) => preopen(bounds)),
  });
  const hostcalls = new LocalHostcalls().bindingsFor(program, run.module);
  const pool = new Pool({ sandboxesMax: 1, queueMax: 0, clock: systemClock, turn: nextTurn });
  const lease = await pool.lease(program, {
    bindings: [...bindWasi(context), ...hostcalls?.(context) ?? []],
    ...(run.wallMsMax !== undefined && { wallMsMax: run.wallMsMax }),
  });
  if (typeof lease === "string") throw new Error(`the only sandbox is out: ${lease}`);
  const killSwitch = lease.killSwitch();
  if (killSwitch !== undefined) began(killSwitch);
  try {
    return await lease.run(entry, numbers);
  } finally {
    lease.release();
    context.close();
  }
}

function entryType(program: Program, { module, invoke }: GuestRun, entry: string): FunctionType {
  const type = program.functionExports.get(entry);
  if (type !== undefined) return type;
  const message = invoke === undefined
    ? "the module has no `_start`, so it is no program of its own"
    : `the module exports no function "${entry}"`;
  const known = [...program.functionExports.keys()].slice(0, 20)
    .map((name) => printable(name, 80)).join(", ");
  throw new SkerryError("SKERRY_EXPORT_MISSING", message, {
    where: module,
    remedy: known === ""
      ? "it exports no functions at all"
      : `its functions: ${known}; call one with --invoke NAME`,
  });
}

/** Refuses a function that a host cannot call; the engine would say so only after the program's start. */
function checkPassable(program: Program, { module, invoke }: GuestRun, name: string): void {
  const type = program.functionExports.get(name);
  if (type === undefined) return;
  const { params, results } = type;
  const isStart = invoke === undefined || name !== invoke;
  const unpassable = [...params, ...results].find((value) => !isPassable(value));
  if (unpassable === undefined && !(isStart && params.length + results.length > 0)) return;
  const why = unpassable === undefined
    ? "a program's start takes and gives nothing"
    : `no host can pass a value of type ${describeValueType(unpassable)}`;
  const found = printable(describeFunctionType(type));
  throw new SkerryError(
    "SKERRY_EXPORT_MISSING",
    `its function "${printable(name)}" is ${found}, and ${why}`,
    { where: module, remedy: "export a function of numbers, and call it with --invoke NAME" },
  );
}

/** WebAssembly JavaScript Interface, ToJSValue and ToWebAssemblyValue: both throw for v128 and exceptions. */
function isPassable(type: ValueType): boolean {
  return type !== "v128" && (typeof type === "string" || !/^(no)?exn$/.test(String(type.heap)));
}

function parseNumbers(
  args: readonly string[],
  type: FunctionType,
  name: string,
): (number | bigint)[] {
  if (args.length !== type.params.length) {
    throw usage(
      `"${name}" takes ${type.params.length} arguments (${
        printable(type.params.map(describeValueType).join(", "))
      }), not ${args.length}`,
    );
  }
  return type.params.map((param, index) =>
    parseNumber(args[index] ?? "", describeValueType(param))
  );
}

function parseNumber(text: string, param: string): number | bigint {
  const isInteger = /^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text);
  switch (param) {
    case "i32":
      if (isInteger) return Number(BigInt.asIntN(32, parseInteger(text)));
      break;
    case "i64":
      if (isInteger) return BigInt.asIntN(64, parseInteger(text));
      break;
    case "f32":
    case "f64":
      if (text.trim() !== "" && (!Number.isNaN(Number(text)) || text === "nan")) {
        return Number(text);
      }
      break;
    default:
      throw usage(`a value of type ${param} cannot be given on the command line`);
  }
  throw usage(`"${text}" is no ${param}`);
}

function parseInteger(text: string): bigint {
  const digits = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -digits : digits;
}

function usage(message: string): SkerryError {
  return new SkerryError("SKERRY_USAGE", message, { remedy: "see `skerry run --help`" });
}

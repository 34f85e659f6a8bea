/**
 * Runs a module's own initialisation once, in a sandbox with budgets, and gives a module that begins behind it.
 *
 * Whatever the initialisation reads is frozen into every sandbox that starts there: the time, an environment, the
 * random numbers that seed a generator or a key. What the host hands to it (`bindings`) decides what that can be.
 */

import { bug, type Clock, err, formatSize, limits, ok, type Result } from "@skerry/base";
import { applySnapshot, exposeState, nothingExport, takeSnapshot } from "@skerry/compiler";
import {
  decodeModule,
  encodeModule,
  functionType,
  indexSpaces,
  type WasmModule,
} from "@skerry/wasm";
import { isArtifact } from "./artifact.ts";
import type { Budget } from "./budget.ts";
import { compile, type CompileOptions } from "./compile.ts";
import type { HostBinding } from "./host.ts";
import {
  failure,
  type InitialiseFailure,
  leaseRefused,
  notInitialised,
  notSnapshot,
} from "./initialise_failure.ts";
import { Pool } from "./pool.ts";
import type { Program } from "./program.ts";

export type { InitialiseFailure } from "./initialise_failure.ts";

/** How a module is initialised. Of the compile options, `requires` and `isolation` have no say here. */
export interface InitialiseOptions
  extends Budget, Omit<CompileOptions, "requires" | "isolation" | "memoryBytesMax"> {
  /**
   * The export to run, which takes and gives nothing. Left out: `_initialize`, or the start function alone. Those two
   * come before any other export in any case, as the WASI application ABI has it.
   */
  readonly export?: string;
  /** The state for each of the interfaces. */
  readonly bindings?: readonly HostBinding[];
  readonly clock?: Clock;
  /** As of a pool. */
  readonly turn?: (callback: () => void) => void;
}

/** A reactor's initialisation (WASI application ABI). */
const initializeExport = "_initialize";
const startExport = "_start";
/** What `_start` is called meanwhile where `_initialize` is beside it: no other export of an exposed module is. */
const startAside = "snapshot:_start";

/**
 * Initialises a module. Time on the processor, wall time and memory are bounded by `limits` where no budget is told.
 *
 * @param bytes a core module in binary form; no artifact
 * @returns the module that begins behind its initialisation, without the exports that have been run; or what stands
 * against it, where, and what to do
 *
 * @example
 * ```ts
 * import { compile, initialise } from "@skerry/sandbox";
 * const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
 * const start = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 4, 1, 2, 0, 0x0b]; // (func) (start 0)
 * const initialised = await initialise(new Uint8Array([...head, ...start]), { cpuMsMax: 5_000 });
 * if (!initialised.ok) throw new Error(initialised.error.remedy);
 * const compiled = await compile(initialised.value);
 * if (!compiled.ok) throw new Error(compiled.error.reason);
 * ```
 */
export async function initialise(
  bytes: Uint8Array<ArrayBuffer>,
  options: InitialiseOptions = {},
): Promise<Result<Uint8Array<ArrayBuffer>, InitialiseFailure>> {
  const prepared = await prepare(bytes, options);
  if (!prepared.ok) return prepared;
  const { module, exposed, program } = prepared.value;
  const pool = new Pool({ sandboxesMax: 1, queueMax: 0, ...surroundings(options) });
  const lease = pool.leaseNow(program, { ...budgetOf(options), bindings: options.bindings ?? [] });
  if (typeof lease === "string") return err(leaseRefused(lease));
  const { prologue } = program;
  const wanted = options.export ?? nothingExport;
  const outcome = await lease.run(prologue.includes(wanted) ? nothingExport : wanted);
  const sandbox = lease.takeSandbox();
  lease.release();
  if (outcome.kind !== "returned" || sandbox === undefined) {
    const name = options.export ?? prologue.find((each) => each === initializeExport);
    return err(notInitialised(outcome, name, module, exposed));
  }
  const taken = takeSnapshot(module, sandbox.exports);
  if (!taken.ok) return err(notSnapshot(taken.error));
  return written(applySnapshot(module, taken.value, [...prologue, wanted]));
}

interface Prepared {
  readonly module: WasmModule;
  /** The module with its state exposed, which the program was compiled from. */
  readonly exposed: Uint8Array<ArrayBuffer>;
  readonly program: Program;
}

async function prepare(
  bytes: Uint8Array<ArrayBuffer>,
  options: InitialiseOptions,
): Promise<Result<Prepared, InitialiseFailure>> {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) return err(failure("malformed", decoded.error));
  const module = decoded.value;
  if (isArtifact(module)) return err(failure("artifact", [{ message: "it is an artifact" }]));
  // An index that means nothing in the module would mean something of ours in the exposed one.
  if (!WebAssembly.validate(bytes)) return await notCompiled(bytes, options);
  const problem = exportProblem(module, options.export);
  if (problem !== undefined) return err(failure("export", [{ message: problem }]));
  const state = exposeState(module);
  if (!state.ok) return err(notSnapshot(state.error));
  const exposed = encodeModule(setStartAside(state.value, options.export));
  const compiled = await compile(exposed, compileOptions(options));
  if (!compiled.ok) return await notCompiled(bytes, options);
  return ok({ module, exposed, program: compiled.value });
}

/** Why an export cannot be run as an initialisation; undefined where it can. */
function exportProblem(module: WasmModule, wanted: string | undefined): string | undefined {
  const spaces = indexSpaces(module);
  const nothingToRun = module.start === undefined && !hasExport(module, initializeExport);
  if (wanted === undefined && nothingToRun) {
    return `it has neither a start function nor an export "${initializeExport}", and no other was named`;
  }
  for (const name of wanted === undefined ? [initializeExport] : [initializeExport, wanted]) {
    const found = module.exports.find((each) => each.name === name);
    if (found === undefined && name === wanted) return `it exports no "${name}"`;
    if (found === undefined) continue;
    if (found.kind !== "function") return `its export "${name}" is a ${found.kind}, not a function`;
    const type = functionType(spaces, found.index);
    if (type === undefined || type.params.length + type.results.length > 0) {
      return `its function "${name}" takes or gives values, and an initialisation does neither`;
    }
  }
  return undefined;
}

function hasExport({ exports }: WasmModule, wanted: string): boolean {
  return exports.some(({ name }) => name === wanted);
}

/** A module with both is initialised as a reactor is, and goes on as a command. */
function setStartAside(module: WasmModule, wanted: string | undefined): WasmModule {
  if (wanted === startExport || !hasExport(module, initializeExport)) return module;
  const exports = module.exports.map((each) =>
    each.name === startExport ? { ...each, name: startAside } : each
  );
  return { ...module, exports };
}

/** The sandbox is used once, so that nothing is needed for a reset. */
function compileOptions(options: InitialiseOptions): CompileOptions {
  const { interfaces = [], policy, tableElementsMax, engineHeap } = options;
  return {
    interfaces,
    isolation: { reset: false, dirty: "never" },
    requires: ["preempt", "grow"],
    memoryBytesMax: options.memoryBytesMax ?? limits.memoryBytesMax,
    ...(policy !== undefined && { policy }),
    ...(tableElementsMax !== undefined && { tableElementsMax }),
    ...(engineHeap !== undefined && { engineHeap }),
  };
}

function budgetOf(options: InitialiseOptions): Budget {
  const { fuelMax, hostCallsMax } = options;
  return {
    wallMsMax: options.wallMsMax ?? limits.initialisationWallMsMax,
    cpuMsMax: options.cpuMsMax ?? limits.initialisationCpuMsMax,
    memoryBytesMax: options.memoryBytesMax ?? limits.memoryBytesMax,
    ...(fuelMax !== undefined && { fuelMax }),
    ...(hostCallsMax !== undefined && { hostCallsMax }),
  };
}

function surroundings({ clock, turn }: InitialiseOptions) {
  return { ...(clock !== undefined && { clock }), ...(turn !== undefined && { turn }) };
}

/** What is wrong with a module is told with its own offsets, not with those of the exposed one. */
async function notCompiled(
  bytes: Uint8Array<ArrayBuffer>,
  options: InitialiseOptions,
): Promise<Result<never, InitialiseFailure>> {
  const compiled = await compile(bytes, compileOptions(options));
  if (!compiled.ok) return err(failure(compiled.error.reason, compiled.error.diagnostics));
  const message = "it would exceed a limit with what reads its state";
  return err(failure("limits", [{ message }]));
}

function written(module: WasmModule): Result<Uint8Array<ArrayBuffer>, InitialiseFailure> {
  // What a memory came to hold is looked at before it is copied once more.
  const contents = module.data.reduce((sum, { content }) => sum + content.end - content.start, 0);
  const bytes = contents > limits.moduleBytesMax ? undefined : encodeModule(module);
  if (bytes === undefined || bytes.length > limits.moduleBytesMax) {
    const most = formatSize(limits.moduleBytesMax);
    const message = `with ${formatSize(contents)} of data it is larger than the ${most} allowed`;
    return err(failure("state", [{ message }]));
  }
  return WebAssembly.validate(bytes)
    ? ok(bytes)
    : bug("a snapshot made a module that is not valid");
}

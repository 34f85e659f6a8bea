/**
 * A module's own initialisation, run once in a sandbox, as `skerry compile --snapshot` and the manifest's `snapshot`
 * have it: with an empty environment and no directory of this machine, so that nothing of it gets into every sandbox.
 * Time and chance are real. What of all that it asked for is told, because each sandbox has the same answer.
 *
 * The bundles are mounted, and what it writes to them is in them from then on: every sandbox finds the files as the
 * initialisation left them, in the same order of descriptors.
 */

import { capturedSink, limits, printable } from "@skerry/base";
import { noFragments } from "@skerry/cache";
import { bindHostcalls, hostcallInterfaces, noKeyValues, noSubrequests } from "@skerry/hostcalls";
import { nextTurn, systemClock, systemRandom } from "@skerry/platform";
import {
  bind,
  type CompileOptions,
  type HostBinding,
  type HostInterface,
  initialise,
  type InitialiseFailure,
} from "@skerry/sandbox";
import {
  type Bundle,
  createWasiContext,
  type WasiContext,
  wasiPreview1,
  wasiUnstable,
} from "@skerry/wasi";
import { withBundles } from "./bundles.ts";
import { InitialisedBundle } from "./initialised_bundle.ts";
import { refusedModule, withDiagnostics } from "./module_refusal.ts";
import { note } from "./output.ts";

/** How a module is initialised. */
export interface Initialisation {
  /** The export to run; `_initialize`, or the start function alone, where none is named. */
  readonly export: string | undefined;
  readonly memoryBytesMax?: number | undefined;
  /** Time on the processor, in milliseconds. */
  readonly cpuMsMax?: number | undefined;
  readonly engineHeap?: CompileOptions["engineHeap"];
  readonly policy?: CompileOptions["policy"];
  /** What it finds mounted, beside what the module itself brings along. */
  readonly bundles?: readonly Bundle[];
}

/**
 * The module that begins behind its initialisation. What the initialisation prints is shown.
 *
 * @param path where the module came from
 */
export async function initialiseModule(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  options: Initialisation,
): Promise<Uint8Array<ArrayBuffer>> {
  const { memoryBytesMax = limits.memoryBytesMax, engineHeap = "allowed", policy } = options;
  const { cpuMsMax = limits.initialisationCpuMsMax } = options;
  const called = new Set<string>();
  const interfaces = [wasiPreview1, wasiUnstable].map((wasi) => recorded(wasi, called));
  const printed = capturedSink(limits.guestLogBytesMax);
  const streams = { stdout: printed, stderr: printed };
  const mounted = await InitialisedBundle.all(bytes, options.bundles ?? []);
  const preopens = mounted.map(({ preopen }) => preopen);
  const surroundings = { clock: systemClock, random: systemRandom, preopens };
  const context = createWasiContext({ ...streams, ...surroundings });
  try {
    const result = await initialise(bytes, {
      interfaces: [...interfaces as unknown as HostInterface<never>[], ...hostcallInterfaces],
      bindings: [...interfaces.map((wasi) => bind(wasi, context)), ...nothingBeyond(context)],
      memoryBytesMax,
      cpuMsMax,
      wallMsMax: Math.max(cpuMsMax, limits.initialisationWallMsMax),
      tableElementsMax: limits.tableElementsMax,
      engineHeap,
      clock: systemClock,
      turn: nextTurn,
      ...(policy !== undefined && { policy }),
      ...(options.export !== undefined && { export: options.export }),
    });
    for (const line of linesOf(printed.text)) {
      note(`initialisation: ${printable(line, limits.guestLogLineBytesMax)}`);
    }
    if (!result.ok) throw refusal(path, result.error);
    for (const { calls, told } of frozen) {
      if (calls.some((name) => called.has(name))) note(`${path}: its initialisation ${told}`);
    }
    const open = context.descriptors.count - firstDescriptors - preopens.length;
    if (open > 0) note(`${path}: its initialisation left ${open} files open, which no request has`);
    return withBundles(result.value, await Promise.all(mounted.map((bundle) => bundle.after())));
  } finally {
    context.close();
  }
}

/** Whatever an initialisation asks for beyond WASI has no answer that would be true for every request. */
function nothingBeyond(context: WasiContext): HostBinding[] {
  const none = { tenant: "", service: "", keyValues: noKeyValues, subrequests: noSubrequests };
  const fragments = noFragments(systemClock);
  return bindHostcalls({ ...none, fragments, clock: systemClock }, context);
}

/** The standard streams. */
const firstDescriptors = 3;

/** What is the same in every sandbox once an initialisation has asked for it. */
const frozen = [
  {
    calls: ["random_get"],
    told:
      "took random numbers: what it made of them, a generator's seed or a key, is the same in every request",
  },
  {
    calls: ["clock_time_get"],
    told:
      "asked for the time: what it made of it, a generator's seed perhaps, is the same in every request",
  },
  {
    calls: ["environ_sizes_get", "environ_get"],
    told:
      "looked at its environment, which is empty then: what it keeps of it hides that of a request",
  },
  {
    calls: ["fd_prestat_get"],
    told:
      "looked for directories, of which there are none then but bundles: what it keeps of them hides those of a request",
  },
] as const;

/** WASI, with the names of the functions that are called. */
function recorded(
  wasi: HostInterface<WasiContext>,
  called: Set<string>,
): HostInterface<WasiContext> {
  const functions = Object.entries(wasi.functions).map(([name, declared]) => {
    const call: typeof declared.call = (...args) => {
      called.add(name);
      return declared.call(...args);
    };
    return [name, { ...declared, call }] as const;
  });
  return { ...wasi, functions: Object.fromEntries(functions) };
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function refusal(path: string, { reason, diagnostics, remedy }: InitialiseFailure) {
  switch (reason) {
    case "malformed":
    case "imports":
    case "limits":
    case "unverified":
      return refusedModule(path, { reason, diagnostics });
    case "export":
      return withDiagnostics("SKERRY_EXPORT_MISSING", "no snapshot of", path, diagnostics, remedy);
    case "artifact":
    case "run":
    case "state":
      return withDiagnostics("SKERRY_MODULE_REFUSED", "no snapshot of", path, diagnostics, remedy);
  }
}

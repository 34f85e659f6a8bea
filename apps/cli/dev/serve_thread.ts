/** The thread of `skerry dev` that serves. Of files it knows nothing: what it serves, it is sent. */

import { isSkerryError } from "@skerry/base";
import { nextTurn, processStdout } from "@skerry/platform";
import { openProgram } from "@skerry/sandbox";
import { failureCode } from "../failure_code.ts";
import { LocalHostcalls, programInterfaces } from "../local_hostcalls.ts";
import { refusedModule } from "../module_refusal.ts";
import { errorText, note, noteError } from "../output.ts";
import { type LoadedServices, type ServiceParts, servicesOf } from "../services.ts";
import { jsonLog, serve, type Serving, type ServingLog } from "../serving.ts";
import { aliveEveryMs } from "../silence_watch.ts";
import type { DevServeNews, DevServeOrder, LogStyle, PreparedTarget } from "./messages.ts";
import { TerminalLog } from "./terminal_log.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<DevServeOrder>) => void) | null;
  postMessage(news: DevServeNews): void;
};

/** A target as it is served. */
interface Served {
  readonly programNumber: number;
  readonly program: ServiceParts["program"];
  readonly services: LoadedServices;
}

/** Keys that programs put outlive a change of them. */
const hostcalls = new LocalHostcalls();
let serving: Serving | undefined;
let served: readonly Served[] = [];
/** What is to be served: other than what is where two targets stand in each other's way. */
let wanted: readonly Served[] = [];

scope.onmessage = async ({ data: order }) => {
  if (order.kind === "swap") return swap(order.target, order.prepared);
  try {
    if (order.kind === "stop") {
      await serving?.stop(order.drainMs);
      return scope.postMessage({ kind: "ended", code: 0 });
    }
    wanted = served = order.targets.map((prepared) => open(prepared, undefined));
    const services = served.map((target) => target.services);
    serving = await serve(services, {
      address: order.address,
      log: logOf(order.style),
      hostcalls,
    });
    scope.postMessage({ kind: "serving", wallMsMax: serving.wallMsMax });
    setInterval(() => scope.postMessage({ kind: "alive" }), aliveEveryMs);
  } catch (error) {
    noteError(error);
    scope.postMessage({ kind: "ended", code: failureCode(error) });
  }
};

function swap(target: number, prepared: PreparedTarget): void {
  if (serving === undefined) return;
  if (prepared.service.settings.dir.length > 0 && !serving.hostDirectories) {
    return scope.postMessage({ kind: "needs permission", target });
  }
  const startMs = performance.now();
  const before = served;
  try {
    const opened = open(prepared, wanted[target]);
    const put = (all: readonly Served[]) => all.with(target, opened);
    wanted = put(wanted);
    // Two that change places are refused each by itself.
    if (!isTaken(serving, wanted)) take(serving, put(served));
  } catch (error) {
    return scope.postMessage({ kind: "refused", target, text: errorText(error) });
  }
  const swapMs = performance.now() - startMs;
  const { wallMsMax } = serving;
  const others = [...served.keys()].filter((index) =>
    index !== target && served[index] !== before[index]
  );
  scope.postMessage({ kind: "swapped", target, others, swapMs, wallMsMax });
}

/** Serves these; throws where they do not go together, and nothing is changed. */
function take(serving: Serving, all: readonly Served[]): void {
  serving.swap(all.map(({ services }) => services));
  served = all;
}

function isTaken(serving: Serving, all: readonly Served[]): boolean {
  try {
    take(serving, all);
    return true;
  } catch (error) {
    if (!isSkerryError(error)) throw error;
    return false;
  }
}

/** A target that can be served; with the program that it has already, where that is the same. */
function open(prepared: PreparedTarget, before: Served | undefined): Served {
  const { programNumber, bundles, service } = prepared;
  const isKept = before !== undefined && before.programNumber === programNumber;
  const program = isKept ? before.program : openPrepared(prepared);
  // What is not its own is said once, as the module is compiled: nothing is noted here.
  const services = servicesOf(
    { prefixes: prepared.prefixes, service },
    { program, bundles },
    hostcalls,
  );
  return { programNumber, program, services };
}

function openPrepared({ program, service }: PreparedTarget): ServiceParts["program"] {
  const opened = openProgram(program, programInterfaces);
  if (!opened.ok) throw refusedModule(service.module, opened.error);
  return opened.value;
}

function logOf(style: LogStyle): ServingLog {
  if (style === "json") return jsonLog("all");
  return new TerminalLog({
    sink: processStdout,
    turn: nextTurn,
    later: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    colours: style === "coloured",
    onLost: (error) => note(`skerry: the log cannot be written: ${String(error)}`),
  });
}

/** What serves in a thread: a pool of sandboxes, the edge, a listener, a log. */

import { encodeUtf8, limits } from "@skerry/base";
import { Edge, type LogEvent, LogWriter, Refusals } from "@skerry/edge";
import {
  Certificates,
  defaultListenLimits,
  type Handler,
  listen,
  type ListenAddress,
  type ListenOptions,
  listenTls,
  nextTurn,
  openDatabase,
  processStderr,
  processStdout,
  systemClock,
  systemRandom,
} from "@skerry/platform";
import { DatabaseKeyValues } from "@skerry/hostcalls";
import { Account, Pool, type Program } from "@skerry/sandbox";
import type { CellConfig, ProgramRequest, ThreadShare } from "./messages.ts";
import { ServedServices } from "./served_services.ts";

/** What a thread serves by. */
export interface ServingOptions {
  readonly config: CellConfig;
  readonly shared: ThreadShare;
  readonly fetchProgram: (request: ProgramRequest) => Promise<Program>;
  /** Told of each event besides the log. */
  readonly onEvent: (event: LogEvent) => void;
}

/** A thread that serves. */
export interface Serving {
  readonly address: ListenAddress;
  readonly services: ServedServices;
  /** Those that it shows to clients that speak TLS. */
  readonly certificates: Certificates;
  stop(drainMs: number): Promise<void>;
}

/** How often a thread gives a sign of life, in milliseconds. */
const aliveEveryMs = 100;

/** The part of a thread's sandboxes that one tenant may have out at once. */
const tenantShare = 0.25;

/** What a pipe takes at once without mixing it with what others write (`PIPE_BUF`, write(2)). */
const pipeBytes = 4096;

/** Starts to serve; nothing is there to be served yet. */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { config, shared, fetchProgram } = options;
  const sandboxesMax = Math.ceil(limits.sandboxesMax / config.threads);
  const pool = new Pool({
    sandboxesMax,
    memory: Account.open(shared.memory),
    mappings: Account.open(shared.mappings),
    clock: systemClock,
    turn: nextTurn,
  });
  const services = new ServedServices({
    pool,
    clock: systemClock,
    keyValues: new DatabaseKeyValues(
      openDatabase(config.keyValuesPath, { survives: "process end" }),
      systemClock,
    ),
    fetchProgram,
    programBytesMax: config.programBytesMax / config.threads,
    tenantSandboxesMax: Math.max(1, Math.floor(sandboxesMax * tenantShare)),
    start: Math.floor(performance.now() * 1e3),
  });
  const writer = new LogWriter({
    sink: processStdout,
    turn: nextTurn,
    writeBytesMax: pipeBytes,
    onLost: (error) => complain(`the log cannot be written: ${String(error)}`),
  });
  const log = (event: LogEvent) => {
    writer.write(event);
    options.onEvent(event);
  };
  const edge = new Edge({
    router: services,
    pool,
    clock: systemClock,
    random: systemRandom,
    log,
    software: config.software,
  });
  const refusals = new Refusals(systemClock, log);
  const connectionsMax = Math.min(
    defaultListenLimits.connectionsMax,
    Math.floor(config.connectionsMax / config.threads),
  );
  const certificates = new Certificates();
  const handler: Handler = (request) => edge.handle(request);
  const listenOptions: ListenOptions = {
    limits: { connectionsMax },
    onRefused: ({ status, why }, { address }) => refusals.note({ status, why, remote: address }),
    onFault: (error) => complain(`a request failed for a reason of our own: ${String(error)}`),
  };
  const listener = await listen(config.address, handler, listenOptions);
  const listeners = config.tlsAddress === undefined
    ? [listener]
    : [listener, await listenTls(config.tlsAddress, handler, { ...listenOptions, certificates })];
  const alive = new Int32Array(shared.alive);
  const timers = [
    setInterval(() => Atomics.add(alive, 0, 1), aliveEveryMs),
    setInterval(() => pool.trim(), limits.sandboxTrimMs),
  ];
  return {
    address: listener.address,
    services,
    certificates,
    stop: async (drainMs) => {
      await Promise.all(listeners.map((each) => each.close(drainMs)));
      for (const timer of timers) clearInterval(timer);
      writer.flush();
    },
  };
}

/** Tells the operator. */
function complain(text: string): void {
  void processStderr.write(encodeUtf8(`skerry: ${text}\n`));
}

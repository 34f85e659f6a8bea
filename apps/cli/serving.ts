/** What serves: services loaded, permissions dropped, a socket that listens. Runs in a thread of its own. */

import { limits, SkerryError } from "@skerry/base";
import {
  duplicatePrefixes,
  Edge,
  type LogEvent,
  LogWriter,
  pathRouter,
  Refusals,
  type RequestsLogged,
  type Route,
  type Service,
} from "@skerry/edge";
import {
  addressUrl,
  defaultListenLimits,
  dropPermissions,
  listen,
  type ListenAddress,
  machineFacts,
  mappingsMax,
  nextTurn,
  openFilesMax,
  processStdout,
  systemClock,
  systemRandom,
} from "@skerry/platform";
import { Account, Pool, type Program } from "@skerry/sandbox";
import { indexPage } from "./index_page.ts";
import { LocalHostcalls } from "./local_hostcalls.ts";
import { note } from "./output.ts";
import { type LoadedServices, loadServices, type ServeSettings } from "./services.ts";
import { version } from "./version.ts";

/** What is served, and where. A plain value, so that it can be sent to another thread. */
export interface ServePlan {
  readonly targets: readonly string[];
  readonly settings: ServeSettings;
  readonly address: ListenAddress;
  /** Of which requests there is a line in the log. */
  readonly log: RequestsLogged;
}

/** Mappings that are left to the engine, its libraries and what it compiles. */
const mappingsOfOthers = 5_000;

/** The part of the machine's memory that sandboxes may hold. */
const sandboxMemoryShare = 0.75;

/** A server that runs. */
export interface Serving {
  /** The longest that any of its requests may take, in milliseconds. */
  readonly wallMsMax: number;
  /** Whether any of its requests may be handed a directory of this machine. */
  readonly hostDirectories: boolean;
  /**
   * Serves this instead, from the next request on. Those that are under way end with what they began with.
   *
   * @throws SkerryError where two programs answer one path; nothing is changed then
   */
  swap(loaded: readonly LoadedServices[]): void;
  /** Takes no more requests, lets those under way end for `drainMs`, then cuts them off. */
  stop(drainMs: number): Promise<void>;
}

/** Where events go. */
export interface ServingLog {
  write(event: LogEvent): void;
  /** Writes what waits. */
  flush(): void;
}

/** Loads what the plan names (building what is older than its sources) and serves it. */
export async function startServing(
  { targets, settings, address, log }: ServePlan,
): Promise<Serving> {
  const hostcalls = new LocalHostcalls();
  const load = (target: string) => loadServices(target, settings, hostcalls);
  const loaded = await Promise.all(targets.map(load));
  return await serve(loaded, { address, log: jsonLog(log), hostcalls });
}

/** The log that programs read: a line of JSON for each event, on stdout. */
export function jsonLog(requests: RequestsLogged): ServingLog {
  return new LogWriter({
    requests,
    sink: processStdout,
    turn: nextTurn,
    onLost: (error) => note(`skerry: the log cannot be written: ${String(error)}`),
  });
}

/** What serves besides services. */
export interface ServeParts {
  readonly address: ListenAddress;
  readonly log: ServingLog;
  /** What the services call beyond WASI. */
  readonly hostcalls: LocalHostcalls;
}

/** Serves what was loaded. The process gives up whatever permission that does not need. */
export async function serve(
  loaded: readonly LoadedServices[],
  { address, log, hostcalls }: ServeParts,
): Promise<Serving> {
  let routes = routesOf(loaded);
  let router = pathRouter(routes);
  const hostDirectories = loaded.some((found) => found.hostDirectories);
  const { sandboxesMax, connectionsMax } = shareOfFiles(hostDirectories);
  // What the machine has is looked at before the permission to do so is given up.
  const mappings = new Account(mappingsMax() - mappingsOfOthers);
  const memory = Account.ofMemory(machineFacts().memoryBytes * sandboxMemoryShare);
  await dropPermissions({ hostDirectories, network: true });
  const pool = new Pool({ sandboxesMax, mappings, memory, clock: systemClock, turn: nextTurn });
  for (const program of programsOf(routes)) pool.warm(program, limits.sandboxesWarm);
  const trimming = setInterval(() => {
    pool.trim();
    hostcalls.sweep();
  }, limits.sandboxTrimMs);
  const write = (event: LogEvent) => log.write(event);
  const edge = new Edge({
    router: { route: (request, target) => router.route(request, target) },
    pool,
    clock: systemClock,
    random: systemRandom,
    log: write,
    software: `Skerry/${version}`,
    cache: hostcalls.cacheServer,
    // It is asked for where nobody answers `/`.
    index: () => indexPage(routes, version),
  });
  const refusals = new Refusals(systemClock, write);
  const listener = await listen(address, (request) => edge.handle(request), {
    limits: { connectionsMax },
    onRefused: ({ status, why }, { address }) => refusals.note({ status, why, remote: address }),
    onFault: (error) => note(`skerry: a request failed for a reason of our own: ${String(error)}`),
  });
  const url = addressUrl(listener.address);
  note(`Skerry ${version} serves on ${url}`);
  for (const { prefix, target } of routes) note(`  ${url}${prefix}/  ${target.name}`);
  note("Ctrl-C stops it.");
  return {
    get wallMsMax() {
      return Math.max(...routes.map(({ target }) => target.wallMsMax));
    },
    hostDirectories,
    swap: (next) => {
      const before = programsOf(routes);
      const after = routesOf(next);
      const kept = programsOf(after);
      for (const program of kept) {
        if (!before.has(program)) pool.warm(program, limits.sandboxesWarm);
      }
      routes = after;
      router = pathRouter(routes);
      for (const program of before) {
        if (!kept.has(program)) pool.drop(program);
      }
    },
    stop: async (drainMs) => {
      clearInterval(trimming);
      await listener.close(drainMs);
      log.flush();
    },
  };
}

function routesOf(loaded: readonly LoadedServices[]): readonly Route<Service>[] {
  const routes = loaded.flatMap((found) => found.routes);
  const [twice] = duplicatePrefixes(routes);
  if (twice === undefined) return routes;
  throw new SkerryError(
    "SKERRY_MANIFEST_INVALID",
    `two programs answer the path ${twice || "/"}`,
    {
      remedy: "give each manifest [[routes]] of its own",
    },
  );
}

function programsOf(routes: readonly Route<Service>[]): ReadonlySet<Program> {
  return new Set(routes.map(({ target }) => target.program));
}

/**
 * Divides what the process may have open: a quarter for connections, half for the files of guests. A server
 * that runs out of descriptors accepts no more, and does not recover (Deno 2.9.5).
 */
function shareOfFiles(
  hostDirectories: boolean,
): { readonly sandboxesMax: number; readonly connectionsMax: number } {
  const filesMax = openFilesMax();
  const sandboxesByFiles = Math.max(1, Math.floor(filesMax / 2 / limits.guestDescriptorsMax));
  return {
    sandboxesMax: hostDirectories
      ? Math.min(limits.sandboxesMax, sandboxesByFiles)
      : limits.sandboxesMax,
    connectionsMax: Math.min(defaultListenLimits.connectionsMax, Math.floor(filesMax / 4)),
  };
}

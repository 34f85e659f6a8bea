/** What serves: services loaded, permissions dropped, a socket that listens. Runs in a thread of its own. */

import { limits, SkerryError } from "@skerry/base";
import {
  duplicatePrefixes,
  Edge,
  type LogEvent,
  LogWriter,
  pathRouter,
  Refusals,
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
import { Account, Pool } from "@skerry/sandbox";
import { indexPage } from "./index_page.ts";
import { LocalHostcalls } from "./local_hostcalls.ts";
import { note } from "./output.ts";
import { loadServices, type ServeSettings } from "./services.ts";
import { version } from "./version.ts";

/** What is served, and where. A plain value, so that it can be sent to another thread. */
export interface ServePlan {
  readonly targets: readonly string[];
  readonly settings: ServeSettings;
  readonly address: ListenAddress;
}

/** Mappings that are left to the engine, its libraries and what it compiles. */
const mappingsOfOthers = 5_000;

/** The part of the machine's memory that sandboxes may hold. */
const sandboxMemoryShare = 0.75;

/** A server that runs. */
export interface Serving {
  /** The longest that any of its requests may take, in milliseconds. */
  readonly wallMsMax: number;
  /** Takes no more requests, lets those under way end for `drainMs`, then cuts them off. */
  stop(drainMs: number): Promise<void>;
}

/** Loads what the plan names (building what is older than its sources) and serves it. */
export async function startServing({ targets, settings, address }: ServePlan): Promise<Serving> {
  const hostcalls = new LocalHostcalls();
  const load = (target: string) => loadServices(target, settings, hostcalls);
  const loaded = await Promise.all(targets.map(load));
  const routes = loaded.flatMap((found) => found.routes);
  const [twice] = duplicatePrefixes(routes);
  if (twice !== undefined) {
    throw new SkerryError(
      "SKERRY_MANIFEST_INVALID",
      `two programs answer the path ${twice || "/"}`,
      {
        remedy: "give each manifest [[routes]] of its own",
      },
    );
  }
  const hostDirectories = loaded.some((found) => found.hostDirectories);
  const { sandboxesMax, connectionsMax } = shareOfFiles(hostDirectories);
  // What the machine has is looked at before the permission to do so is given up.
  const mappings = new Account(mappingsMax() - mappingsOfOthers);
  const memory = Account.ofMemory(machineFacts().memoryBytes * sandboxMemoryShare);
  await dropPermissions({ hostDirectories, network: true });
  const pool = new Pool({ sandboxesMax, mappings, memory, clock: systemClock, turn: nextTurn });
  for (const { target } of routes) pool.warm(target.program, limits.sandboxesWarm);
  const trimming = setInterval(() => {
    pool.trim();
    hostcalls.sweep();
  }, limits.sandboxTrimMs);
  const answersRoot = routes.some(({ prefix }) => prefix === "");
  const writer = new LogWriter({
    sink: processStdout,
    turn: nextTurn,
    onLost: (error) => note(`skerry: the log cannot be written: ${String(error)}`),
  });
  const log = (event: LogEvent) => writer.write(event);
  const edge = new Edge({
    router: pathRouter(routes),
    pool,
    clock: systemClock,
    random: systemRandom,
    log,
    software: `Skerry/${version}`,
    index: answersRoot ? undefined : () => indexPage(routes, version),
  });
  const refusals = new Refusals(systemClock, log);
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
    wallMsMax: Math.max(...routes.map(({ target }) => target.wallMsMax)),
    stop: async (drainMs) => {
      clearInterval(trimming);
      await listener.close(drainMs);
      writer.flush();
    },
  };
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

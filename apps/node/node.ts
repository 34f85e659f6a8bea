/**
 * A node: a supervisor that knows what is deployed, cells that serve it, and processes that prepare what is to be
 * deployed. Nothing hostile is compiled or run in the supervisor's own process.
 */

import { limits } from "@skerry/base";
import { LocalBus } from "@skerry/bus";
import { Control, Purging, type Sealer } from "@skerry/control";
import type { RequestsLogged } from "@skerry/edge";
import { DatabaseKeyValues } from "@skerry/hostcalls";
import {
  diskBytes,
  type Enclosure,
  type InheritedSocket,
  type ListenAddress,
  lockFolder,
  machineFacts,
  mappingsMax,
  openArtifactFiles,
  openDatabase,
  openFilesMax,
  openPrivateFolder,
  type SharedAddress,
  type SharedSocket,
  startChild,
  systemClock,
  systemRandom,
} from "@skerry/platform";
import {
  type DiskTierFigures,
  SpanExporter,
  type SpanFigures,
  type TraceSettings,
} from "@skerry/telemetry";
import { batchesOf } from "./batches.ts";
import { bindWhenFree } from "./bind_when_free.ts";
import { makeCacheMemory } from "./cache_memory.ts";
import type { Incident } from "./cell_process.ts";
import { Cells } from "./cells.ts";
import type { CertificateFiles } from "./certificate_files.ts";
import { openDiskTier } from "./disk_tier.ts";
import { isThere } from "./gone.ts";
import { Housekeeping } from "./housekeeping.ts";
import type { CellConfig, CellNews, CellOrder } from "./messages.ts";
import { applyTo, newPurgeId, NodePurger, purgeAll, purgeFor } from "./node_purger.ts";
import { openPurgeFile } from "./purge_file.ts";
import { Preparers } from "./preparers.ts";
import {
  cellOptions,
  type NodeFolders,
  objectsIn,
  preparerOptions,
  writtenAtFirst,
} from "./process_options.ts";

/** How a node is run. */
export interface NodeOptions {
  /** Where everything is kept: an absolute path. */
  readonly stateFolder: string;
  readonly address: ListenAddress | InheritedSocket;
  /** Where it speaks TLS, and with which certificates. */
  readonly tls?: {
    readonly address: ListenAddress | InheritedSocket;
    readonly certificates: CertificateFiles;
  };
  /** What its processes are shut in by, beside what the runtime allows them. */
  readonly enclosure?: Enclosure | undefined;
  readonly cells: number;
  /** Blocks of addresses of proxies that say truly whom they speak for; {@link parseTrustedProxies} reads them. */
  readonly trustedProxies?: readonly string[];
  /** Of which requests there is a line in the log; of all unless told. */
  readonly log?: RequestsLogged;
  /** Threads of each cell. */
  readonly threads: number;
  /** Processes that prepare versions. */
  readonly preparers: number;
  /** Memory of all sandboxes of all cells, in bytes; three quarters of the machine's unless told. */
  readonly memoryBytesMax?: number;
  /** Memory of the responses that all cells keep, in bytes; a sixteenth of the machine's unless told. */
  readonly cacheBytesMax?: number;
  /** Disk of the responses that are kept when the node ends; 0 for none. A tenth of the state folder's disk unless told. */
  readonly cacheDiskBytesMax?: number;
  /** `SERVER_SOFTWARE` for guests, such as `Skerry/0.1.0`. */
  readonly software: string;
  readonly sealer: Sealer;
  /** Which requests are traced, and where their spans go; none are unless told. */
  readonly tracing?: TraceSettings | undefined;
  /** Told of what an operator is to know. */
  readonly onIncident: (incident: Incident) => void;
  readonly onProblem: (problem: string) => void;
  readonly onTraceNote: (text: string) => void;
}

/** A node that runs. */
export interface Node {
  readonly control: Control;
  readonly cells: Cells;
  readonly keyValues: DatabaseKeyValues;
  readonly purging: Purging;
  /** Where it listens. */
  readonly address: ListenAddress;
  readonly tlsAddress: ListenAddress | undefined;
  /** Resolves once all that is deployed is served. */
  readonly ready: Promise<void>;
  /** What became of spans; undefined where nothing is traced. */
  readonly spans: SpanFigures | undefined;
  /** Responses that are kept on a disk; undefined where none are. */
  readonly disk: DiskTierFigures | undefined;
  /** Takes no more requests, lets those under way end for `drainMs`, and ends. */
  stop(drainMs: number): Promise<void>;
}

/** Mappings that are left to the engine, its libraries and what it compiles. */
const mappingsOfOthers = 5_000;

/** The parts of the machine's memory that sandboxes may hold, programs that nobody runs now, and kept responses. */
const [sandboxShare, programShare, cacheShare] = [0.75, 0.1, 0.0625];

/** The part of its disk that kept responses may have, and the most of it, in bytes. */
const [diskPart, diskBytesMax] = [0.1, 64 * 2 ** 30];

/** How long one version may take to be prepared, in milliseconds. */
const prepareMsMax = 120_000;

/**
 * Starts a node. Resolves once its sockets are open; {@link Node.ready} tells when it serves.
 *
 * @throws SkerryError where the state cannot be opened, or the address not be had
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { stateFolder, onIncident } = options;
  const folders = foldersIn(stateFolder);
  const lock = await lockFolder(stateFolder);
  const artifacts = await openArtifactFiles(folders.artifacts, limits.artifactBytesMax);
  await openPrivateFolder(folders.keyValues);
  await openPrivateFolder(folders.cache);
  const purges = await openPurgeFile(folders.cache, options.onProblem);
  const disk = await openDiskTier({
    folder: objectsIn(folders),
    lineage: purges.table.lineage,
    bytesMax: options.cacheDiskBytesMax ?? diskShare(stateFolder),
    onProblem: options.onProblem,
  });
  const database = openDatabase(`${stateFolder}/state.db`, { survives: "power loss" });
  const keyValuesDatabase = openDatabase(keyValuesIn(folders), { survives: "process end" });
  // Its tables are there before cells open it.
  const keyValues = new DatabaseKeyValues(keyValuesDatabase, systemClock);
  const preparers = new Preparers({
    count: options.preparers,
    processOptions: preparerOptions(folders, options.enclosure),
    artifactsFolder: folders.artifacts,
    wallMsMax: prepareMsMax,
  });
  const socket = await bindWhenFree(options.address, options.onProblem);
  const tlsSocket = options.tls && await bindWhenFree(options.tls.address, options.onProblem);
  const processOptions = cellOptions(folders, options.enclosure);
  const pseudonym = `skerry-${crypto.randomUUID().slice(0, 8)}`;
  const exporter = options.tracing && new SpanExporter({
    ...{ settings: options.tracing.export, clock: systemClock, random: systemRandom },
    ...{ send: fetch, note: options.onTraceNote },
  });
  const cacheMemory = makeCacheMemory(
    cacheBytesMax(options),
    options.cells * options.threads,
    systemRandom,
  );
  const cells: Cells = new Cells({
    count: options.cells,
    config: (cell) => ({
      ...shareOf(options),
      ...{ cell, pseudonym },
      ...(disk !== undefined && { objects: disk.place }),
      ...(cacheMemory !== undefined && { cacheMemory: cacheMemory.handle }),
      ...(purges.place !== undefined && { purges: purges.place }),
      address: sharedAddress(socket),
      ...(tlsSocket !== undefined && { tlsAddress: sharedAddress(tlsSocket) }),
    }),
    certificates: () => options.tls?.certificates.current ?? {},
    startProcess(program) {
      const startAlone = () =>
        purges.lend(() => startChild<CellNews, CellOrder>({ program, ...processOptions }));
      const start = () => cacheMemory === undefined ? startAlone() : cacheMemory.lend(startAlone);
      // Nobody else has them: what is hostile to be prepared is not to answer clients.
      return socket.lend(() => tlsSocket === undefined ? start() : tlsSocket.lend(start));
    },
    everything: async () => {
      const state = await control.allServices();
      for (const { tenant, name, why } of state.unreadable) {
        options.onProblem(`${tenant}/${name} cannot be served: ${why}`);
      }
      return batchesOf(state);
    },
    isThere: (service) => isThere(control.store, service),
    onPurge: (request) => purgeFor(purging, request),
    onIncident,
    onDisk: (figures) => disk?.told(figures),
    onSampled({ requests, dropped }) {
      for (const request of requests) exporter?.add(request);
      exporter?.lost(dropped);
    },
  });
  const control: Control = new Control({
    ...{ database, artifacts, preparer: preparers, changes: cells, sealer: options.sealer },
    ...{ clock: systemClock, random: systemRandom },
    // Cells forget what they kept for one that is removed, unless they are down just then.
    onServiceAdded: (tenant, service) => purgeAll(purges.table, { tenant, service }),
  });
  const bus = new LocalBus({ clock: systemClock, newId: newPurgeId });
  if (purges.place !== undefined) bus.subscribe(pseudonym, applyTo(purges.table));
  const purging: Purging = new Purging(
    control,
    new NodePurger({
      ...{ store: control.store, bus },
      onPurged: (service, mode, ms) => cells.totals.purged(service, mode, ms),
    }),
  );
  const ready = cells.start();
  const housekeeping = new Housekeeping({ control, keyValues, onProblem: options.onProblem });
  return {
    control,
    cells,
    keyValues,
    purging,
    address: socket.address,
    tlsAddress: tlsSocket?.address,
    ready,
    get disk() {
      return disk?.figures;
    },
    get spans() {
      return exporter?.figures;
    },
    stop: async (drainMs) => {
      socket.close();
      tlsSocket?.close();
      await cells.stop(drainMs);
      disk?.stop();
      cacheMemory?.close();
      await purges.end();
      await exporter?.close();
      preparers.stop();
      housekeeping.stop();
      keyValuesDatabase.close();
      database.close();
      lock.release();
    },
  };
}

/** Keys and what is cached have folders of their own: cells write to them, and to nothing else. */
function foldersIn(stateFolder: string): NodeFolders {
  return {
    artifacts: `${stateFolder}/artifacts`,
    keyValues: `${stateFolder}/kv`,
    cache: `${stateFolder}/cache`,
  };
}

function keyValuesIn({ keyValues }: NodeFolders): string {
  return `${keyValues}/kv.db`;
}

function diskShare(stateFolder: string): number {
  return Math.min(diskBytesMax, diskBytes(stateFolder) * diskPart);
}

/** A socket as cells are told of it. */
function sharedAddress({ address, inherited }: SharedSocket): SharedAddress {
  return { address, inherited };
}

function cacheBytesMax({ cacheBytesMax }: NodeOptions): number {
  return cacheBytesMax ?? machineFacts().memoryBytes * cacheShare;
}

/** What one cell is told of the node, and may take of the machine. */
function shareOf(options: NodeOptions): Omit<CellConfig, "cell" | "address" | "pseudonym"> {
  const { stateFolder, cells, threads, software, memoryBytesMax, tracing } = options;
  const folders = foldersIn(stateFolder);
  const machineBytes = machineFacts().memoryBytes;
  return {
    software,
    trustedProxies: options.trustedProxies ?? [],
    log: options.log ?? "all",
    ...(tracing !== undefined && { sampler: tracing.sampler }),
    threads,
    artifactsFolder: folders.artifacts,
    keyValuesPath: keyValuesIn(folders),
    writtenNoMore: writtenAtFirst(folders),
    memoryBytesMax: (memoryBytesMax ?? machineBytes * sandboxShare) / cells,
    programBytesMax: machineBytes * programShare / cells,
    cacheBytesMax: cacheBytesMax(options) / cells,
    mappingsMax: mappingsMax() - mappingsOfOthers,
    connectionsMax: Math.floor(openFilesMax() / 2),
  };
}

/** What serves in a thread: a pool of sandboxes, the edge, a listener, a log. */

import { bug, encodeUtf8, limits } from "@skerry/base";
import { type DiskFigures, type DiskObjects, type HttpCache, Purges } from "@skerry/cache";
import type { CacheQuestion } from "@skerry/control";
import { Edge, type LogEvent, LogWriter, type PurgeByRequest, Refusals } from "@skerry/edge";
import {
  Certificates,
  defaultListenLimits,
  type Handler,
  keepSockets,
  listen,
  type Listener,
  type ListenOptions,
  listenTls,
  nextTurn,
  openDatabase,
  processStderr,
  processStdout,
  systemClock,
  SystemCompressor,
  systemRandom,
} from "@skerry/platform";
import { Backends, type Network } from "@skerry/egress";
import { DatabaseKeyValues } from "@skerry/hostcalls";
import { Account, Pool, type Program } from "@skerry/sandbox";
import {
  type Delta,
  Metrics,
  type SampledBatch,
  SampledRequests,
  tracerOf,
} from "@skerry/telemetry";
import type {
  CacheFigures,
  CellConfig,
  ProgramRequest,
  SandboxFigures,
  ThreadShare,
} from "./messages.ts";
import { openCacheMemory } from "./cache_memory.ts";
import { openPurges } from "./purge_file.ts";
import { explainCache } from "./explain_cache.ts";
import { openCache } from "./served_cache.ts";
import { openObjects } from "./served_objects.ts";
import { ServedServices } from "./served_services.ts";
import { clientsRequest, parseTrustedProxies } from "./trusted_proxies.ts";

/** What a thread serves by. */
export interface ServingOptions {
  readonly config: CellConfig;
  /** Which of the cell's it is. */
  readonly thread: number;
  readonly shared: ThreadShare;
  readonly network: Network;
  readonly fetchProgram: (request: ProgramRequest) => Promise<Program>;
  /** Purges where a request's method asks for it. */
  readonly purge: PurgeByRequest;
  /** Told of each event besides the log. */
  readonly onEvent: (event: LogEvent) => void;
}

/** What a thread tells of itself now and then. */
export interface Figures {
  readonly delta: Delta | undefined;
  readonly sampled: SampledBatch | undefined;
  readonly sandboxes: SandboxFigures;
  readonly cache: CacheFigures;
}

/** How often a thread gives a sign of life, in milliseconds. */
const aliveEveryMs = 100;

/** How long a thread stands still for another that writes keys, in milliseconds; then guests wait, and it goes on. */
const keysBusyMsMax = 5;

/** The part of a thread's sandboxes that one tenant may have out at once. */
const tenantShare = 0.25;

/** Scopes of purges that a thread remembers which shares them with nobody; beyond it the oldest becomes one of all before. */
const ownPurgesMax = 100_000;

/** What a pipe takes at once without mixing it with what others write (`PIPE_BUF`, write(2)). */
const pipeBytes = 4096;

/** A thread that serves, once it is told to listen. */
export class Serving {
  readonly services: ServedServices;
  /** Those that it shows to clients that speak TLS. */
  readonly certificates = new Certificates();
  readonly #config: CellConfig;
  readonly #pool: Pool;
  readonly #cacheFigures: () => CacheFigures;
  readonly #cache: HttpCache;
  readonly #edge: Edge;
  readonly #writer: LogWriter;
  readonly #refusals: Refusals;
  readonly #objects: DiskObjects | undefined;
  readonly #metrics = new Metrics();
  readonly #sampled = new SampledRequests();
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  #listeners: readonly Listener[] = [];

  /** Opens all that it needs, for it may not open more later. */
  constructor(options: ServingOptions) {
    const { config, thread, shared, network, fetchProgram, purge, onEvent } = options;
    keepSockets();
    const sandboxesMax = Math.ceil(limits.sandboxesMax / config.threads);
    const database = openDatabase(config.keyValuesPath, {
      survives: "process end",
      busyMsMax: keysBusyMsMax,
    });
    this.#config = config;
    this.#pool = new Pool({
      sandboxesMax,
      memory: Account.open(shared.memory),
      mappings: Account.open(shared.mappings),
      clock: systemClock,
      turn: nextTurn,
    });
    // Objects are judged by purges that outlive the node as they do, and that all threads know.
    this.#objects = config.purges && config.objects && openObjects(config.objects, complain);
    const { server: cache, fragments, figures } = openCache({
      objects: this.#objects,
      ...{ clock: systemClock, random: systemRandom },
      bytesMax: config.cacheBytesMax / config.threads,
      // Who shares what is kept must heed the same purges.
      shared: config.purges && config.cacheMemory &&
        openCacheMemory(config.cacheMemory, config.cell * config.threads + thread),
      purges: (config.purges && openPurges(config.purges)) ?? new Purges(ownPurgesMax),
      onFault: (error) => complain(`the cache failed for a reason of our own: ${String(error)}`),
    });
    this.#cacheFigures = figures;
    this.#cache = cache.cache;
    this.services = new ServedServices({
      pool: this.#pool,
      clock: systemClock,
      keyValues: new DatabaseKeyValues(database, systemClock),
      cache,
      fragments,
      onGuestCache: (service, use, result) => this.#metrics.usedByGuest(service, use, result),
      backends: new Backends(network, systemClock, systemRandom),
      pseudonym: config.pseudonym,
      fetchProgram,
      programBytesMax: config.programBytesMax / config.threads,
      tenantSandboxesMax: Math.max(1, Math.floor(sandboxesMax * tenantShare)),
      start: Math.floor(performance.now() * 1e3),
    });
    this.#writer = new LogWriter({
      requests: config.log,
      sink: processStdout,
      turn: nextTurn,
      writeBytesMax: pipeBytes,
      fields: { cell: config.cell, thread },
      onLost: (error) => complain(`the log cannot be written: ${String(error)}`),
    });
    const log = (event: LogEvent) => {
      this.#writer.write(event);
      this.#metrics.take(event);
      this.#sampled.take(event);
      onEvent(event);
    };
    this.#edge = new Edge({
      router: this.services,
      pool: this.#pool,
      clock: systemClock,
      random: systemRandom,
      log,
      software: config.software,
      compressor: new SystemCompressor(),
      purge,
      cache,
      tracer: config.sampler && tracerOf(config.sampler),
    });
    this.#refusals = new Refusals(systemClock, log);
    const alive = new Int32Array(shared.alive);
    this.#timers = [
      setInterval(() => Atomics.add(alive, 0, 1), aliveEveryMs),
      setInterval(() => this.#pool.trim(), limits.sandboxTrimMs),
    ];
  }

  /** Takes requests from now on. */
  async listen(): Promise<void> {
    const { address, tlsAddress, threads } = this.#config;
    const proxies = parseTrustedProxies(this.#config.trustedProxies);
    const trusted = proxies.ok ? proxies.value : bug("the trusted proxies were not checked");
    const handler: Handler = trusted.length === 0
      ? (request) => this.#edge.handle(request)
      : (request) => this.#edge.handle(clientsRequest(request, trusted));
    const connectionsMax = Math.min(
      defaultListenLimits.connectionsMax,
      Math.floor(this.#config.connectionsMax / threads),
    );
    const options: ListenOptions = {
      // Those whom proxies speak for share their addresses.
      limits: {
        connectionsMax,
        ...(trusted.length > 0 && { connectionsPerAddressMax: Infinity }),
      },
      onRefused: ({ status, why }, peer) => {
        this.#metrics.refused(status);
        this.#refusals.note({ status, why, remote: peer.address });
      },
      onFault: (error) => complain(`a request failed for a reason of our own: ${String(error)}`),
    };
    const { certificates } = this;
    this.#listeners = [
      await listen(address, handler, options),
      ...(tlsAddress === undefined
        ? []
        : [await listenTls(tlsAddress, handler, { ...options, certificates })]),
    ];
  }

  /** What the cache would do with a request, as JSON; of what is another tenant's nothing. */
  explain(question: CacheQuestion): string {
    return JSON.stringify(explainCache(question, this.services, this.#cache) ?? null);
  }

  /** What was counted and traced since this was asked the last time, and what there is now. */
  takeFigures(): Figures {
    const { inUse, idle } = this.#pool;
    const [delta, sampled] = [this.#metrics.takeDelta(), this.#sampled.takeBatch()];
    return { delta, sampled, sandboxes: { inUse, idle }, cache: this.#cacheFigures() };
  }

  /** What was done to the disk tier since this was asked the last time; undefined where nothing was. */
  takeDiskFigures(): DiskFigures | undefined {
    const figures = this.#objects?.takeFigures();
    if (figures === undefined) return undefined;
    const { growth, ...counts } = figures;
    const isIdle = Object.values(counts).every((count) => count === 0);
    return isIdle && Object.keys(growth).length === 0 ? undefined : figures;
  }

  /** Takes no more, lets what is under way end for `drainMs`, then cuts it off. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close(drainMs)));
    for (const timer of this.#timers) clearInterval(timer);
    this.#writer.flush();
  }
}

/** Tells the operator. */
function complain(text: string): void {
  void processStderr.write(encodeUtf8(`skerry: ${text}\n`));
}

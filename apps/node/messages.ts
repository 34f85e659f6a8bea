/** What the processes and threads of a node say to each other: plain values. */

import type { DiskFigures } from "@skerry/cache";
import type { CacheQuestion, Change } from "@skerry/control";
import type { LogEvent, PurgeOutcome, RequestsLogged } from "@skerry/edge";
import type { CertificatePem, MemoryHandle, SharedAddress } from "@skerry/platform";
import type { CellFigures, Delta, SampledBatch, SamplerSettings } from "@skerry/telemetry";
import type { SharedAccount, SharedProgram } from "@skerry/sandbox";
import type { PurgeAsked } from "./purge_desk.ts";

/** Something that a thread has asked the supervisor to purge, and which of its cell's threads it is. */
export interface CellPurge extends PurgeAsked {
  readonly thread: number;
}

/**
 * Changes of what is served, all to be seen at once.
 *
 * @property isHot whether the programs of its services are made ready before they are served
 */
export interface ChangeBatch {
  readonly sequence: number;
  readonly changes: readonly Change[];
  readonly isHot: boolean;
}

/** Certificates and their keys by the hosts that they are for. */
export type CertificatesByHost = Readonly<Record<string, CertificatePem>>;

/** Where purges are that a whole node shares: mapped from a file, or in memory that cells inherit. */
export type PurgesPlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "memory"; readonly handle: MemoryHandle };

/** Where objects are that outlive the node, and in hexadecimal digits by which secret they are named. */
export interface ObjectsPlace {
  readonly folder: string;
  readonly secret: string;
}

/** What a cell is, beside what it serves. Sizes are bytes, of the whole cell. */
export interface CellConfig {
  readonly cell: number;
  readonly threads: number;
  readonly address: SharedAddress;
  /** Where it speaks TLS. */
  readonly tlsAddress?: SharedAddress;
  /** Blocks of addresses whose clients are believed when they say whom they speak for. */
  readonly trustedProxies: readonly string[];
  /** Of which requests there is a line in the log. */
  readonly log: RequestsLogged;
  /** `SERVER_SOFTWARE` for guests. */
  readonly software: string;
  /** The node's name in `Via`, which no other has. */
  readonly pseudonym: string;
  readonly artifactsFolder: string;
  /** The database of keys and values. */
  readonly keyValuesPath: string;
  /** Without them each thread knows its own alone. */
  readonly purges?: PurgesPlace;
  /** Where responses are kept on a disk; nowhere unless told. */
  readonly objects?: ObjectsPlace;
  /** Folders to which it writes while it starts, and not any more once it serves. */
  readonly writtenNoMore: readonly string[];
  readonly memoryBytesMax: number;
  readonly programBytesMax: number;
  /** Of responses that are kept, where each thread keeps its own. */
  readonly cacheBytesMax: number;
  /** Where all threads of the node keep them, if they share memory. */
  readonly cacheMemory?: MemoryHandle;
  readonly mappingsMax: number;
  readonly connectionsMax: number;
  /** Which requests are traced; none unless told. */
  readonly sampler?: SamplerSettings;
}

/** From the supervisor to a cell. */
export type CellOrder =
  | { readonly kind: "start"; readonly config: CellConfig }
  | { readonly kind: "apply"; readonly batch: ChangeBatch }
  | { readonly kind: "certificates"; readonly certificates: CertificatesByHost }
  /** It was told everything, and is to take requests from now on. */
  | { readonly kind: "serve" }
  | { readonly kind: "stop"; readonly drainMs: number }
  | {
    readonly kind: "purged";
    readonly thread: number;
    readonly number: number;
    readonly outcome: PurgeOutcome;
  }
  | { readonly kind: "tail"; readonly services: readonly string[] }
  | { readonly kind: "explain"; readonly number: number; readonly question: CacheQuestion };

/** From a cell to the supervisor. */
export type CellNews =
  | { readonly kind: "started" }
  /** It takes requests. */
  | { readonly kind: "serving" }
  /** @property problems what could not be served, as it was before */
  | { readonly kind: "applied"; readonly sequence: number; readonly problems: readonly string[] }
  | { readonly kind: "explained"; readonly number: number; readonly text: string }
  | { readonly kind: "alive" }
  | { readonly kind: "event"; readonly event: LogEvent }
  /** What was done to the disk tier since the last time. */
  | { readonly kind: "disk"; readonly figures: DiskFigures }
  | {
    readonly kind: "telemetry";
    readonly delta: Delta | undefined;
    readonly sampled: SampledBatch | undefined;
    readonly figures: CellFigures;
  }
  | { readonly kind: "stuck"; readonly thread: number; readonly silentMs: number }
  | { readonly kind: "purge"; readonly asked: CellPurge }
  | { readonly kind: "stopped" };

/** A program as threads ask for it. */
export interface ProgramRequest {
  /** By which it is asked for and answered: tenants share no instances. */
  readonly key: string;
  readonly artifact: string;
  readonly memoryBytesMax: number | undefined;
}

/** From a cell's main thread to one that serves. */
export type ThreadOrder =
  | {
    readonly kind: "start";
    readonly config: CellConfig;
    /** Which of the cell's it is. */
    readonly thread: number;
    readonly shared: ThreadShare;
  }
  | {
    readonly kind: "apply";
    readonly batch: ChangeBatch;
    /** The memory of the tenants among them. */
    readonly accounts: Readonly<Record<string, SharedAccount>>;
  }
  | { readonly kind: "program"; readonly key: string; readonly program: SharedProgram | string }
  | { readonly kind: "certificates"; readonly certificates: CertificatesByHost }
  /** It was told everything, and is to take requests from now on. */
  | { readonly kind: "serve" }
  | { readonly kind: "stop"; readonly drainMs: number }
  | { readonly kind: "purged"; readonly number: number; readonly outcome: PurgeOutcome }
  | { readonly kind: "tail"; readonly services: readonly string[] }
  | { readonly kind: "explain"; readonly number: number; readonly question: CacheQuestion };

/** From a cell's main thread to the one that makes programs. */
export interface LoaderOrder {
  readonly job: number;
  /** Where the artifact is. */
  readonly path: string;
  readonly memoryBytesMax: number | undefined;
}

/** From the thread that makes programs to its cell's main thread. */
export type LoaderNews =
  | { readonly kind: "started" }
  | { readonly kind: "loaded"; readonly job: number; readonly program: SharedProgram }
  | { readonly kind: "failed"; readonly job: number; readonly why: string };

/** What the threads of a cell share. */
export interface ThreadShare {
  readonly memory: SharedAccount;
  readonly mappings: SharedAccount;
  /** One word that the thread changes as long as it is alive. */
  readonly alive: SharedArrayBuffer;
}

/** From a thread that serves to its cell's main thread. */
export type ThreadNews =
  | { readonly kind: "started" }
  | { readonly kind: "serving" }
  | { readonly kind: "applied"; readonly sequence: number; readonly problems: readonly string[] }
  | { readonly kind: "explained"; readonly number: number; readonly text: string }
  | { readonly kind: "program"; readonly request: ProgramRequest }
  | { readonly kind: "purge"; readonly asked: PurgeAsked }
  | { readonly kind: "event"; readonly event: LogEvent }
  /** What was done to the disk tier since the last time. */
  | { readonly kind: "disk"; readonly figures: DiskFigures }
  /**
   * @property delta what was counted since the last time
   * @property sampled what was traced since then
   */
  | {
    readonly kind: "telemetry";
    readonly delta: Delta | undefined;
    readonly sampled: SampledBatch | undefined;
    readonly sandboxes: SandboxFigures;
    readonly cache: CacheFigures;
  }
  | { readonly kind: "stopped" };

/** What one thread keeps of responses: bytes, and how many responses had to go for others. */
export interface CacheFigures {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly evictions: number;
}

/** Sandboxes of one thread. */
export interface SandboxFigures {
  readonly inUse: number;
  readonly idle: number;
}

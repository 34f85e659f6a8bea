/** All cells of a node, and the way of a change to every one of them. */

import type { DiskFigures } from "@skerry/cache";
import type { Acknowledgement, CacheQuestion, Change } from "@skerry/control";
import type { LogEvent, PurgeByRequest } from "@skerry/edge";
import type { Child } from "@skerry/platform";
import { type CountedService, type Delta, type SampledBatch, Totals } from "@skerry/telemetry";
import { Attention } from "./attention.ts";
import { CellProcess, type CellState, type Incident } from "./cell_process.ts";
import { goneWith } from "./gone.ts";
import type {
  CellConfig,
  CellNews,
  CellOrder,
  CertificatesByHost,
  ChangeBatch,
} from "./messages.ts";

/** What cells are made of. */
export interface CellsOptions {
  readonly count: number;
  readonly config: (cell: number) => CellConfig;
  /** Starts the process of a cell, which inherits what it listens on. */
  readonly startProcess: (program: URL) => Child<CellNews, CellOrder>;
  readonly certificates: () => CertificatesByHost;
  /** Whether there is such a service now. */
  readonly isThere: (service: CountedService) => boolean;
  readonly everything: () => Promise<readonly Omit<ChangeBatch, "sequence">[]>;
  /** Purges for whoever has asked a cell to. Never rejects. */
  readonly onPurge: PurgeByRequest;
  readonly onIncident: (incident: Incident) => void;
  /** Told of what cells did to the disk tier. */
  readonly onDisk: (figures: DiskFigures) => void;
  /** Told of requests that are traced. */
  readonly onSampled: (batch: SampledBatch) => void;
}

/** What a cell is now, for people and programs. */
export interface CellStatus {
  readonly cell: number;
  readonly state: CellState;
  readonly pid: number | undefined;
  readonly restarts: number;
}

/** Somebody who follows a service, by its full name and its key. */
export interface Follower {
  readonly name: string;
  readonly key: number;
  readonly onEvent: (event: LogEvent) => void;
  /** The service was removed: it has no more events. */
  readonly onGone: () => void;
}

const nothing: Delta = { services: [], refused: [] };

/** How often cells are looked after, in milliseconds. */
const lookEveryMs = 1_000;

/** The cells of a node. */
export class Cells {
  /** What all of them have counted. */
  readonly totals: Totals;
  readonly #cells: readonly CellProcess[];
  readonly #followers = new Map<symbol, Follower>();
  #haveServed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor({ count, config, isThere, ...options }: CellsOptions) {
    this.totals = new Totals({ isThere });
    const onEvent = ({ event }: { readonly event: LogEvent }) => {
      for (const follower of this.#followers.values()) {
        if (isFrom(follower, event)) follower.onEvent(event);
      }
    };
    this.#cells = Array.from(
      { length: count },
      (_, cell) =>
        new CellProcess({
          ...{ ...options, config: config(cell), onEvent },
          onTelemetry: ({ delta = nothing, sampled, figures }) => {
            this.totals.add(cell, delta, performance.now(), figures);
            if (sampled !== undefined) options.onSampled(sampled);
          },
          onEnded: () => this.totals.cellEnded(cell),
        }),
    );
  }

  /** Starts them. Resolves once all have served. */
  async start(): Promise<void> {
    const attention = new Attention(lookEveryMs, performance.now());
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const deafMs = attention.look(nowMs);
      for (const cell of this.#cells) cell.look(nowMs, deafMs);
    }, lookEveryMs);
    await Promise.all(this.#cells.map((cell) => cell.start()));
    this.#haveServed = true;
  }

  /** Tells all cells a change; resolves once all that are up have taken it, or the time is over. */
  async publish(change: Change, wallMsMax: number): Promise<Acknowledgement> {
    const isGone = goneWith(change);
    if (isGone !== undefined) this.#forget(isGone);
    let acknowledged = 0;
    const told = this.#cells.map(async (cell) => {
      const problems = await cell.apply({ changes: [change], isHot: true });
      if (problems?.length === 0) acknowledged += 1;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, wallMsMax));
    await Promise.race([Promise.all(told), late]);
    clearTimeout(timer);
    return { acknowledged, of: this.#cells.length };
  }

  /** Asks any cell that serves to explain its cache: JSON, undefined where none answers. */
  async explain(question: CacheQuestion, wallMsMax: number): Promise<string | undefined> {
    const cell = this.#cells.find(({ state }) => state === "serving");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), wallMsMax);
    });
    const text = await Promise.race([cell?.explain(question), late]);
    clearTimeout(timer);
    return text;
  }

  /** Whether requests are answered: all cells have served once, and one of them does now. */
  get isServing(): boolean {
    return this.#haveServed && this.#cells.some(({ state }) => state === "serving");
  }

  get status(): CellStatus[] {
    return this.#cells.map(({ state, pid, restarts }, cell) => ({ cell, state, pid, restarts }));
  }

  /**
   * Has events of a service told.
   *
   * @returns ends it
   */
  tail(follower: Follower): () => void {
    const id = Symbol();
    this.#followers.set(id, follower);
    this.#tellTails();
    return () => {
      this.#followers.delete(id);
      this.#tellTails();
    };
  }

  /** Has all cells show the certificates that there are now. */
  showCertificates(): void {
    for (const cell of this.#cells) cell.showCertificates();
  }

  /** Lets what is under way end, then ends all of them. */
  async stop(drainMs: number): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#cells.map((cell) => cell.stop(drainMs)));
  }

  /** What is held of services is let go of, and whoever follows them is told. */
  #forget(isGone: (service: string) => boolean): void {
    this.totals.forget(isGone);
    for (const { name, onGone } of this.#followers.values()) if (isGone(name)) onGone();
  }

  #tellTails(): void {
    const services = new Set(this.#followers.values().map(({ name }) => name));
    for (const cell of this.#cells) cell.tail([...services]);
  }
}

/** Cells tell by names, and late: it may be of one before that had the same. */
function isFrom({ name, key }: Follower, event: LogEvent): boolean {
  return event.type !== "refused" && event.service === name && event.serviceKey === key;
}

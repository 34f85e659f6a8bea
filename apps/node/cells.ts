/** All cells of a node, and the way of a change to every one of them. */

import type { DiskFigures } from "@skerry/cache";
import type { Acknowledgement, CacheQuestion, Change } from "@skerry/control";
import type { LogEvent, PurgeByRequest } from "@skerry/edge";
import type { Child } from "@skerry/platform";
import { type Delta, type SampledBatch, Totals } from "@skerry/telemetry";
import { Attention } from "./attention.ts";
import { CellProcess, type CellState, type Incident } from "./cell_process.ts";
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

const nothing: Delta = { services: [], refused: [] };

/** How often cells are looked after, in milliseconds. */
const lookEveryMs = 1_000;

/** The cells of a node. */
export class Cells {
  /** What all of them have counted. */
  readonly totals = new Totals();
  readonly #cells: readonly CellProcess[];
  readonly #listeners = new Map<symbol, Tail>();
  #haveServed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor({ count, config, ...options }: CellsOptions) {
    const onEvent = ({ event }: { readonly event: LogEvent }) => {
      for (const { services, onEvent } of this.#listeners.values()) {
        if (isOf(event, services)) onEvent(event);
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
    if (change.kind === "service removed") this.totals.forget(`${change.tenant}/${change.name}`);
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
   * Has events told, of services by their full names or of all (`*`).
   *
   * @returns ends it
   */
  tail(services: readonly string[], onEvent: (event: LogEvent) => void): () => void {
    const key = Symbol();
    this.#listeners.set(key, { services: new Set(services), onEvent });
    this.#tellTails();
    return () => {
      this.#listeners.delete(key);
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

  #tellTails(): void {
    const services = new Set<string>();
    for (const tail of this.#listeners.values()) {
      for (const name of tail.services) services.add(name);
    }
    for (const cell of this.#cells) cell.tail([...services]);
  }
}

/** Somebody who listens. */
interface Tail {
  readonly services: ReadonlySet<string>;
  readonly onEvent: (event: LogEvent) => void;
}

function isOf(event: LogEvent, services: ReadonlySet<string>): boolean {
  if (services.has("*")) return true;
  return event.type !== "refused" && event.service !== undefined && services.has(event.service);
}

/**
 * One cell as the supervisor knows it: started, told everything, watched, and started again when it ends. A cell that
 * ends soon after its start is left alone for a while first, twice as long each time.
 */

import type { DiskFigures } from "@skerry/cache";
import type { PurgeByRequest } from "@skerry/edge";
import type { CacheQuestion } from "@skerry/control";
import type { Child } from "@skerry/platform";
import { Gathering } from "./gathering.ts";
import type {
  CellConfig,
  CellNews,
  CellOrder,
  CellPurge,
  CertificatesByHost,
  ChangeBatch,
} from "./messages.ts";

/** What a cell's supervisor does for it. */
export interface CellOptions {
  readonly config: CellConfig;
  /** Starts the process of a cell, which inherits what it listens on. */
  readonly startProcess: (program: URL) => Child<CellNews, CellOrder>;
  /** What clients that speak TLS are shown. */
  readonly certificates: () => CertificatesByHost;
  /** Everything that there is to serve, in batches. */
  readonly everything: () => Promise<readonly Omit<ChangeBatch, "sequence">[]>;
  /** Told of what the cell's guests do, where that was asked for. */
  readonly onEvent: (news: Extract<CellNews, { kind: "event" }>) => void;
  /** Told of what it did to the disk tier. */
  readonly onDisk: (figures: DiskFigures) => void;
  /** Told of what it has counted. */
  readonly onTelemetry: (news: Extract<CellNews, { kind: "telemetry" }>) => void;
  /** Purges for whoever has asked a cell to. Never rejects. */
  readonly onPurge: PurgeByRequest;
  /** Told that it has ended, before it is started again. */
  readonly onEnded: () => void;
  /** Told of what an operator is to know. */
  readonly onIncident: (incident: Incident) => void;
}

/** Something that should not happen to a cell. */
export interface Incident {
  readonly cell: number;
  readonly what: string;
  /** When it is started again, in milliseconds from now; undefined where it goes on. */
  readonly restartMs?: number;
}

/** What a cell does now. */
export type CellState = "starting" | "loading" | "serving" | "waiting" | "stopping" | "ended";

/** How long a cell may say nothing, and how long its start may take, in milliseconds. */
const silenceMsMax = 15_000;
const startMsMax = 60_000;

/** How long a cell waits to be started again, at first and at most, in milliseconds; and after which life it is the first time again. */
const [backoffMs, backoffMsMax, wellMs] = [100, 10_000, 5_000];

/** How much longer than its drain a cell that stops may take, in milliseconds. */
const stopMs = 3_000;

/** A cell, through all its lives. */
export class CellProcess {
  readonly #options: CellOptions;
  readonly #serving = Promise.withResolvers<void>();
  #state: CellState = "starting";
  #child: Child<CellNews, CellOrder> | undefined;
  /** What this life was asked and has not answered. */
  #gathering = new Gathering();
  #sequence = 0;
  #heardMs = 0;
  #startedMs = 0;
  #failures = 0;
  #restarts = 0;
  #tailed: readonly string[] = [];

  constructor(options: CellOptions) {
    this.#options = options;
  }

  get state(): CellState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Starts it. Resolves once it serves for the first time. */
  start(): Promise<void> {
    void this.#live();
    return this.#serving.promise;
  }

  /**
   * Tells a change. Resolves with what could not be served; at once where the cell is not up, since it is told
   * everything when it is.
   */
  async apply(batch: Omit<ChangeBatch, "sequence">): Promise<readonly string[] | undefined> {
    const child = this.#child;
    if (child === undefined || this.#state === "starting" || this.#state === "stopping") {
      return undefined;
    }
    return await this.#apply(child, batch);
  }

  /** Asks it to explain its cache: JSON, undefined where it does not answer. */
  async explain(question: CacheQuestion): Promise<string | undefined> {
    if (this.#state !== "serving") return undefined;
    const number = this.#sequence += 1;
    const explained = this.#gathering.of(`explained ${number}`, 1);
    this.#child?.send({ kind: "explain", number, question });
    return (await explained)?.[0];
  }

  /** Has the events of services told, from now on and after restarts. */
  tail(services: readonly string[]): void {
    this.#tailed = services;
    if (this.#state !== "starting") this.#child?.send({ kind: "tail", services });
  }

  /** Shows clients what there is now. */
  showCertificates(): void {
    if (this.#state === "starting") return;
    const certificates = this.#options.certificates();
    this.#child?.send({ kind: "certificates", certificates });
  }

  /** Lets what is under way end, then ends it. */
  async stop(drainMs: number): Promise<void> {
    const child = this.#child;
    this.#state = child === undefined ? "ended" : "stopping";
    if (child === undefined) return;
    child.send({ kind: "stop", drainMs });
    const timer = setTimeout(() => child.kill(), drainMs + stopMs);
    await child.ended;
    clearTimeout(timer);
  }

  /** Ends it at once. Unless it was stopped, it is started again. */
  kill(): void {
    this.#child?.kill();
  }

  /**
   * Ends a cell that gives no sign of life. To be called every now and then.
   *
   * @param deafMs for how long nobody could have heard it
   */
  look(nowMs: number, deafMs: number): void {
    this.#heardMs = Math.min(nowMs, this.#heardMs + deafMs);
    if (this.#child === undefined || this.#state === "stopping") return;
    const allowedMs = this.#state === "serving" ? silenceMsMax : startMsMax;
    if (nowMs - this.#heardMs < allowedMs) return;
    this.#incident(`it has been silent for ${Math.round(nowMs - this.#heardMs)} ms, and is ended`);
    this.#heardMs = nowMs;
    this.kill();
  }

  async #live(): Promise<void> {
    while (!this.#isStopped()) {
      this.#startedMs = this.#heardMs = performance.now();
      const child = this.#start();
      const { code, signal } = await child.ended;
      this.#child = undefined;
      // Whoever waits for this life goes on; the next one is told everything.
      this.#gathering.cancel();
      this.#options.onEnded();
      if (this.#isStopped()) break;
      await this.#waitAfter(signal === undefined ? `with code ${code}` : `by ${signal}`);
    }
    this.#state = "ended";
  }

  #isStopped(): boolean {
    return this.#state === "stopping" || this.#state === "ended";
  }

  #start(): Child<CellNews, CellOrder> {
    this.#state = "starting";
    this.#gathering = new Gathering();
    const program = new URL("./cell.ts", import.meta.url);
    const { startProcess, config } = this.#options;
    const child = startProcess(program);
    this.#child = child;
    child.onMessage((news) => {
      try {
        this.#heard(child, news);
      } catch (error) {
        this.#disown(child, error);
      }
    });
    child.send({ kind: "start", config });
    return child;
  }

  /** What is no news of ours is said by a cell that is not ours any more. */
  #disown(child: Child<CellNews, CellOrder>, error: unknown): void {
    this.#incident(`it says what no cell says, and is ended: ${String(error)}`);
    child.kill();
  }

  async #waitAfter(how: string): Promise<void> {
    const livedMs = performance.now() - this.#startedMs;
    this.#failures = livedMs > wellMs ? 0 : this.#failures + 1;
    const restartMs = this.#failures === 0
      ? 0
      : Math.min(backoffMsMax, backoffMs * 2 ** (this.#failures - 1));
    this.#incident(`it ended ${how} after ${Math.round(livedMs)} ms`, restartMs);
    this.#state = "waiting";
    this.#restarts += 1;
    await new Promise((resolve) => setTimeout(resolve, restartMs));
  }

  #heard(child: Child<CellNews, CellOrder>, news: CellNews): void {
    this.#heardMs = performance.now();
    switch (news.kind) {
      case "started":
        if (this.#state === "starting") void this.#load(child);
        return;
      case "serving":
        if (this.#isStopped()) return;
        this.#state = "serving";
        return this.#serving.resolve();
      case "applied":
        return this.#gathering.answered(String(news.sequence), news.problems);
      case "explained":
        return this.#gathering.answered(`explained ${news.number}`, [String(news.text)]);
      case "event":
        return this.#options.onEvent(news);
      case "disk":
        return this.#options.onDisk(news.figures);
      case "telemetry":
        return this.#options.onTelemetry(news);
      case "stuck":
        this.#incident(
          `its thread ${news.thread} has been silent for ${
            Math.round(news.silentMs)
          } ms, as when a program ` +
            "computes that nothing can interrupt: it is ended",
        );
        return this.kill();
      case "purge":
        return void this.#purge(child, news.asked).catch((error) => this.#disown(child, error));
      case "alive":
      case "stopped":
        return;
    }
  }

  async #purge(
    child: Child<CellNews, CellOrder>,
    { thread, number, request }: CellPurge,
  ): Promise<void> {
    const outcome = await this.#options.onPurge(request);
    if (this.#child === child) child.send({ kind: "purged", thread, number, outcome });
  }

  /** Tells a cell that has started everything there is. */
  async #load(child: Child<CellNews, CellOrder>): Promise<void> {
    this.#state = "loading";
    child.send({ kind: "tail", services: this.#tailed });
    this.showCertificates();
    for (const batch of await this.#options.everything()) {
      const problems = await this.#apply(child, batch);
      for (const problem of problems ?? []) this.#incident(`it does not serve ${problem}`);
      if (this.#child !== child) return;
    }
    child.send({ kind: "serve" });
  }

  #apply(
    child: Child<CellNews, CellOrder>,
    batch: Omit<ChangeBatch, "sequence">,
  ): Promise<readonly string[] | undefined> {
    const sequence = this.#sequence += 1;
    const applied = this.#gathering.of(String(sequence), 1);
    child.send({ kind: "apply", batch: { ...batch, sequence } });
    return applied;
  }

  #incident(what: string, restartMs?: number): void {
    const { config: { cell }, onIncident } = this.#options;
    onIncident({ cell, what, ...(restartMs !== undefined && { restartMs }) });
  }
}

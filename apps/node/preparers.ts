/**
 * Versions are prepared in processes of their own: what a module does to the compiler or the engine ends one of them,
 * and fails its own deployment. Tenants take turns, so that nobody waits for all that another one deploys.
 */

import { SkerryError } from "@skerry/base";
import type { Preparation, PreparationResult, Preparer } from "@skerry/control";
import { type Child, startChild } from "@skerry/platform";
import type { PrepareNews, PrepareOrder } from "./preparer_messages.ts";
import type { ProcessOptions } from "./process_options.ts";

/** What preparers are made of. */
export interface PreparersOptions {
  /** How many processes. */
  readonly count: number;
  readonly processOptions: ProcessOptions;
  /** What is run; a preparer unless told. */
  readonly program?: URL;
  readonly artifactsFolder: string;
  /** How long one preparation may take, in milliseconds. */
  readonly wallMsMax: number;
}

/** How long one that ended within `wellMs` of its start is not started again, in milliseconds. */
const [restartMs, wellMs] = [1_000, 5_000];

/** A preparation that waits, or is under way. */
interface Job extends PromiseWithResolvers<PreparationResult> {
  readonly preparation: Preparation;
}

/** Prepares versions. */
export class Preparers implements Preparer {
  readonly #options: PreparersOptions;
  readonly #free: Worker[] = [];
  readonly #waiting = new Map<string, Job[]>();
  readonly #workers: Worker[];
  #stopped = false;

  constructor(options: PreparersOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.count }, () => new Worker(options));
    this.#free.push(...this.#workers);
  }

  prepare(preparation: Preparation): Promise<PreparationResult> {
    const job = { preparation, ...Promise.withResolvers<PreparationResult>() };
    const jobs = this.#waiting.get(preparation.tenant);
    if (jobs === undefined) this.#waiting.set(preparation.tenant, [job]);
    else jobs.push(job);
    this.#next();
    return job.promise;
  }

  /** Ends all of them at once. */
  stop(): void {
    this.#stopped = true;
    for (const worker of this.#workers) worker.stop();
  }

  #next(): void {
    const [tenant, jobs] = this.#waiting.entries().next().value ?? [];
    const worker = this.#free[0];
    if (tenant === undefined || jobs === undefined || worker === undefined || this.#stopped) return;
    this.#free.shift();
    const job = jobs.shift();
    // Its tenant's next one waits until the others' have begun.
    this.#waiting.delete(tenant);
    if (jobs.length > 0) this.#waiting.set(tenant, jobs);
    if (job === undefined) return;
    void worker.do(job.preparation, this.#options).then(job.resolve, job.reject).then(() => {
      this.#free.push(worker);
      this.#next();
    });
    this.#next();
  }
}

/** One process, through all its lives. */
class Worker {
  readonly #options: PreparersOptions;
  #child: Promise<Child<PrepareNews, PrepareOrder>>;
  #job = 0;
  #onNews: ((news: PrepareNews) => void) | undefined;
  #isStopped = false;

  constructor(options: PreparersOptions) {
    this.#options = options;
    this.#child = Promise.resolve(this.#start());
  }

  async do(
    preparation: Preparation,
    { wallMsMax, artifactsFolder }: PreparersOptions,
  ): Promise<PreparationResult> {
    const job = this.#job += 1;
    const child = await this.#child;
    const news = new Promise<PrepareNews | "late" | "ended">((resolve) => {
      const timer = setTimeout(() => resolve("late"), wallMsMax);
      const settle = (found: PrepareNews | "ended") => {
        clearTimeout(timer);
        resolve(found);
      };
      this.#onNews = (found) => {
        if (found.job === job) settle(found);
      };
      void child.ended.then(() => settle("ended"));
    });
    child.send({ job, preparation, artifactsFolder });
    const found = await news;
    if (found === "late") {
      child.kill();
      // The next one is another's, and is not sent to a process that is about to end.
      await child.ended;
      return failed(`it was not prepared within ${wallMsMax} ms`);
    }
    if (found === "ended") {
      return failed("the process that prepared it ended, as by too little memory");
    }
    if (found.kind === "prepared") return found.result;
    throw new SkerryError("SKERRY_NODE_FAILED", `the version cannot be prepared: ${found.why}`);
  }

  stop(): void {
    this.#isStopped = true;
    void this.#child.then((child) => child.kill());
  }

  #start(): Child<PrepareNews, PrepareOrder> {
    const preparer = new URL("./preparer.ts", import.meta.url);
    const { processOptions, program = preparer } = this.#options;
    const child = startChild<PrepareNews, PrepareOrder>({ program, ...processOptions });
    child.onMessage((news) => {
      try {
        this.#onNews?.(news);
      } catch {
        // What is no news of ours is said by a process that is not ours any more.
        child.kill();
      }
    });
    const startedMs = performance.now();
    void child.ended.then(() => {
      if (this.#isStopped) return;
      const waitMs = performance.now() - startedMs < wellMs ? restartMs : 0;
      this.#child = new Promise((resolve) => setTimeout(() => resolve(this.#start()), waitMs));
    });
    return child;
  }
}

function failed(message: string): PreparationResult {
  return { kind: "failed", diagnostics: [{ message }] };
}

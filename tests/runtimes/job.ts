/**
 * Work that is done by one and the same source on several runtimes.
 *
 * The work is a module that exports `run`, written for all of them: TypeScript with erasable types, paths
 * that end in `.ts`, the rooms as `@skerry/…`, web-standard functions alone. Each runtime has a launcher that
 * imports it, hands it the input, and brings back what it answers.
 */

/** What a runtime is asked to do. */
export interface Job {
  /** The module, by its path in the project: `tests/runtimes/portable_work.ts`. */
  readonly entry: string;
  /** Files to hand over: a name for each, and its path in the project. */
  readonly files?: Readonly<Record<string, string>>;
  /** Anything else; it travels as JSON. */
  readonly parameters?: unknown;
}

/** What `run` is given. */
export interface JobInput {
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  readonly parameters: unknown;
}

/** What the module of a job exports; the answer travels as JSON. */
export interface JobModule {
  run(input: JobInput): unknown;
}

/** How a runtime does a job. Rejects with what the runtime said where the work throws. */
export type RunJob = (job: Job) => Promise<unknown>;

/**
 * The programs of one thread: those that were asked for lately, each fetched once however many wait for it. One that
 * could not be fetched is not asked for again for a while.
 */

import type { Clock } from "@skerry/base";
import type { Program } from "@skerry/sandbox";
import type { ProgramRequest } from "./messages.ts";
import { ProgramShelf } from "./program_shelf.ts";

/** What it needs. */
export interface OpenProgramsOptions {
  readonly clock: Clock;
  /** Bytes of the artifacts of all that are kept. */
  readonly bytesMax: number;
  /** Gets a program from whoever compiles. Rejects with what is wrong with it. */
  readonly fetch: (request: ProgramRequest) => Promise<Program>;
  /** Told of each that is not kept any more. */
  readonly onClosed: (key: string, program: Program) => void;
}

/** How long one that failed is left alone, in milliseconds. */
const tryAgainMs = 1_000;

/** Programs at hand. */
export class OpenPrograms {
  readonly #options: OpenProgramsOptions;
  readonly #shelf: ProgramShelf<readonly [key: string, program: Program]>;
  readonly #coming = new Map<string, Promise<Program>>();

  constructor(options: OpenProgramsOptions) {
    this.#options = options;
    this.#shelf = new ProgramShelf(options.bytesMax, ([key, program]) => {
      options.onClosed(key, program);
    });
  }

  /** How many are at hand. */
  get size(): number {
    return this.#shelf.size;
  }

  /** A program that is at hand. */
  get(key: string): Program | undefined {
    return this.#shelf.get(key)?.[1];
  }

  /** A program, fetched where it has to be. Rejects with what is wrong with it. */
  open(request: ProgramRequest): Promise<Program> {
    const { key } = request;
    const found = this.get(key);
    if (found !== undefined) return Promise.resolve(found);
    const coming = this.#coming.get(key);
    if (coming !== undefined) return coming;
    const fetched = this.#fetch(request);
    this.#coming.set(key, fetched);
    return fetched;
  }

  /** Lets go of a program that is served no more. */
  close(key: string): void {
    this.#shelf.drop(key);
  }

  async #fetch(request: ProgramRequest): Promise<Program> {
    const { key } = request;
    try {
      const program = await this.#options.fetch(request);
      this.#shelf.put(key, [key, program], program.bytes.length);
      this.#coming.delete(key);
      return program;
    } catch (error) {
      void this.#forgetFailure(key);
      throw error;
    }
  }

  async #forgetFailure(key: string): Promise<void> {
    await this.#options.clock.sleep(tryAgainMs, new AbortController().signal);
    this.#coming.delete(key);
  }
}

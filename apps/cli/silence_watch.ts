/**
 * Watches a thread that serves. A guest that computes without a pause holds its thread and cannot be interrupted
 * there; once the thread has been silent for longer than any request may take, the process is to be started again.
 */

import { formatDuration } from "@skerry/base";
import { exitCode } from "./exit_code.ts";
import { note } from "./output.ts";

/** How long requests that are under way may take once a server is asked to stop, in milliseconds. */
export const drainMs = 5000;

/** How often a sign of life is given, in milliseconds. */
export const aliveEveryMs = 200;

/** How much longer than its slowest request may take the serving thread may be silent, in milliseconds. */
const silenceMs = 2000;

/** How long a sign of life that was late may take to be heard, in milliseconds. */
const graceMs = 500;

/** Watches from the first sign of life on. */
export class SilenceWatch {
  readonly #end: (code: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wallMsMax = 0;
  #wasSilent = false;
  #stopCode: number | undefined;

  /** @param end told the exit code with which the process is to end */
  constructor(end: (code: number) => void) {
    this.#end = end;
  }

  /**
   * The thread has said something.
   *
   * @param wallMsMax what its slowest request may take from now on
   */
  heard(wallMsMax: number = this.#wallMsMax): void {
    this.#wallMsMax = wallMsMax;
    this.#wasSilent = false;
    this.#listenFor(wallMsMax + silenceMs);
  }

  /** The thread was told to stop: it is not waited for beyond what it may take, and the process ends with this code. */
  stopping(code: number = exitCode.success): void {
    this.#stopCode = code;
    this.#listenFor(drainMs + silenceMs);
  }

  #listenFor(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onSilence(), ms);
  }

  #onSilence(): void {
    if (this.#stopCode !== undefined) return this.#end(this.#stopCode);
    // The whole process may have been stopped and continued: what was said meanwhile is heard first.
    if (!this.#wasSilent) {
      this.#wasSilent = true;
      return this.#listenFor(graceMs);
    }
    const silent = formatDuration(this.#wallMsMax + silenceMs);
    note(`skerry: nothing was answered for ${silent}, as when a program computes: starting again`);
    this.#end(exitCode.startAgain);
  }
}

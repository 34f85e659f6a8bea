/**
 * Watches one target's files: says when they should be looked at. Bursts of events are one; what cannot be watched is
 * looked at now and then.
 */

import { type FolderWatch, watchFolders } from "@skerry/platform";
import { note } from "../output.ts";
import type { WatchList } from "./messages.ts";

/** How long nothing may happen before a burst is over, in milliseconds. */
const quietMs = 50;

/** How long a burst may go on before it is looked at anyway. */
const burstMs = 500;

/** How often what cannot be watched is looked at. */
const pollMs = 500;

/** Watches one target. */
export class TargetWatch {
  readonly #onChange: (sinceMs: number) => void;
  #watch: FolderWatch | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** When the first event of the burst came. */
  #sinceMs: number | undefined;
  #names: ReadonlySet<string> | undefined;
  #key: string | undefined;
  #isWarned = false;
  #isClosed = false;

  /** @param onChange told that something may have changed since then, in `performance.now()`'s time */
  constructor(onChange: (sinceMs: number) => void) {
    this.#onChange = onChange;
  }

  /** Watches these folders from now on. What happened before in those that are new is not told, so `onChange` is called. */
  set({ folders, names }: WatchList): void {
    if (this.#isClosed) return;
    const key = JSON.stringify([folders, names]);
    if (key === this.#key) return;
    this.#key = key;
    this.#names = names === undefined ? undefined : new Set(names);
    const before = this.#watch;
    clearInterval(this.#polling);
    this.#watch = undefined;
    if (folders.length > 0 && this.#begin(folders)) this.#hint();
    else this.#poll();
    before?.close();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#watch?.close();
    clearInterval(this.#polling);
    clearTimeout(this.#quiet);
  }

  /** Whether they are watched now. */
  #begin(folders: readonly string[]): boolean {
    try {
      const watch = watchFolders(folders, (paths) => this.#heard(paths), (error) => {
        if (this.#watch !== watch) return;
        this.#lost(error);
        this.#poll();
      });
      this.#watch = watch;
      return true;
    } catch (error) {
      this.#lost(error);
      return false;
    }
  }

  #lost(error: unknown): void {
    // The next list is another one, even where it names the same.
    this.#key = undefined;
    // A folder that has gone since it was listed is no reason to say so.
    if (this.#isWarned || error instanceof Deno.errors.NotFound) return;
    this.#isWarned = true;
    const why = error instanceof Error ? error.message : String(error);
    note(`skerry: files cannot be watched (${why}): they are looked at every ${pollMs} ms`);
  }

  #poll(): void {
    clearInterval(this.#polling);
    this.#polling = setInterval(() => this.#hint(), pollMs);
  }

  #heard(paths: readonly string[]): void {
    const names = this.#names;
    const counts = names === undefined || paths.length === 0 ||
      paths.some((path) => names.has(path.slice(path.lastIndexOf("/") + 1)));
    if (counts) this.#hint();
  }

  #hint(): void {
    const nowMs = performance.now();
    this.#sinceMs ??= nowMs;
    clearTimeout(this.#quiet);
    const ms = Math.min(quietMs, Math.max(0, this.#sinceMs + burstMs - nowMs));
    this.#quiet = setTimeout(() => {
      const sinceMs = this.#sinceMs ?? nowMs;
      this.#sinceMs = undefined;
      this.#onChange(sinceMs);
    }, ms);
  }
}

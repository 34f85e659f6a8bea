/** What a thread did to the files that all share, and whether the disk lets it. */

/** Whether the disk can be written to. */
export type DiskTrouble =
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "recovered" };

/** How much a folder has grown; less than nothing where it has become smaller. */
export interface FolderGrowth {
  readonly bytes: number;
  readonly files: number;
}

/** What was done since it was asked last. */
export interface DiskFigures {
  readonly hits: number;
  readonly misses: number;
  readonly written: number;
  readonly writtenBytes: number;
  readonly damaged: number;
  /** By the folder's path: the tenant's and the fan's. */
  readonly growth: Readonly<Record<string, FolderGrowth>>;
}

type Counts = { -readonly [Name in Exclude<keyof DiskFigures, "growth">]: number };

const none: Counts = { hits: 0, misses: 0, written: 0, writtenBytes: 0, damaged: 0 };

/** See the head of this file. */
export class DiskAccount {
  readonly #pauseMs: number;
  readonly #nowMs: () => number;
  readonly #onTrouble: (trouble: DiskTrouble) => void;
  #counts: Counts = { ...none };
  readonly #growth = new Map<string, FolderGrowth>();
  #pausedUntilMs = -Infinity;
  #isFailing = false;

  constructor(pauseMs: number, nowMs: () => number, onTrouble: (trouble: DiskTrouble) => void) {
    this.#pauseMs = pauseMs;
    this.#nowMs = nowMs;
    this.#onTrouble = onTrouble;
  }

  /** Whether writing is worth a try. */
  get isWritable(): boolean {
    return !this.#isFailing || this.#nowMs() >= this.#pausedUntilMs;
  }

  /** The disk has not done what it was told: what is written next waits. Told once until it works again. */
  failed(error: unknown): void {
    this.#pausedUntilMs = this.#nowMs() + this.#pauseMs;
    if (!this.#isFailing) this.#onTrouble({ kind: "failed", error });
    this.#isFailing = true;
  }

  looked(result: "hit" | "miss"): void {
    if (result === "hit") this.#counts.hits += 1;
    else this.#counts.misses += 1;
  }

  damaged(): void {
    this.#counts.damaged += 1;
  }

  /** A file has come to a path, in place of one that had so many bytes. */
  replaced(path: string, oldBytes: number | undefined, bytes: number): void {
    this.#counts.written += 1;
    this.#counts.writtenBytes += bytes;
    this.#grow(path, bytes - (oldBytes ?? 0), oldBytes === undefined ? 1 : 0);
    if (this.#isFailing) this.#onTrouble({ kind: "recovered" });
    this.#isFailing = false;
  }

  removed(path: string, oldBytes: number | undefined): void {
    if (oldBytes !== undefined) this.#grow(path, -oldBytes, -1);
  }

  take(): DiskFigures {
    const figures = { ...this.#counts, growth: Object.fromEntries(this.#growth) };
    this.#counts = { ...none };
    this.#growth.clear();
    return figures;
  }

  #grow(path: string, bytes: number, files: number): void {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const old = this.#growth.get(folder);
    this.#growth.set(folder, {
      bytes: (old?.bytes ?? 0) + bytes,
      files: (old?.files ?? 0) + files,
    });
  }
}

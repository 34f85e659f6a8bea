/** One way to run a guest, and what a use of it comes to. */

import type { FileSystem } from "@skerry/wasi";

/** What a guest finds. */
export interface Surroundings {
  readonly args: readonly string[];
  /** Ours; a peer has files of its own. */
  readonly fileSystem?: FileSystem | undefined;
}

/** What came of one use. */
export interface Use {
  /** What the export answered; 0 where it answers nothing. */
  readonly answer: number;
  /** Bytes that the guest wrote to its standard streams, where that is known. */
  readonly written: number;
}

/** Runs an export once, in an instance that no use before it has seen. */
export interface Subject {
  use(surroundings: Surroundings, entry: string, args: readonly number[]): Use | Promise<Use>;
}

/** What a program of this benchmark is. */

/** A program on the list. */
export interface BenchProgram {
  /** Names the kernel's file or the application. */
  readonly name: string;
  readonly kind: "kernel" | "application";
  /** What stands out in it, in a few words. */
  readonly about: string;
}

/** A program, ready to be run from its own bytes or from a variant of them. */
export interface LoadedProgram {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * Makes rounds of the program's work on instances that the caller makes.
   *
   * @param makeInstance called once here or once for each round, by the program's nature
   */
  prepare(makeInstance: MakeInstance): Rounds;
}

/**
 * Makes an instance of the program's module or of a variant of it.
 *
 * What a variant needs is done in here, before any export is called: more imports, hooks to wire, the start
 * function that the compiler turned into an export. It answers at once, because an instance may be wanted in
 * the midst of timing.
 */
export type MakeInstance = (imports: WebAssembly.Imports) => WebAssembly.Instance;

/** Rounds of a program's work, each the same. */
export interface Rounds {
  /** Where there is one, it is called before each round, and is not timed. */
  ready?(): void;
  /** Does the work; gives its checksum, the same in every round and in every variant. */
  round(): number;
}

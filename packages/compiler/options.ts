/** What a compilation is asked for, and what it answers. */

import type { Diagnostic } from "@skerry/base";
import type { Feature } from "@skerry/wasm";

/** The passes. Each can be left out, to measure the others or where its property is not needed. */
export interface Passes {
  /** Bounded time between two calls of the host's `tick`. */
  readonly preempt: boolean;
  /** The host is asked before a memory or table grows. */
  readonly grow: boolean;
  /** A routine that makes an instance as good as new. */
  readonly reset: boolean;
  /** Marks for the pages that are written; needs `reset`. `auto`: where restoring all would cost more. */
  readonly dirty: "never" | "auto" | "always";
}

/** All passes, as a request's sandbox needs them. */
export const allPasses: Passes = { preempt: true, grow: true, reset: true, dirty: "auto" };

/** What a module may be. Counts, unless the name ends in a unit. */
export interface Policy {
  readonly moduleBytesMax: number;
  readonly functionsMax: number;
  readonly functionBytesMax: number;
  readonly functionLocalsMax: number;
  readonly nestingMax: number;
  readonly typesMax: number;
  readonly importsMax: number;
  readonly exportsMax: number;
  readonly globalsMax: number;
  readonly tablesMax: number;
  readonly tableElementsMax: number;
  readonly memoriesMax: number;
  /** Pages of 64 KiB that all memories have from the start. */
  readonly memoryPagesMinMax: number;
  readonly segmentsMax: number;
  readonly dataBytesMax: number;
  readonly nameBytesMax: number;
  /** Features that are refused, each with the reason. */
  readonly forbidden: ReadonlyMap<Feature, string>;
}

/** For guests of whom nothing is known. */
export const defaultPolicy: Policy = {
  moduleBytesMax: 128 * 2 ** 20,
  functionsMax: 500_000,
  functionBytesMax: 4 * 2 ** 20,
  functionLocalsMax: 49_000,
  nestingMax: 50_000,
  typesMax: 100_000,
  importsMax: 10_000,
  exportsMax: 100_000,
  globalsMax: 100_000,
  tablesMax: 64,
  tableElementsMax: 10_000_000,
  memoriesMax: 8,
  memoryPagesMinMax: 16_384,
  segmentsMax: 100_000,
  dataBytesMax: 128 * 2 ** 20,
  nameBytesMax: 32 * 2 ** 20,
  forbidden: new Map([
    ["threads", "a request's sandbox has one thread, and a shared memory cannot be reset"],
  ]),
};

/** A policy that lets through whatever the engine takes. */
export const openPolicy: Policy = {
  moduleBytesMax: 2 ** 30,
  functionsMax: 1_000_000,
  functionBytesMax: 7_654_321,
  functionLocalsMax: 50_000,
  nestingMax: 10_000_000,
  typesMax: 1_000_000,
  importsMax: 1_000_000,
  exportsMax: 1_000_000,
  globalsMax: 1_000_000,
  tablesMax: 100_000,
  tableElementsMax: 10_000_000,
  memoriesMax: 100_000,
  memoryPagesMinMax: 2 ** 48,
  segmentsMax: 200_000,
  dataBytesMax: 2 ** 30,
  nameBytesMax: 2 ** 30,
  forbidden: new Map(),
};

/** What to compile with. */
export interface CompileOptions {
  readonly passes?: Partial<Passes>;
  readonly policy?: Policy;
  /**
   * How far each memory will be let grow, in pages of 64 KiB, where that is known and less than the module says:
   * its dirty map is made for no more. At least what the memory begins with.
   */
  readonly memoryPagesMax?: readonly bigint[];
  /** Custom sections that the artifact is to have beside those of the module; the compiler has no opinion of them. */
  readonly sections?: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/** Why a module is not compiled: all that was found, with offsets. */
export interface CompileFailure {
  readonly reason: "malformed" | "limits" | "features" | "reserved" | "artifact";
  readonly diagnostics: readonly Diagnostic[];
}

/** What was done to the code, counted while it was rewritten. */
export interface RewriteCounts {
  /** Loops that pay, and charges elsewhere; functions that need none of the latter. */
  loopChecks: number;
  charges: number;
  freeFunctions: number;
  /** Stores of memories with a barrier, unrolled copies too, and how they are covered. */
  stores: number;
  marks: number;
  elidedMarks: number;
  /** Instructions that something of ours stands for. */
  replaced: number;
}

/** What was done where. */
export interface CompileReport extends Readonly<RewriteCounts> {
  readonly passes: Passes;
  readonly functions: number;
  readonly instructions: number;
  readonly moduleBytes: number;
  readonly artifactBytes: number;
  readonly codeBytes: number;
  readonly artifactCodeBytes: number;
  /** How each memory of the module is reset. */
  readonly memories: readonly ("not reset" | "barrier" | "whole")[];
  /** Why instances cannot be reset; empty where they can. */
  readonly notResettable: readonly string[];
}

/** An artifact and how it came about. */
export interface Compiled {
  readonly artifact: Uint8Array<ArrayBuffer>;
  readonly report: CompileReport;
}

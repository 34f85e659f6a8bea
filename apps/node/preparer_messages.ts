/** What the supervisor and a process that prepares versions say to each other: plain values. */

import type { Preparation, PreparationResult } from "@skerry/control";

/** What is to be prepared, and where contents are. */
export interface PrepareOrder {
  readonly job: number;
  readonly preparation: Preparation;
  readonly artifactsFolder: string;
}

/** What came of it. */
export type PrepareNews =
  | { readonly kind: "prepared"; readonly job: number; readonly result: PreparationResult }
  /** It could not be tried: what is missing is ours. */
  | { readonly kind: "failed"; readonly job: number; readonly why: string };

/** The function types that every generated module has, and what its host gives. */

import type { Kind } from "./kinds.ts";

/** Parameters and results. */
export interface Signature {
  readonly params: readonly Kind[];
  readonly results: readonly Kind[];
}

/** The types before these are structs and arrays. */
export const firstSignature = 3;
/** Signatures that stand in every module, by their index among the signatures. */
export const fixedSignature = { logI32: 0, logI64: 1, giveExtern: 2, none: 3, peek: 4 } as const;
/** The signatures that stand in every module, first. */
export const fixedSignatures: readonly Signature[] = [
  { params: ["i32"], results: [] },
  { params: ["i64"], results: [] },
  { params: ["i32"], results: ["externref"] },
  { params: [], results: [] },
  { params: [], results: ["i64", "i64"] },
  // Of blocks: handlers, and one that takes an operand.
  { params: [], results: ["i32", "exnref"] },
  { params: [], results: ["i64", "i32"] },
  { params: ["i32"], results: ["i32"] },
];
/** What the host gives. */
export const hostFunctions = [
  ["log-i32", fixedSignature.logI32],
  ["log-i64", fixedSignature.logI64],
  ["give-extern", fixedSignature.giveExtern],
  ["call-export", undefined],
  ["throw", fixedSignature.logI32],
] as const;

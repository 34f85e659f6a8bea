/** The proposals that a module may make use of, by the names that webassembly.org/features gives them. */

/** In alphabetical order; fewer than 31, so that a set of them is one small integer. */
export const featureNames = [
  "branch-hinting",
  "bulk-memory",
  "exceptions",
  "extended-const",
  "gc",
  "legacy-exceptions",
  "memory64",
  "multi-memory",
  "multi-value",
  "mutable-globals",
  "reference-types",
  "relaxed-simd",
  "saturated-float-to-int",
  "sign-extensions",
  "simd",
  "tail-call",
  "threads",
  "typed-function-references",
] as const;

/** A proposal's name. */
export type Feature = typeof featureNames[number];

/** The bit that stands for a feature in a set. */
export function featureBit(feature: Feature): number {
  return 1 << featureNames.indexOf(feature);
}

/**
 * Every bound that the decoder holds a module to.
 *
 * They are the implementation limits of the WebAssembly JavaScript interface, with V8's own where that
 * page has none, so that nothing useful is refused which the engine would accept. A count is also held to
 * the bytes that are left, so no number in a hostile module decides by itself how much is allocated.
 */

/** Counts, unless the name ends in another unit. */
export const moduleLimits = {
  moduleBytesMax: 2 ** 30,
  /** Types become objects, some twenty bytes for each of theirs; real modules stay below 1 MiB. */
  typeSectionBytesMax: 16 * 2 ** 20,
  typesMax: 1_000_000,
  recursionGroupTypesMax: 1_000_000,
  supertypesMax: 63,
  paramsMax: 1_000,
  resultsMax: 1_000,
  structFieldsMax: 10_000,
  importsMax: 1_000_000,
  functionsMax: 1_000_000,
  tablesMax: 100_000,
  memoriesMax: 100_000,
  tagsMax: 1_000_000,
  globalsMax: 1_000_000,
  exportsMax: 1_000_000,
  /** As for data segments; V8 would take a hundred times as many, at some hundred bytes for each. */
  elementSegmentsMax: 100_000,
  elementSegmentItemsMax: 10_000_000,
  dataSegmentsMax: 100_000,
  functionBytesMax: 7_654_321,
  localsMax: 50_000,
  branchTableLabelsMax: 65_520,
  catchClausesMax: 65_520,
  selectTypesMax: 1_000,
  /** All sections together, which only custom ones make many; V8 sets no limit. */
  sectionsMax: 100_000,
  /** A function name that is longer is not kept: names are advice. */
  functionNameBytesMax: 100_000,
  /** Mistakes that one decoding collects before it stops looking. */
  diagnosticsMax: 16,
} as const;

/**
 * What every other room may use: results, errors, sizes, durations, ports. It imports nothing.
 *
 * @module
 */
export { andThen } from "./and_then.ts";
export { err, ok, type Result } from "./result.ts";
export { bug, BugError } from "./bug.ts";
export {
  type ErrorCode,
  errorTable,
  isSkerryError,
  SkerryError,
  type SkerryErrorOptions,
} from "./error.ts";
export { ErrnoError, type ErrnoName, errnoNames, errnoOf, errnoOfHostCode, fail } from "./errno.ts";
export { type Diagnostic, formatDiagnostic, type Location } from "./diagnostic.ts";
export {
  bytesEqual,
  concatBytes,
  copyBytes,
  decodeUtf8,
  encodeUtf8,
  newBytes,
  sha256,
} from "./bytes.ts";
export { formatSize, parseSize } from "./size.ts";
export { durationMsMax, formatDuration, parseDuration, parseSpan, spanMsMax } from "./duration.ts";
export { printable, printableJson } from "./printable.ts";
export { RecentMap } from "./recent_map.ts";
export type { ByteSink, ByteSource, Clock, RandomSource } from "./ports.ts";
export {
  clockFor,
  type ClockPolicy,
  clockPolicyForms,
  coarseClock,
  fixedClock,
  formatClockPolicy,
  frozenClock,
  parseClockPolicy,
} from "./clocks.ts";
export { seededRandom } from "./seeded_random.ts";
export { type CapturedSink, capturedSink, emptySource, nullSink, sourceOf } from "./streams.ts";
export { type BytePipe, bytePipe } from "./pipe.ts";
export { RequestIds } from "./id.ts";
export { limits } from "./limits.ts";
export type { Database, SqlRow, SqlValue, Statement } from "./database.ts";

/**
 * The verifier: proves of an artifact what the runtime relies on (docs/artifact.md). It shares no pass with
 * the compiler, so that neither the compiler nor a cache or a network between has to be trusted.
 *
 * @module
 */
export { type Verified, verify, type VerifyOptions } from "./verify.ts";
export type { Property, Violation } from "./violation.ts";
export type { Counts } from "./walk_state.ts";
export { type Metadata, type Passes, readMetadata } from "./metadata.ts";

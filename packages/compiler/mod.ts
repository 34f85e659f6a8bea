/**
 * The compiler: isolation as code. From any core module that V8 takes to an artifact that yields at bounded
 * intervals, marks the pages it writes, asks before it grows, and can be reset (docs/artifact.md).
 *
 * @module
 */
export { compileModule } from "./compile.ts";
export { artifactSection, reservedPrefix } from "./constants.ts";
export { fillHooks, type HookImports, type Hooks, makeHooks } from "./hooks.ts";
export { nothingExport, type Snapshot, type SnapshotValue } from "./snapshot.ts";
export { applySnapshot } from "./snapshot_apply.ts";
export { exposeState } from "./snapshot_expose.ts";
export { takeSnapshot } from "./snapshot_take.ts";
export { SourceOffsets } from "./source_offsets.ts";
export {
  allPasses,
  type Compiled,
  type CompileFailure,
  type CompileOptions,
  type CompileReport,
  defaultPolicy,
  openPolicy,
  type Passes,
  type Policy,
} from "./options.ts";

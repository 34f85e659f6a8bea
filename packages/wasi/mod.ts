/**
 * WASI preview 1: the calls, the state behind them, and the file systems that a guest can be handed.
 *
 * @module
 */
export { wasiPreview1 } from "./preview1.ts";
export { type BareBinding, bareWasi, bareWasiNow, type Instantiated } from "./bare_wasi.ts";
export { bindWasi, wasiInterfaces, wasiUnstable } from "./snapshot0.ts";
export {
  createWasiContext,
  type Preopen,
  type WasiContext,
  type WasiContextOptions,
} from "./context.ts";
export { type WasiLimits, wasiLimits } from "./limits.ts";
export { memoryFileSystem } from "./memory_file_system.ts";
export { MemoryBudget, type MemoryFileSystemOptions } from "./memory_budget.ts";
export { overlayFileSystem } from "./overlay_file_system.ts";
export { frozenFiles } from "./frozen_files.ts";
export { takeImage } from "./image.ts";
export { openBundle } from "./bundle_read.ts";
export { packBundle, type PackedTimes } from "./bundle_write.ts";
export {
  type Bundle,
  type BundleMode,
  bundleSectionName,
  mountBundle,
  readBundleSection,
  writeBundleSection,
} from "./bundle_section.ts";
export type { FileSystemImage } from "./frozen_nodes.ts";
export { TreeBudget } from "./frozen_tree.ts";
export type {
  DirectoryEntry,
  DirectoryNode,
  FileAccess,
  FileNode,
  FileStat,
  FileSystem,
  FileTimes,
  FrozenBytes,
  FsNode,
  OpenFile,
  SpecialNode,
  SymlinkNode,
} from "./file_system.ts";
export type { FileType } from "./file_type.ts";
export type { SocketConnection, SocketListener } from "./socket.ts";

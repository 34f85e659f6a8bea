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
export { memoryFileSystem, type MemoryFileSystemOptions } from "./memory_file_system.ts";
export { ErrnoError, type ErrnoName, errnoNames, errnoOf, errnoOfHostCode, fail } from "./errno.ts";
export type {
  DirectoryEntry,
  DirectoryNode,
  FileAccess,
  FileNode,
  FileStat,
  FileSystem,
  FileTimes,
  FsNode,
  OpenFile,
  SpecialNode,
  SymlinkNode,
} from "./file_system.ts";
export type { FileType } from "./file_type.ts";
export type { SocketConnection, SocketListener } from "./socket.ts";

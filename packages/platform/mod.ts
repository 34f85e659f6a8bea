/**
 * This machine: clocks, chance, files, streams, sockets. The only package that touches them.
 *
 * @module
 */
export {
  type Child,
  type ChildEnd,
  type ChildOptions,
  type Parent,
  parentProcess,
  startChild,
} from "./child_process.ts";
export { openArtifactFiles } from "./artifact_files.ts";
export { systemClock } from "./clock.ts";
export { SystemCompressor } from "./compressor.ts";
export { type DatabaseOptions, openDatabase } from "./database.ts";
export {
  type FolderLock,
  lockFolder,
  openPrivateFolder,
  writePrivateFile,
} from "./durable_files.ts";
export { type EnclosedView, type Enclosure, findBubblewrap } from "./enclosure.ts";
export {
  exists,
  folderOf,
  isFolder,
  isOwnersAlone,
  isSameFile,
  listFiles,
  listFolder,
  listFolders,
  modifiedMs,
  readFile,
  readText,
  writeFile,
} from "./files.ts";
export { hostDirectory, type HostDirectoryOptions, type HostWalk } from "./host_directory.ts";
export { defaultHttp2Limits, type Http2Limits } from "./http2/http2_limits.ts";
export { type Handler, listen, type Listener, type ListenOptions } from "./listen.ts";
export {
  addressText,
  addressUrl,
  type ListenAddress,
  parseListenAddress,
} from "./listen_address.ts";
export { defaultListenLimits, type ListenLimits } from "./listen_limits.ts";
export {
  bootId,
  diskBytes,
  isWritable,
  type MachineFacts,
  machineFacts,
  mappingsMax,
  openFilesMax,
  processFigures,
} from "./machine.ts";
export { objectDigests, openObjectFiles } from "./object_files.ts";
export { objectFolders, type ObjectHome, openObjectHome, removeObjectHome } from "./object_home.ts";
export { dropPermissions, keepSockets, type NeededPermissions } from "./permissions.ts";
export { systemRandom } from "./random.ts";
export {
  makeSharedMemory,
  mapFile,
  type MemoryHandle,
  openSharedMemory,
  type SharedMemory,
} from "./shared_memory.ts";
export {
  bindShared,
  type InheritedSocket,
  type SharedAddress,
  type SharedSocket,
} from "./shared_socket.ts";
export { openSealer } from "./sealer.ts";
export { endSignals, onEndSignal, onReload, untilAskedToStop } from "./signals.ts";
export { processStderr, processStdin, processStdout } from "./stdio.ts";
export type { CertificatePem } from "./tls/certificate_check.ts";
export { Certificates, type CertificateWarning } from "./tls/certificates.ts";
export { listenTls, type ListenTlsOptions, serveTls } from "./tls/listen_tls.ts";
export { defaultTlsLimits, type TlsLimits } from "./tls/tls_limits.ts";
export { listenTcp, type TcpListener } from "./tcp_listener.ts";
export { type NetworkOptions, systemNetwork } from "./network/network.ts";
export { nextTurn } from "./turns.ts";
export { type FolderWatch, watchFolders } from "./watch_folders.ts";

/**
 * The bounds of a module, a request and a server, by default. Names end in their unit. What a format itself
 * bounds stands with the format, in its room's own limits.ts.
 */

const kib = 1024;
const mib = 1024 * kib;

/** Defaults; a manifest or a flag may set those that say so. */
export const limits = {
  /** The largest module file that is read. */
  moduleBytesMax: 128 * mib,
  /** The largest artifact: compiling adds to a module. */
  artifactBytesMax: 256 * mib,
  /** All linear memories of one sandbox together (`limits.memory`, `--max-memory`). */
  memoryBytesMax: 256 * mib,
  /** Elements of all tables of one sandbox together. */
  tableElementsMax: 1_000_000,
  /** Memories and tables of one module: each memory takes mappings of the process. */
  memoriesMax: 8,
  tablesMax: 64,
  /** Wall time of one HTTP request (`limits.timeout`). */
  requestWallMsMax: 30_000,
  /** Its time on the processor (`limits.cpu`). */
  requestCpuMsMax: 10_000,
  /** What the initialisation of a module may take that is run once, for a snapshot. */
  initialisationWallMsMax: 60_000,
  initialisationCpuMsMax: 30_000,
  /** What it may write to a bundle. */
  initialisationFilesBytesMax: 128 * mib,
  initialisationFilesMax: 50_000,
  /** From the first byte of a request to the end of its header, and to the end of its body. */
  requestHeaderWallMsMax: 20_000,
  requestReceiveWallMsMax: 300_000,
  /** How long a connection may stay open without a request. */
  connectionIdleMsMax: 65_000,
  /** What is read and dropped of a body that its guest did not want, before the connection is closed. */
  requestDiscardBytesMax: 1 * mib,
  /** Body of one HTTP request. */
  requestBodyBytesMax: 64 * mib,
  /** Sandboxes that are in use at once in a process; `vm.max_map_count` allows about 13,000. */
  sandboxesMax: 2_000,
  /** Sandboxes of each service that are made before its first request, and kept. */
  sandboxesWarm: 4,
  /** How often what recent demand had no use for is thrown away. */
  sandboxTrimMs: 10_000,
  /** Requests that wait for a sandbox when all are in use; the next one is answered 503. */
  sandboxQueueMax: 1_000,
  /** Frames of a backtrace that are kept, and characters of a name in it. */
  backtraceFramesMax: 32,
  functionNameLengthMax: 200,
  /** Header fields of one request that are handed to a guest, and their bytes. */
  requestHeadersMax: 128,
  requestHeaderBytesMax: 64 * kib,
  /** Header block of a guest's CGI response. */
  cgiHeaderBytesMax: 32 * kib,
  cgiHeadersMax: 128,
  /** Response bytes that may wait for a slow client before the guest is suspended. */
  responseBufferBytesMax: 64 * kib,
  /** The private `/tmp` of one request and its layers above bundles and directories, all of them together. */
  privateFilesBytesMax: 64 * mib,
  privateFilesMax: 1_000,
  /** All layers of a program that is run on a terminal. */
  runFilesBytesMax: 1024 * mib,
  runFilesMax: 100_000,
  /** One line of a guest's stderr in the log, and all of it for one request. */
  guestLogLineBytesMax: 8 * kib,
  guestLogBytesMax: 256 * kib,
  guestLogLinesMax: 1_000,
  /** What one request writes to files altogether, and the files, directories and links that it makes. */
  guestWrittenBytesMax: 1024 * mib,
  guestMadeNamesMax: 100_000,
  /** Bundles and directories that a program finds mounted: each takes one of its descriptors. */
  guestMountsMax: 48,
  /** Descriptors of one request, and names that its directory listings hold. */
  guestDescriptorsMax: 64,
  guestListedEntriesMax: 20_000,
} as const;

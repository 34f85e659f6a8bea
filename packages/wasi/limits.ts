/** Every bound of a WASI context, with its default. Names end in their unit. */

/** A path, by default, and in a bundle. */
export const pathBytesMax = 4096;

/** The bounds. */
export interface WasiLimits {
  /** Descriptors that are open at once, standard streams and preopens included (EMFILE beyond). */
  readonly descriptorsMax: number;
  /** A path, in bytes of UTF-8 (ENAMETOOLONG beyond). */
  readonly pathBytesMax: number;
  /** Buffers of one read or write (EINVAL beyond). */
  readonly buffersMax: number;
  /** What one read or write of a file moves at most; more is a short read or write. */
  readonly transferBytesMax: number;
  /** What is written to files altogether, also where something was written before (EDQUOT beyond). */
  readonly writtenBytesMax: number;
  /** Files, directories and links that are made, also where they are removed again (EDQUOT beyond). */
  readonly madeNamesMax: number;
  /** Subscriptions of one poll (EINVAL beyond). */
  readonly subscriptionsMax: number;
  /** Directory entries that all open listings hold together (ENOMEM beyond). */
  readonly listedEntriesMax: number;
}

/** Defaults of {@link WasiLimits}. */
export const wasiLimits: WasiLimits = {
  descriptorsMax: 1024,
  pathBytesMax,
  buffersMax: 1024,
  transferBytesMax: 16 * 1024 * 1024,
  writtenBytesMax: 2 ** 40,
  madeNamesMax: 100_000_000,
  subscriptionsMax: 1024,
  listedEntriesMax: 1_000_000,
};

/** Symbolic links that the resolution of one path follows (ELOOP beyond), as on Linux. */
export const symlinksMax = 40;

/**
 * Names that the resolution of one path looks up, those of links included (ELOOP beyond). The longest path has
 * 2048; without a bound, 40 links that are each as long would hold the thread for a second.
 */
export const lookupsMax = 4096;

/** Nodes of an image or a bundle. */
export const treeNodesMax = 200_000;

/** Contents that an image may have to read, because they are not in memory already, and of an archive that is packed. */
export const treeBytesMax = 256 * 1024 * 1024;

/** One name of a path, in bytes of UTF-8 (ENAMETOOLONG beyond), as on Linux. */
export const nameBytesMax = 255;

/** Bytes that travel through a standard stream in one piece. */
export const streamChunkBytesMax = 64 * 1024;

/** Bytes that a file takes or gives in one piece, before others have their turn. */
export const filePieceBytesMax = 256 * 1024;

/** Directory entries that are listed or told, and subscriptions that are looked at, before others have their turn. */
export const entriesPerTurn = 64;

/** The numbers of docs/artifact.md: a change of any makes another format. */

/** The version in the section `skerry`. */
export const artifactVersion = 1;

/** What one mark stands for: 2 to the power of this, in bytes. */
export const pageShift = 12;
export const pageBytes = 2 ** pageShift;
/** Pages of the dirty map in one page of WebAssembly's memory. */
export const pagesPerMemoryPage = 65_536 / pageBytes;
/** How far beyond a marked page the reset restores. */
export const slackBytes = 1024;
/** A 32-bit memory's most pages, so that no displacement from an address in bounds wraps. */
export const memoryPagesMax = 65_535;

/** Beyond any memory: a store at such an offset always traps. */
export const farBytes = 2 ** 40;

/** What a call may cost without having paid by itself, in units. */
export const freeUnitsMax = 1024;
/** The same for functions that are called before it is known what they cost: those that recursion goes through. */
export const recursiveUnitsMax = 48;
/** A longer path gets another charge. */
export const stretchUnitsMax = 4096;
/** The largest weight: two bytes of signed LEB128. */
export const weightMax = 8191;

/** Pieces that bulk operations are cut into, and how much of them a unit of fuel buys. */
export const bulkBytesMax = 65_536;
export const bulkElementsMax = 1024;
export const bulkBytesShift = 6;
export const bulkElementsShift = 2;

/**
 * Memories up to this size are restored whole, without a barrier, where the module has a loop: that takes a few
 * microseconds, and every store is spared its mark. Code without loops has no stores that are worth that. In
 * pages of 64 KiB, of the memory's initial size.
 */
export const wholeRestorePagesMax = 2;

/** Custom sections of an artifact. */
export const artifactSection = "skerry";
export const offsetsSection = "skerry.offsets";
/** What the exports of an artifact begin with that its module did not have. */
export const reservedPrefix = "skerry:";

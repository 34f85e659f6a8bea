/** The constants of docs/artifact.md. The compiler has its own copy: what is proved must not hang on it. */

/** What one mark stands for. */
export const pageBytes = 4096;
/** How far beyond a marked page the reset restores. */
export const slackBytes = 1024;
/** What a call may cost without having paid by itself. */
export const freeUnitsMax = 1024;
/** Pieces that bulk operations on memories are cut into. */
export const bulkBytesMax = 65536;
/** Pieces that bulk operations on tables are cut into. */
export const bulkElementsMax = 1024;
/** What a unit of fuel buys of bulk bytes, as a shift. */
export const bulkBytesPerUnitShift = 6;
/** What a unit of fuel buys of bulk elements, as a shift. */
export const bulkElementsPerUnitShift = 2;
/** Pages of 64 KiB that a resettable memory of 32 bits may have: its size in bytes must fit 32 bits. */
export const resettablePagesMax = 65535n;
/** The newest facts about a base that are looked at; older ones count as forgotten. */
export const factsMax = 64;
/** Values on the operand stack of one function: a bound on memory that no real program comes near. */
export const operandsMax = 2 ** 21;
/** Where costs stop growing: far beyond what any charge can pay, so that sums stay within 32 bits. */
export const costMax = 2 ** 24;
/** Marks a point that no path reaches; far enough below zero that costs added to it stay below. */
export const unreachable = -(2 ** 30);

/** Beyond any memory: displacements from here on are not followed, and stores at such offsets always trap. */
export const farBytes = 2 ** 40;

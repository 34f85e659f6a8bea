/** Bounds of one thread's work with the disk. */

export interface DiskLimits {
  /** Bodies up to this size are held in memory as a whole. */
  readonly smallBytesMax: number;
  /** Lookups that read at once, and that wait for their turn; what comes beyond finds nothing. */
  readonly readsMax: number;
  readonly readsWaitingMax: number;
  /** Small objects that are being written, each in memory until it is. */
  readonly keepsMax: number;
  /** Large bodies that are being written. */
  readonly storingMax: number;
  /** Of one tenant: who reads slowly what comes holds such a place. */
  readonly tenantStoringMax: number;
  /** For how long nothing is written after the disk has failed, in milliseconds. */
  readonly pauseMs: number;
  /** Of how many objects it is known that they were marked as used lately, and for how long that holds, in milliseconds. */
  readonly seenMax: number;
  readonly touchEveryMs: number;
}

/** For those who have no bounds of their own. */
export const defaultDiskLimits: DiskLimits = {
  smallBytesMax: 256 * 1024,
  readsMax: 32,
  readsWaitingMax: 1_000,
  keepsMax: 8,
  storingMax: 128,
  tenantStoringMax: 64,
  pauseMs: 30_000,
  seenMax: 2 ** 16,
  touchEveryMs: 600_000,
};

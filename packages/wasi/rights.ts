/**
 * Rights of a descriptor (`$rights` of typenames.witx): what may be done through it.
 *
 * The set has 30 members, so it is held as a number here and is a 64-bit number only at the guest's side.
 */

/** Each right's bit. */
export const rights = {
  fdDatasync: 1 << 0,
  fdRead: 1 << 1,
  fdSeek: 1 << 2,
  fdFdstatSetFlags: 1 << 3,
  fdSync: 1 << 4,
  fdTell: 1 << 5,
  fdWrite: 1 << 6,
  fdAdvise: 1 << 7,
  fdAllocate: 1 << 8,
  pathCreateDirectory: 1 << 9,
  pathCreateFile: 1 << 10,
  pathLinkSource: 1 << 11,
  pathLinkTarget: 1 << 12,
  pathOpen: 1 << 13,
  fdReaddir: 1 << 14,
  pathReadlink: 1 << 15,
  pathRenameSource: 1 << 16,
  pathRenameTarget: 1 << 17,
  pathFilestatGet: 1 << 18,
  pathFilestatSetSize: 1 << 19,
  pathFilestatSetTimes: 1 << 20,
  fdFilestatGet: 1 << 21,
  fdFilestatSetSize: 1 << 22,
  fdFilestatSetTimes: 1 << 23,
  pathSymlink: 1 << 24,
  pathRemoveDirectory: 1 << 25,
  pathUnlinkFile: 1 << 26,
  pollFdReadwrite: 1 << 27,
  sockShutdown: 1 << 28,
  sockAccept: 1 << 29,
} as const;

/** Every right. */
export const allRights = (1 << 30) - 1;

const socketRights = rights.sockShutdown | rights.sockAccept;

const pathRights = rights.pathCreateDirectory | rights.pathCreateFile | rights.pathLinkSource |
  rights.pathLinkTarget | rights.pathOpen | rights.pathReadlink | rights.pathRenameSource |
  rights.pathRenameTarget | rights.pathFilestatGet | rights.pathFilestatSetSize |
  rights.pathFilestatSetTimes | rights.pathSymlink | rights.pathRemoveDirectory |
  rights.pathUnlinkFile;

/** Rights that mean something for a directory. */
export const directoryRights = pathRights | rights.fdReaddir | rights.fdSync | rights.fdDatasync |
  rights.fdFilestatGet | rights.fdFilestatSetTimes;

/** Rights that need the file open for writing. */
export const writingRights = rights.fdWrite | rights.fdAllocate | rights.fdFilestatSetSize;

/** Rights that mean something for a regular file. */
export const fileRights = allRights & ~pathRights & ~rights.fdReaddir & ~socketRights;

const streamRights = rights.fdFdstatSetFlags | rights.fdFilestatGet | rights.pollFdReadwrite;

/** Rights of standard input. */
export const inputRights = streamRights | rights.fdRead;

/** Rights of standard output and standard error. */
export const outputRights = streamRights | rights.fdWrite;

/** Rights of a connection. */
export const connectionRights = streamRights | rights.fdRead | rights.fdWrite | rights.sockShutdown;

/** Rights of a socket that listens. To poll it for connections is to poll it for reading. */
export const listenerRights = streamRights | rights.fdRead | rights.sockAccept;

/** A set of rights as it came from a guest; bits that name no right are dropped. */
export function rightsFromGuest(bits: bigint): number {
  return Number(BigInt.asUintN(30, bits));
}

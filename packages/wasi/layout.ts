/**
 * How WASI's records lie in guest memory: sizes, field offsets and tags, as typenames.witx gives them.
 *
 * Records are built whole, padding zeroed, and written in one piece, before another one is built.
 */

import type { GuestMemory } from "@skerry/sandbox";
import type { FileStat } from "./file_system.ts";
import { type FileType, fileTypes } from "./file_type.ts";

/** `$fdflags`. */
export const fdflags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const;

/** `$oflags`. */
export const oflags = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const;

/** `$fstflags`. */
export const fstflags = { atim: 1, atimNow: 2, mtim: 4, mtimNow: 8 } as const;

/** `$lookupflags`. */
export const lookupflags = { symlinkFollow: 1 } as const;

/** `$riflags`. */
export const riflags = { recvPeek: 1, recvWaitall: 2 } as const;

/** `$sdflags`. */
export const sdflags = { rd: 1, wr: 2 } as const;

/** `$eventtype`. */
export const eventTypes = { clock: 0, fdRead: 1, fdWrite: 2 } as const;

/** `$clockid`; the CPU-time clocks are not offered. */
export const clockIds = { realtime: 0, monotonic: 1 } as const;

/** Sizes of records in bytes. */
export const recordBytes = {
  fdstat: 24,
  filestat: 64,
  prestat: 8,
  dirent: 24,
  subscription: 48,
  event: 32,
  iovec: 8,
} as const;

/** Where records are built. The engine takes longer to make an array than to fill and to copy one. */
const scratch = new Uint8Array(512);
const scratchView = new DataView(scratch.buffer);

/** A record of zeros but for what `fill` writes; good until the next one is built. */
function record(
  bytes: number,
  fill: (view: DataView<ArrayBuffer>) => void,
): Uint8Array<ArrayBuffer> {
  if (bytes > scratch.length) {
    const large = new Uint8Array(bytes);
    fill(new DataView(large.buffer));
    return large;
  }
  scratch.fill(0, 0, bytes);
  fill(scratchView);
  return scratch.subarray(0, bytes);
}

/** A `$fdstat`. */
export function fdstatRecord(
  type: FileType,
  flags: number,
  base: number,
  inheriting: number,
): Uint8Array {
  return record(recordBytes.fdstat, (view) => {
    view.setUint8(0, fileTypes[type]);
    view.setUint16(2, flags, true);
    view.setUint32(8, base, true);
    view.setUint32(16, inheriting, true);
  });
}

/** A record that the guest is given, where it lies differently in different snapshots. */
export interface RecordLayout<Value> {
  readonly bytes: number;
  record(value: Value): Uint8Array;
}

/** `$filestat`. */
export const filestatLayout: RecordLayout<FileStat> = {
  bytes: recordBytes.filestat,
  record: filestatRecord,
};

/** Where this record is built, the only one that is asked for again and again: its padding stays zero. */
const filestat = new Uint8Array(recordBytes.filestat);
const filestatView = new DataView(filestat.buffer);

/** A `$filestat`. */
export function filestatRecord(stat: FileStat): Uint8Array {
  filestatView.setBigUint64(0, stat.device, true);
  filestatView.setBigUint64(8, stat.inode, true);
  filestatView.setUint8(16, fileTypes[stat.type]);
  filestatView.setBigUint64(24, stat.links, true);
  filestatView.setBigUint64(32, stat.bytes, true);
  filestatView.setBigUint64(40, stat.accessedNs, true);
  filestatView.setBigUint64(48, stat.modifiedNs, true);
  filestatView.setBigUint64(56, stat.changedNs, true);
  return filestat;
}

/**
 * A `$prestat` of something that is handed over and is no directory. The witx knows no other kind, but all who
 * look for directories (wasi-libc, Go) pass over a kind that they do not know, while EBADF would end their search.
 */
export function otherPrestatRecord(): Uint8Array {
  return record(recordBytes.prestat, (view) => view.setUint8(0, 1));
}

/** A `$prestat` of a directory whose name has so many bytes. */
export function prestatRecord(nameBytes: number): Uint8Array {
  return record(recordBytes.prestat, (view) => view.setUint32(4, nameBytes, true));
}

/** A `$dirent` and the name after it. */
export function direntRecord(
  next: number,
  inode: bigint,
  type: FileType,
  name: Uint8Array,
): Uint8Array {
  const bytes = record(recordBytes.dirent + name.length, (view) => {
    view.setBigUint64(0, BigInt(next), true);
    view.setBigUint64(8, inode, true);
    view.setUint32(16, name.length, true);
    view.setUint8(20, fileTypes[type]);
  });
  bytes.set(name, recordBytes.dirent);
  return bytes;
}

/** A `$subscription` as it came from a guest: nothing in it is checked yet. */
export interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  /** The clock, or the descriptor. */
  readonly target: number;
  readonly timeoutNs: bigint;
  readonly flags: number;
}

/** A record that the guest gives, where it lies differently in different snapshots. */
export interface ArgumentLayout<Value> {
  readonly bytes: number;
  read(memory: GuestMemory, pointer: number): Value;
}

/** `$subscription`. */
export const subscriptionLayout: ArgumentLayout<Subscription> = {
  bytes: recordBytes.subscription,
  read: readSubscription,
};

/** Reads the `$subscription` at `pointer`. */
export function readSubscription(memory: GuestMemory, pointer: number): Subscription {
  memory.check(pointer, recordBytes.subscription);
  const start = pointer >>> 0;
  return {
    userdata: memory.readU64(start),
    type: memory.readU8(start + 8),
    target: memory.readU32(start + 16),
    timeoutNs: memory.readU64(start + 24),
    flags: memory.readU16(start + 40),
  };
}

/** What an `$event` says besides whose it is. */
export interface EventReport {
  /** 0 where all is well. */
  readonly errno: number;
  /** Bytes that can be read or written. */
  readonly bytes: bigint;
  /** Whether the other side has closed, or the file is at its end. */
  readonly state: "open" | "hangup";
}

/** The `$event` that answers a subscription. */
export function eventRecord(subscription: Subscription, report: EventReport): Uint8Array {
  return record(recordBytes.event, (view) => {
    view.setBigUint64(0, subscription.userdata, true);
    view.setUint16(8, report.errno, true);
    view.setUint8(10, subscription.type);
    view.setBigUint64(16, report.bytes, true);
    view.setUint16(24, report.state === "hangup" ? 1 : 0, true);
  });
}

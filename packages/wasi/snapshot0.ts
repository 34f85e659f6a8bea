/**
 * WASI as it was before preview 1, under the name `wasi_unstable`: what toolchains of 2019 link against.
 *
 * Its functions are those of preview 1, but for `sock_accept`, which it has not, and for what stands here
 * (typenames.witx of snapshot 0): the numbers of `$whence`, the size of `$linkcount`, and a `$subscription` whose
 * clock has an identifier of its own.
 */

import { bind, type HostBinding, type HostInterface, immediate } from "@skerry/sandbox";
import { fdFilestatGet } from "./calls_descriptor.ts";
import { pathFilestatGet } from "./calls_path.ts";
import { fdSeek } from "./calls_transfer.ts";
import type { WasiContext } from "./context.ts";
import type { FileStat } from "./file_system.ts";
import { fileTypes } from "./file_type.ts";
import type { ArgumentLayout, RecordLayout, Subscription } from "./layout.ts";
import { pollOneoff } from "./poll.ts";
import { wasiPreview1 } from "./preview1.ts";

/** `$filestat`, whose `$linkcount` has 32 bits. More links are told as the most that it can say, as in wasmtime. */
const filestat: RecordLayout<FileStat> = {
  bytes: 56,
  record(stat) {
    const view = new DataView(new ArrayBuffer(56));
    view.setBigUint64(0, stat.device, true);
    view.setBigUint64(8, stat.inode, true);
    view.setUint8(16, fileTypes[stat.type]);
    view.setUint32(20, Number(stat.links < 0xffff_ffffn ? stat.links : 0xffff_ffffn), true);
    view.setBigUint64(24, stat.bytes, true);
    view.setBigUint64(32, stat.accessedNs, true);
    view.setBigUint64(40, stat.modifiedNs, true);
    view.setBigUint64(48, stat.changedNs, true);
    return new Uint8Array(view.buffer);
  },
};

/** `$subscription`: the clock's begins with an `$identifier`, which nothing is done with. */
const subscription: ArgumentLayout<Subscription> = {
  bytes: 56,
  read(memory, pointer) {
    memory.check(pointer, 56);
    const start = pointer >>> 0;
    const type = memory.readU8(start + 8);
    return {
      userdata: memory.readU64(start),
      type,
      target: memory.readU32(start + (type === 0 ? 24 : 16)),
      timeoutNs: memory.readU64(start + 32),
      flags: memory.readU16(start + 48),
    };
  },
};

/** `$whence` of preview 1, by that of snapshot 0: cur, end, set. */
const whences: readonly (number | undefined)[] = [1, 2, 0];

const seek = immediate<WasiContext, ["i32", "i64", "i32", "i32"], ["i32"]>(
  ["i32", "i64", "i32", "i32"],
  ["i32"],
  (guest, fd, delta, whence, result) => {
    const call = fdSeek.call as (...args: readonly unknown[]) => number;
    return call(guest, fd, delta, whences[whence] ?? 3, result);
  },
);

const { sock_accept: _newer, ...shared } = wasiPreview1.functions;

/** `wasi_unstable`, bound to a {@link WasiContext} for each lease. */
export const wasiUnstable: HostInterface<WasiContext> = {
  module: "wasi_unstable",
  functions: {
    ...shared,
    fd_filestat_get: fdFilestatGet(filestat),
    fd_seek: seek,
    path_filestat_get: pathFilestatGet(filestat),
    poll_oneoff: pollOneoff(subscription),
  },
};

/** Both snapshots of WASI, for a program that may be linked against either. */
export const wasiInterfaces: readonly HostInterface<never>[] = [
  wasiPreview1 as HostInterface<never>,
  wasiUnstable as HostInterface<never>,
];

/** Binds {@link wasiInterfaces} to the context of one lease. */
export function bindWasi(context: WasiContext): HostBinding[] {
  return [bind(wasiPreview1, context), bind(wasiUnstable, context)];
}

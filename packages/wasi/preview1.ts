/**
 * WASI preview 1 as a host interface: all 46 functions of wasi_snapshot_preview1.witx.
 *
 * Only reads, writes, listings, polls, yields and what sockets do can suspend a guest: for streams, sockets and
 * clocks, for a listing that comes as it is read, and for the turn of others where there is much to do. Files answer at once: a disk that is
 * slow blocks the thread, as it does in a program that reads a file.
 */

import type { HostInterface } from "@skerry/sandbox";
import { clockResGet, clockTimeGet } from "./calls_clock.ts";
import * as descriptor from "./calls_descriptor.ts";
import { fdReaddir } from "./calls_directory.ts";
import * as path from "./calls_path.ts";
import {
  argsGet,
  argsSizesGet,
  environGet,
  environSizesGet,
  procExit,
  procRaise,
  randomGet,
  schedYield,
} from "./calls_process.ts";
import { sockAccept, sockRecv, sockSend, sockShutdown } from "./calls_socket.ts";
import { fdPread, fdPwrite, fdRead, fdSeek, fdTell, fdWrite } from "./calls_transfer.ts";
import type { WasiContext } from "./context.ts";
import { filestatLayout, subscriptionLayout } from "./layout.ts";
import { pathOpen } from "./path_open.ts";
import { pollOneoff } from "./poll.ts";

/** `wasi_snapshot_preview1`, bound to a {@link WasiContext} for each lease. */
export const wasiPreview1: HostInterface<WasiContext> = {
  module: "wasi_snapshot_preview1",
  functions: {
    args_get: argsGet,
    args_sizes_get: argsSizesGet,
    clock_res_get: clockResGet,
    clock_time_get: clockTimeGet,
    environ_get: environGet,
    environ_sizes_get: environSizesGet,
    fd_advise: descriptor.fdAdvise,
    fd_allocate: descriptor.fdAllocate,
    fd_close: descriptor.fdClose,
    fd_datasync: descriptor.fdDatasync,
    fd_fdstat_get: descriptor.fdFdstatGet,
    fd_fdstat_set_flags: descriptor.fdFdstatSetFlags,
    fd_fdstat_set_rights: descriptor.fdFdstatSetRights,
    fd_filestat_get: descriptor.fdFilestatGet(filestatLayout),
    fd_filestat_set_size: descriptor.fdFilestatSetSize,
    fd_filestat_set_times: descriptor.fdFilestatSetTimes,
    fd_pread: fdPread,
    fd_prestat_dir_name: descriptor.fdPrestatDirName,
    fd_prestat_get: descriptor.fdPrestatGet,
    fd_pwrite: fdPwrite,
    fd_read: fdRead,
    fd_readdir: fdReaddir,
    fd_renumber: descriptor.fdRenumber,
    fd_seek: fdSeek,
    fd_sync: descriptor.fdSync,
    fd_tell: fdTell,
    fd_write: fdWrite,
    path_create_directory: path.pathCreateDirectory,
    path_filestat_get: path.pathFilestatGet(filestatLayout),
    path_filestat_set_times: path.pathFilestatSetTimes,
    path_link: path.pathLink,
    path_open: pathOpen,
    path_readlink: path.pathReadlink,
    path_remove_directory: path.pathRemoveDirectory,
    path_rename: path.pathRename,
    path_symlink: path.pathSymlink,
    path_unlink_file: path.pathUnlinkFile,
    poll_oneoff: pollOneoff(subscriptionLayout),
    proc_exit: procExit,
    proc_raise: procRaise,
    random_get: randomGet,
    sched_yield: schedYield,
    sock_accept: sockAccept,
    sock_recv: sockRecv,
    sock_send: sockSend,
    sock_shutdown: sockShutdown,
  },
};

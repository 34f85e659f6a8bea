/** A call of each function that succeeds in a new world, for the cases that change one argument of it. */

import type { FunctionName } from "./interface.ts";
import { fds, type World } from "./world.ts";

type Arguments = (number | bigint)[];

/** Rights of a descriptor that reads and writes. */
const readWrite = BigInt((1 << 1) | (1 << 6));

const eight = (world: World) => world.room(8);

/** One buffer of three bytes. */
function buffers(world: World): [pointer: number, count: number] {
  const { pointer, count } = world.buffers(3);
  return [pointer, count];
}

/** What to call each function with. */
export const validCalls: Readonly<Record<FunctionName, (world: World) => Arguments>> = {
  args_get: (w) => [w.room(8), w.room(7)],
  args_sizes_get: (w) => [w.room(4), w.room(4)],
  environ_get: (w) => [w.room(4), w.room(4)],
  environ_sizes_get: (w) => [w.room(4), w.room(4)],
  clock_res_get: (w) => [0, eight(w)],
  clock_time_get: (w) => [0, 1n, eight(w)],
  fd_advise: () => [fds.file, 0n, 0n, 0],
  fd_allocate: () => [fds.file, 0n, 20n],
  fd_close: () => [fds.file],
  fd_datasync: () => [fds.file],
  fd_fdstat_get: (w) => [fds.file, w.room(24)],
  fd_fdstat_set_flags: () => [fds.file, 1],
  fd_fdstat_set_rights: () => [fds.file, 0n, 0n],
  fd_filestat_get: (w) => [fds.file, w.room(64)],
  fd_filestat_set_size: () => [fds.file, 2n],
  fd_filestat_set_times: () => [fds.file, 1n, 2n, 5],
  fd_pread: (w) => [fds.file, ...buffers(w), 1n, eight(w)],
  fd_prestat_dir_name: (w) => [fds.top, w.room(5), 5],
  fd_prestat_get: (w) => [fds.top, eight(w)],
  fd_pwrite: (w) => [fds.file, ...buffers(w), 1n, eight(w)],
  fd_read: (w) => [fds.file, ...buffers(w), eight(w)],
  fd_readdir: (w) => [fds.top, w.room(200), 200, 0n, eight(w)],
  fd_renumber: () => [fds.folder, fds.file],
  fd_seek: (w) => [fds.file, 1n, 0, eight(w)],
  fd_sync: () => [fds.file],
  fd_tell: (w) => [fds.file, eight(w)],
  fd_write: (w) => [fds.file, ...buffers(w), eight(w)],
  path_create_directory: (w) => [fds.top, ...w.put("new")],
  path_filestat_get: (w) => [fds.top, 1, ...w.put("f"), w.room(64)],
  path_filestat_set_times: (w) => [fds.top, 1, ...w.put("f"), 1n, 2n, 5],
  path_link: (w) => [fds.top, 0, ...w.put("f"), fds.top, ...w.put("new")],
  path_open: (w) => [fds.top, 1, ...w.put("new"), 1 | 8, readWrite, 0n, 0, eight(w)],
  path_readlink: (w) => [fds.top, ...w.put("link"), w.room(9), 9, eight(w)],
  path_remove_directory: (w) => [fds.top, ...w.put("empty")],
  path_rename: (w) => [fds.top, ...w.put("f"), fds.top, ...w.put("new")],
  path_symlink: (w) => [...w.put("f"), fds.top, ...w.put("new")],
  path_unlink_file: (w) => [fds.top, ...w.put("f")],
  poll_oneoff: (w) => [clockSubscription(w), w.room(32), 1, eight(w)],
  proc_exit: () => [0],
  proc_raise: () => [0],
  random_get: (w) => [w.room(9), 9],
  sched_yield: () => [],
  sock_accept: (w) => [w.sockets.listener, 0, eight(w)],
  sock_recv: (w) => {
    w.sockets.peer.send("abc");
    return [w.sockets.connection, ...buffers(w), 0, eight(w), eight(w)];
  },
  sock_send: (w) => [w.sockets.connection, ...buffers(w), 0, eight(w)],
  sock_shutdown: (w) => [w.sockets.connection, 3],
};

/** A subscription to a clock that is over at once. */
function clockSubscription(world: World): number {
  const at = world.room(48);
  world.memory.writeU8(at + 8, 0);
  world.memory.writeU32(at + 16, 1);
  return at;
}

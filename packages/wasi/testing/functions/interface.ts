/**
 * What preview 1 promises of each of its functions: what it takes, the rights that it needs, and every errno
 * that it can give. The cases beside this file prove it; docs/wasi.md shows it.
 */

import type { ErrnoName } from "@skerry/base";
import { rights } from "../../rights.ts";

/**
 * One parameter as the witx knows it. `path`, `text` and `buffer` are a pointer and a length, `buffers` and
 * `subscriptions` a pointer and a count; `result` is a pointer to so many bytes.
 */
export type Parameter =
  | "descriptor"
  | "directory"
  | "path"
  | "text"
  | "buffer"
  | "buffers"
  | "value"
  | { readonly result: number };

/** A function of the interface. */
export interface Declared {
  readonly takes: readonly Parameter[];
  /** What must be held by each descriptor that is taken, in their order. */
  readonly rights: readonly number[];
  /** Errors in the order in which a reader would ask for them. */
  readonly errors: readonly ErrnoName[];
}

const at = (bytes: number): Parameter => ({ result: bytes });
const none: readonly number[] = [];

/** What any path can be refused for. EIO stands for whatever the file system's medium says. */
const path: readonly ErrnoName[] = [
  ...["EBADF", "ENOTDIR", "ENOTCAPABLE", "EFAULT", "ENAMETOOLONG", "EILSEQ", "EINVAL"] as const,
  ...["ENOENT", "EPERM", "ELOOP", "EIO"] as const,
];
const open: readonly ErrnoName[] = ["EBADF", "ENOTCAPABLE"];
const moves: readonly ErrnoName[] = ["EBADF", "ENOTCAPABLE", "EFAULT", "EINVAL", "EISDIR"];
const socket: readonly ErrnoName[] = ["EBADF", "ENOTSOCK", "ENOTCAPABLE", "EINVAL"];
/** What a connection can be refused for. ECONNRESET stands for whatever the network says. */
const connection: readonly ErrnoName[] = [...socket, "ENOTCONN"];

const declarations = {
  args_get: { takes: [at(8), at(7)], rights: none, errors: ["EFAULT"] },
  args_sizes_get: { takes: [at(4), at(4)], rights: none, errors: ["EFAULT"] },
  environ_get: { takes: [at(4), at(4)], rights: none, errors: ["EFAULT"] },
  environ_sizes_get: { takes: [at(4), at(4)], rights: none, errors: ["EFAULT"] },
  clock_res_get: { takes: ["value", at(8)], rights: none, errors: ["EFAULT", "EINVAL"] },
  clock_time_get: { takes: ["value", "value", at(8)], rights: none, errors: ["EFAULT", "EINVAL"] },
  fd_advise: {
    takes: ["descriptor", "value", "value", "value"],
    rights: [rights.fdAdvise],
    errors: [...open, "EINVAL"],
  },
  fd_allocate: {
    takes: ["descriptor", "value", "value"],
    rights: [rights.fdAllocate],
    errors: [...open, "EINVAL", "EFBIG", "ENOSPC", "EDQUOT", "EIO"],
  },
  fd_close: { takes: ["descriptor"], rights: [0], errors: ["EBADF", "EIO"] },
  fd_datasync: {
    takes: ["descriptor"],
    rights: [rights.fdDatasync],
    errors: [...open, "EIO"],
  },
  fd_fdstat_get: { takes: ["descriptor", at(24)], rights: [0], errors: ["EBADF", "EFAULT"] },
  fd_fdstat_set_flags: {
    takes: ["descriptor", "value"],
    rights: [rights.fdFdstatSetFlags],
    errors: [...open, "EINVAL"],
  },
  fd_fdstat_set_rights: { takes: ["descriptor", "value", "value"], rights: [0], errors: open },
  fd_filestat_get: {
    takes: ["descriptor", at(64)],
    rights: [rights.fdFilestatGet],
    errors: [...open, "EFAULT", "EIO"],
  },
  fd_filestat_set_size: {
    takes: ["descriptor", "value"],
    rights: [rights.fdFilestatSetSize],
    errors: [...open, "EINVAL", "EFBIG", "EIO"],
  },
  fd_filestat_set_times: {
    takes: ["descriptor", "value", "value", "value"],
    rights: [rights.fdFilestatSetTimes],
    errors: [...open, "EINVAL", "EROFS", "EIO"],
  },
  fd_pread: {
    takes: ["descriptor", "buffers", "value", at(4)],
    rights: [rights.fdRead | rights.fdSeek],
    errors: [...moves, "ESPIPE", "EIO"],
  },
  fd_prestat_dir_name: {
    takes: ["descriptor", "buffer"],
    rights: [0],
    errors: ["EBADF", "ENOTDIR", "EFAULT", "ENAMETOOLONG"],
  },
  fd_prestat_get: { takes: ["descriptor", at(8)], rights: [0], errors: ["EBADF", "EFAULT"] },
  fd_pwrite: {
    takes: ["descriptor", "buffers", "value", at(4)],
    rights: [rights.fdWrite | rights.fdSeek],
    errors: [...moves, "ESPIPE", "EFBIG", "ENOSPC", "EDQUOT", "EIO"],
  },
  fd_read: {
    takes: ["descriptor", "buffers", at(4)],
    rights: [rights.fdRead],
    errors: [...moves, "ENOTCONN", "EAGAIN", "ECONNRESET", "EIO"],
  },
  fd_readdir: {
    takes: ["directory", "buffer", "value", at(4)],
    rights: [rights.fdReaddir],
    errors: ["EBADF", "ENOTDIR", "ENOTCAPABLE", "EFAULT", "ENOMEM", "EIO"],
  },
  fd_renumber: { takes: ["descriptor", "descriptor"], rights: [0, 0], errors: ["EBADF", "EIO"] },
  fd_seek: {
    takes: ["descriptor", "value", "value", at(8)],
    rights: [rights.fdSeek],
    errors: [...open, "EFAULT", "EINVAL", "ESPIPE", "EIO"],
  },
  fd_sync: { takes: ["descriptor"], rights: [rights.fdSync], errors: [...open, "EIO"] },
  fd_tell: {
    takes: ["descriptor", at(8)],
    rights: [rights.fdTell],
    errors: [...open, "EFAULT", "ESPIPE"],
  },
  fd_write: {
    takes: ["descriptor", "buffers", at(4)],
    rights: [rights.fdWrite],
    errors: [
      ...[...moves, "ENOTCONN", "EAGAIN", "ECONNRESET", "EPIPE"] as const,
      ...["EFBIG", "ENOSPC", "EDQUOT", "EIO"] as const,
    ],
  },
  path_create_directory: {
    takes: ["directory", "path"],
    rights: [rights.pathCreateDirectory],
    errors: [...path, "EEXIST", "EROFS", "ENOSPC", "EDQUOT"],
  },
  path_filestat_get: {
    takes: ["directory", "value", "path", at(64)],
    rights: [rights.pathFilestatGet],
    errors: path,
  },
  path_filestat_set_times: {
    takes: ["directory", "value", "path", "value", "value", "value"],
    rights: [rights.pathFilestatSetTimes],
    errors: [...path, "EROFS"],
  },
  path_link: {
    takes: ["directory", "value", "path", "directory", "path"],
    rights: [rights.pathLinkSource, rights.pathLinkTarget],
    errors: [...path, "EEXIST", "EROFS", "ENOSPC", "EDQUOT", "EXDEV"],
  },
  path_open: {
    takes: ["directory", "value", "path", "value", "value", "value", "value", at(4)],
    rights: [rights.pathOpen | rights.pathCreateFile | rights.pathFilestatSetSize],
    errors: [...path, "EEXIST", "EISDIR", "EACCES", "EMFILE", "EROFS", "ENOSPC", "EDQUOT"],
  },
  path_readlink: {
    takes: ["directory", "path", "buffer", at(4)],
    rights: [rights.pathReadlink],
    errors: path,
  },
  path_remove_directory: {
    takes: ["directory", "path"],
    rights: [rights.pathRemoveDirectory],
    errors: [...path, "ENOTEMPTY", "EROFS"],
  },
  path_rename: {
    takes: ["directory", "path", "directory", "path"],
    rights: [rights.pathRenameSource, rights.pathRenameTarget],
    errors: [...path, "EBUSY", "EISDIR", "ENOTEMPTY", "EROFS", "EXDEV"],
  },
  path_symlink: {
    takes: ["text", "directory", "path"],
    rights: [rights.pathSymlink],
    errors: [...path, "EEXIST", "EROFS", "ENOSPC", "EDQUOT"],
  },
  path_unlink_file: {
    takes: ["directory", "path"],
    rights: [rights.pathUnlinkFile],
    errors: [...path, "EISDIR", "EROFS"],
  },
  poll_oneoff: {
    takes: [at(48), at(32), "value", at(4)],
    rights: none,
    errors: ["EFAULT", "EINVAL", "EIO"],
  },
  proc_exit: { takes: ["value"], rights: none, errors: [] },
  proc_raise: { takes: ["value"], rights: none, errors: ["EINVAL", "ENOTSUP"] },
  random_get: { takes: ["buffer"], rights: none, errors: ["EFAULT"] },
  sched_yield: { takes: [], rights: none, errors: [] },
  sock_accept: {
    takes: ["descriptor", "value", at(4)],
    rights: [rights.sockAccept],
    errors: [...socket, "EFAULT", "EAGAIN", "EMFILE", "ECONNABORTED"],
  },
  sock_recv: {
    takes: ["descriptor", "buffers", "value", at(4), at(2)],
    rights: [rights.fdRead],
    errors: [...connection, "EFAULT", "EAGAIN", "ECONNRESET"],
  },
  sock_send: {
    takes: ["descriptor", "buffers", "value", at(4)],
    rights: [rights.fdWrite],
    errors: [...connection, "EFAULT", "EAGAIN", "ECONNRESET", "EPIPE"],
  },
  sock_shutdown: {
    takes: ["descriptor", "value"],
    rights: [rights.sockShutdown],
    errors: connection,
  },
} as const satisfies Readonly<Record<string, Declared>>;

/** The name of a function of preview 1. */
export type FunctionName = keyof typeof declarations;

/** All of them. */
export const declared: Readonly<Record<FunctionName, Declared>> = declarations;

/** Their names, in the interface's order. */
export const functionNames = Object.keys(declarations) as FunctionName[];

/** Where in a call's arguments each parameter begins. */
export function positions(takes: readonly Parameter[]): [parameter: Parameter, index: number][] {
  let index = 0;
  return takes.map((parameter) => {
    const at = index;
    index += ["path", "text", "buffer", "buffers"].includes(parameter as string) ? 2 : 1;
    return [parameter, at];
  });
}

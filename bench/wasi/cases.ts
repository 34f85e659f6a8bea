/**
 * What is measured: small guests that loop inside, so that a figure is the cost of the boundary and of what is behind it.
 *
 * Each guest exports `run`, which takes how often and gives the bytes that were moved, or -1 where a call failed.
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** Where the guest's files are. */
export type Files = "memory" | "directory";

/** One thing to measure. */
export interface Case {
  readonly name: string;
  readonly files: Files;
  /** What a guest does in one turn of its loop. */
  readonly guest: GuestName;
  readonly count: number;
  /** Bytes that `run` answers for each turn. */
  readonly bytes: number;
  /** Who is asked; `node:wasi` has no files in memory, and the shim none outside of it. */
  readonly peers: readonly Peer[];
}

/** Whom ours is compared with. */
export type Peer = "nodeWasi" | "shim";

/** Names of the guests. */
export type GuestName = keyof typeof bodies;

/** The file that guests read. */
export const inputName = "i";
/** Its bytes; as many are written, into a file that is cut to nothing each {@link outputBytes}. */
export const inputBytes = 16 << 20;
const outputBytes = 1 << 20;

const [kib4, kib64] = [4096, 65536];
const both: readonly Peer[] = ["nodeWasi", "shim"];

/** All of them. Small calls are compared with those of every peer, whatever its files are in. */
export const cases: readonly Case[] = [
  small("clock_time_get", "clock", 0, 300_000),
  small("fd_write, 10 bytes to a sink", "sink", 10, 100_000),
  small("fd_read, 10 bytes", "read10", 10, 100_000),
  small("fd_seek", "seek", 0, 200_000),
  small("path_filestat_get", "stat", 0, 50_000),
  ...(["memory", "directory"] as const).flatMap((files) => [
    transfer(files, "write, 4 KiB at a time", "write4", kib4),
    transfer(files, "write, 64 KiB at a time", "write64", kib64),
    transfer(files, "read, 4 KiB at a time", "read4", kib4),
    transfer(files, "read, 64 KiB at a time", "read64", kib64),
  ]),
  {
    ...small("fd_read, 10 bytes, directory", "read10", 10, 20_000),
    files: "directory",
    peers: ["nodeWasi"],
  },
  {
    ...small("path_filestat_get, directory", "stat", 0, 10_000),
    files: "directory",
    peers: ["nodeWasi"],
  },
];

/** The module of a guest. */
export async function guestModule(name: GuestName): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text(bodies[name])));
}

function small(name: string, guest: GuestName, bytes: number, count: number): Case {
  return { name, files: "memory", guest, count, bytes, peers: both };
}

function transfer(files: Files, name: string, guest: GuestName, bytes: number): Case {
  const peers: readonly Peer[] = files === "memory" ? ["shim"] : ["nodeWasi"];
  return { name: `${files}: ${name}`, files, guest, count: inputBytes / bytes, bytes, peers };
}

/** Where an iovec of so many bytes is, and the call that moves them. */
const move = (name: string, fd: string, iovec: number) =>
  `(call $${name} ${fd} (i32.const ${iovec}) (i32.const 1) (i32.const 64))`;
const moved = "(local.set $moved (i32.add (local.get $moved) (i32.load (i32.const 64))))";

/** Of each guest: what it opens, and a turn of its loop as a call that gives an errno and what is added up. */
const bodies = {
  clock: [undefined, "(call $clock (i32.const 1) (i64.const 1) (i32.const 64))", ""],
  sink: [undefined, move("write", "(i32.const 1)", 0), moved],
  read10: ["input", move("read", "(local.get $fd)", 0), moved],
  seek: ["input", "(call $seek (local.get $fd) (i64.const 10) (i32.const 0) (i32.const 64))", ""],
  stat: [
    undefined,
    "(call $stat (i32.const 3) (i32.const 1) (i32.const 128) (i32.const 1) (i32.const 192))",
    "",
  ],
  write4: ["output", move("write", "(local.get $fd)", 8), moved],
  write64: ["output", move("write", "(local.get $fd)", 16), moved],
  read4: ["input", move("read", "(local.get $fd)", 8), moved],
  read64: ["input", move("read", "(local.get $fd)", 16), moved],
} as const;

/** `path_open` of the input, or of the output, which is made or cut; its rights are to read, seek, tell, write and stat. */
const opens = { input: { path: 128, oflags: 0 }, output: { path: 129, oflags: 1 | 8 } };
const fileRights = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 21;

function text([file, turn, sum]: typeof bodies[GuestName]): string {
  const { path, oflags } = opens[file ?? "input"];
  const open =
    `(local.set $failed (i32.or (local.get $failed) (call $open (i32.const 3) (i32.const 1) (i32.const ${path})
      (i32.const 1) (i32.const ${oflags}) (i64.const ${fileRights}) (i64.const 0) (i32.const 0)
      (i32.const 64))))
    (local.set $fd (i32.load (i32.const 64)))`;
  const close = "(drop (call $close (local.get $fd)))";
  const cut = `(if (i32.eqz (i32.and (local.get $moved) (i32.const ${
    outputBytes - 1
  }))) (then ${close} ${open}))`;
  return `(module
  ${imports}
  (memory (export "memory") 4)
  (data (i32.const 0) "\\00\\10\\00\\00\\0a\\00\\00\\00\\00\\10\\00\\00\\00\\10\\00\\00\\00\\10\\00\\00\\00\\00\\01\\00")
  (data (i32.const 128) "${inputName}o")
  (func (export "run") (param $count i32) (result i32)
    (local $fd i32) (local $failed i32) (local $moved i32)
    ${file === undefined ? "" : open}
    (loop $again
      ${file === "output" ? cut : ""}
      (local.set $failed (i32.or (local.get $failed) ${turn}))
      ${sum}
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    ${file === undefined ? "" : close}
    (select (i32.const -1) (local.get $moved) (local.get $failed))))`;
}

const imports = [
  ["clock", "clock_time_get", "i32 i64 i32"],
  ["write", "fd_write", "i32 i32 i32 i32"],
  ["read", "fd_read", "i32 i32 i32 i32"],
  ["seek", "fd_seek", "i32 i64 i32 i32"],
  ["stat", "path_filestat_get", "i32 i32 i32 i32 i32"],
  ["open", "path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"],
  ["close", "fd_close", "i32"],
].map(([id, name, params]) =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${id} (param ${params}) (result i32)))`
).join("\n  ");

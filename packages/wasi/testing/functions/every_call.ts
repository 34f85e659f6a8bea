/**
 * Cases that follow from what a function takes: one argument of a valid call is replaced by each of the bad
 * values of its kind, and each time the world must be as it was. At the end of each the valid call succeeds,
 * so that it was the one argument which was refused.
 */

import assert from "node:assert/strict";
import { encodeUtf8, type ErrnoName } from "@skerry/base";
import type { Check, Title } from "./case.ts";
import { declared, type FunctionName, functionNames, positions } from "./interface.ts";
import { validCalls } from "./valid_calls.ts";
import { fds, World } from "./world.ts";

type Value = number | bigint;

/** Values that take the place of a call's arguments from an index on, with the error that each must give. */
interface Attack {
  readonly errno: ErrnoName;
  readonly index: number;
  readonly values: (world: World) => Value[][];
}

/** Adds the cases of every function to `add`. */
export function addEveryCall(add: (name: FunctionName, title: Title, check: Check) => void): void {
  for (const name of functionNames) {
    for (const [title, attacks] of attacksOn(name)) add(name, title, attackedBy(name, attacks));
    addRights(name, add);
    if (declared[name].errors.includes("EIO")) addBrokenDisk(name, add);
    if (declared[name].errors.includes("EROFS")) addReadOnly(name, add);
    if (declared[name].errors.includes("EDQUOT")) {
      add(
        name,
        "EDQUOT: a guest that has written all, or made all names, that it may",
        async () => {
          const world = new World({ limits: { writtenBytesMax: 0, madeNamesMax: 0 } });
          await world.refuses("EDQUOT", name, ...validCalls[name](world));
        },
      );
    }
    if (declared[name].errors.includes("ENOSPC") && name.startsWith("path_")) {
      add(name, "ENOSPC: a file system that is full", async (world) => {
        const args = validCalls[name](world);
        world.fillDisk();
        await world.refuses("ENOSPC", name, ...args);
      });
    }
  }
}

/** Runs the valid call with each bad value in turn, then as it is. */
function attackedBy(name: FunctionName, attacks: readonly Attack[]): Check {
  return async (world) => {
    const valid = validCalls[name](world);
    for (const { errno, index, values } of attacks) {
      for (const bad of values(world)) {
        await world.refuses(errno, name, ...valid.toSpliced(index, bad.length, ...bad));
      }
    }
    assert.equal(await world.wait(name, ...valid), "ESUCCESS", `${name} ${valid}`);
  };
}

function attacksOn(name: FunctionName): [Title, Attack[]][] {
  const found = new Map<Title, Attack[]>();
  const add = (errno: ErrnoName, what: string, index: number, values: Attack["values"]) => {
    const title: Title = `${errno}: ${what}`;
    found.set(title, [...found.get(title) ?? [], { errno, index, values }]);
  };
  for (const [parameter, index] of positions(declared[name].takes)) {
    if (typeof parameter === "object") {
      add(
        "EFAULT",
        "a result that does not lie in memory",
        index,
        resultsOutside(parameter.result),
      );
      continue;
    }
    switch (parameter) {
      case "directory":
        add("ENOTDIR", "a file where a directory is needed", index, () => [[fds.file]]);
        add(
          "EBADF",
          "a stream where a directory is needed",
          index,
          () => [[fds.input], [fds.output]],
        );
        add("EBADF", "a descriptor that is not open", index, notOpen);
        break;
      case "descriptor":
        add("EBADF", "a descriptor that is not open", index, notOpen);
        break;
      case "path":
      case "text":
        for (
          const [errno, what, texts] of parameter === "path" ? [...badText, ...badPaths] : badText
        ) {
          add(errno, what, index, (world) => texts.map((text) => world.put(text)));
        }
        add("EFAULT", "a path that does not lie in memory", index, rangesOutside);
        break;
      case "buffer":
        add("EFAULT", "a buffer that does not lie in memory", index, rangesOutside);
        break;
      case "buffers":
        add(
          "EFAULT",
          "a buffer, or the table of them, that does not lie in memory",
          index,
          buffersOutside,
        );
        add("EINVAL", "more buffers than the limit", index + 1, () => [[1025], [-1], [1 << 29]]);
        break;
    }
  }
  return [...found];
}

const notOpen = (world: World) => [[firstFree(world)], [99], [1000], [-1], [-2147483648]];

function firstFree(world: World): number {
  let fd = 0;
  while (world.isOpen(fd)) fd += 1;
  return fd;
}

const resultsOutside = (bytes: number) => ({ memory: { byteLength: end } }: World): Value[][] =>
  [end - bytes + 1, end, -1, -bytes, 0x7fffffff, -2147483648].map((pointer) => [pointer]);

/** A byte too far, far too long, and ends that wrap around to where memory begins. */
function rangesOutside({ memory: { byteLength: end } }: World): Value[][] {
  return [[end, 1], [end - 1, 2], [-1, 2], [-4, 8], [0, -1], [8, -8], [0, end + 1], [end + 1, 0]];
}

function buffersOutside(world: World): Value[][] {
  const { memory } = world;
  const end = memory.byteLength;
  const lists = [[end, 1], [end - 1, 2], [0, 0xffffffff], [0xffffffff, 2], [8, 0xfffffff8]].map(
    ([pointer = 0, bytes = 0]) => {
      const { pointer: table } = world.buffers(1, 1);
      memory.writeU32(table + 8, pointer);
      memory.writeU32(table + 12, bytes);
      return [table, 2];
    },
  );
  return [...lists, [end - 7, 1], [end - 8, 2], [-8, 2], [-1, 1]];
}

const bytes = (...values: number[]) => Uint8Array.from([...encodeUtf8("a"), ...values]);

/** Overlong, cut off, half of a pair, beyond Unicode, no first byte. */
const notUtf8 = [
  ...[bytes(0xc0, 0xae), bytes(0xe0, 0x80, 0xaf), bytes(0xc3), bytes(0xed, 0xa0, 0x80)],
  ...[bytes(0xf4, 0x90, 0x80, 0x80), bytes(0x80), bytes(0xff)],
];

type BadText = readonly [errno: ErrnoName, what: string, texts: readonly (string | Uint8Array)[]];

/** What is wrong with a path before it leads anywhere. */
const badText: readonly BadText[] = [
  ["ENOENT", "an empty path", [""]],
  ["EILSEQ", "a path that is not UTF-8", notUtf8],
  ["EINVAL", "a path with a NUL", ["a\0", "\0", "f\0/d"]],
  ["EPERM", "an absolute path", ["/", "/f", "//f", "/etc/passwd"]],
  ["ENAMETOOLONG", "a path of more than 4,096 bytes", ["x/".repeat(2049), "x".repeat(70_000)]],
];

const badPaths: readonly BadText[] = [
  ["ENOENT", "a folder on the way that does not exist", ["no/f", "d/no/x", "dangling/x"]],
  ["EPERM", "a path that leaves its directory", ["../f", "d/../../f", "./.././d", "abs/f", ".."]],
  ["ENOTDIR", "a file on the way", ["f/x", "d/x/y", "link/x", "f/../f", "f/."]],
  ["ELOOP", "links that go round on the way", ["loop/x", "d/../loop/x"]],
  ["ENAMETOOLONG", "a name of more than 255 bytes", ["x".repeat(256), "é".repeat(128) + "/f"]],
];

/** Without the right it is refused; with nothing but the right it succeeds. */
function addRights(
  name: FunctionName,
  add: (name: FunctionName, title: Title, check: Check) => void,
): void {
  const { takes, rights } = declared[name];
  if (!rights.some((needed) => needed !== 0)) return;
  add(
    name,
    "ENOTCAPABLE: each right that is needed is missing, all others are there",
    async (world) => {
      const valid = validCalls[name](world);
      const taken = positions(takes).filter(([one]) => one === "descriptor" || one === "directory");
      for (const [which, [, index]] of taken.entries()) {
        const fd = Number(valid[index]);
        const { base, inheriting } = world.context.descriptors.get(fd);
        for (let bit = 0; bit < 30; bit += 1) {
          if (((rights[which] ?? 0) & (1 << bit)) === 0) continue;
          world.context.descriptors.get(fd).base = base & ~(1 << bit);
          // "fd_seek […] implies rights::fd_tell" (typenames.witx).
          if (name === "fd_tell") world.context.descriptors.get(fd).base &= ~(1 << 2);
          await world.refuses("ENOTCAPABLE", name, ...valid);
        }
        world.context.descriptors.get(fd).base = base;
        assert.equal(world.context.descriptors.get(fd).inheriting, inheriting);
      }
      const all = rights.reduce((one, other) => one | other, 0);
      for (const [, index] of taken) {
        world.context.descriptors.get(Number(valid[index])).base &= all;
      }
      assert.equal(await world.wait(name, ...valid), "ESUCCESS", "the right suffices");
    },
  );
}

function addBrokenDisk(
  name: FunctionName,
  add: (name: FunctionName, title: Title, check: Check) => void,
): void {
  add(name, "EIO: the file system fails, which the guest is told as it is", async (world) => {
    const valid = name === "fd_seek"
      ? [fds.file, 0n, 2, world.room(8)]
      : name === "poll_oneoff"
      ? [fileSubscription(world), world.room(32), 1, world.room(4)]
      : validCalls[name](world);
    world.broken.now = true;
    assert.equal(await world.wait(name, ...valid), "EIO");
    world.broken.now = false;
  });
}

function fileSubscription(world: World): number {
  const at = world.room(48);
  world.memory.writeU8(at + 8, 1);
  world.memory.writeU32(at + 16, fds.file);
  return at;
}

function addReadOnly(
  name: FunctionName,
  add: (name: FunctionName, title: Title, check: Check) => void,
): void {
  if (!name.startsWith("path_")) return;
  add(name, "EROFS: a directory that was handed out read-only", async (world) => {
    const valid = validCalls[name](world);
    for (const [parameter, index] of positions(declared[name].takes)) {
      if (parameter !== "directory") continue;
      await world.refuses("EROFS", name, ...valid.toSpliced(index, 1, fds.readOnly));
    }
    assert.equal(await world.wait(name, ...valid), "ESUCCESS");
  });
}

/** Reading, writing, and where in a file that happens. */

import assert from "node:assert/strict";
import { type ByteSource, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { failure, MemorySink, type TestGuest, testGuest } from "../guest.ts";
import type { Cases, CaseTable } from "./case.ts";
import { fds, World } from "./world.ts";

type Transfer = "fd_read" | "fd_write" | "fd_pread" | "fd_pwrite";

/** Buffers that hold these texts, and a result: what comes after the descriptor, with the offset where one is taken. */
function given(guest: TestGuest, name: Transfer, texts: readonly string[], offset = 0n) {
  const { pointer, count, at } = guest.buffers(...texts.map(({ length }) => length));
  for (const [index, text] of texts.entries()) guest.memory.write(at[index] ?? 0, encodeUtf8(text));
  const result = guest.room(4);
  const args = [pointer, count, ...name.startsWith("fd_p") ? [offset] : [], result];
  return { args, at, moved: () => guest.memory.readU32(result) };
}

/** Calls with buffers of these texts, and tells how many bytes were moved and what the buffers hold then. */
function transfer(guest: TestGuest, name: Transfer, fd: number, texts: string[], offset = 0n) {
  const { args, at, moved } = given(guest, name, texts, offset);
  guest.do(name, fd, ...args);
  const held = texts.map(({ length }, index) =>
    decodeUtf8(guest.memory.copy(at[index] ?? 0, length))
  );
  return [moved(), ...held];
}

/** A directory, and streams that go the other way or have no places. */
function wrongKinds(name: Transfer): Cases {
  const wrong = { fd_read: [fds.output], fd_write: [fds.input] };
  const [streams, errno] = name === "fd_read" || name === "fd_write"
    ? [wrong[name], "EBADF"] as const
    : [[fds.input, fds.output], "ESPIPE"] as const;
  return {
    "EISDIR: a directory": (world) =>
      world.refuses("EISDIR", name, fds.top, ...given(world, name, ["xx"]).args),
    [`${errno}: a stream that cannot do this`]: async (world: World) => {
      const { args } = given(world, name, ["xx"]);
      for (const fd of streams) await world.refuses(errno, name, fd, ...args);
    },
  };
}

/** One call moves only so much, and a thousand buffers and a few are taken. */
function limits(name: Transfer): Cases {
  return {
    "bounds: 1,024 buffers are taken": (world) => {
      const [moved] = transfer(world, name, fds.file, Array.from({ length: 1024 }, () => "a"), 0n);
      assert.equal(moved, name === "fd_read" ? 6 : name === "fd_pread" ? 10 : 1024);
    },
    "bounds: one call moves no more than the limit": () => {
      const world = new World({ limits: { transferBytesMax: 5 } });
      assert.equal(transfer(world, name, fds.file, ["abc", "def"], 0n)[0], 5);
    },
  };
}

/** Offsets that no file has. */
function offsets(name: "fd_pread" | "fd_pwrite"): Cases {
  return {
    "EINVAL: an offset that no file has": async (world) => {
      for (const offset of [-1n, 1n << 62n, 1n << 53n]) {
        await world.refuses("EINVAL", name, fds.file, ...given(world, name, ["x"], offset).args);
      }
    },
  };
}

/** A disk that is full, and files that cannot be so long. */
function noSpace(name: "fd_write" | "fd_pwrite", move: (world: World, to: bigint) => void): Cases {
  return {
    "ENOSPC: a file system that is full": async (world) => {
      const { args } = given(world, name, ["x"], 1n << 20n);
      move(world, 1n << 20n);
      world.fillDisk();
      await world.refuses("ENOSPC", name, fds.file, ...args);
    },
    "EFBIG: a place beyond what the file system allows": async (world) => {
      const { args } = given(world, name, ["x"], 1n << 50n);
      move(world, 1n << 50n);
      await world.refuses("EFBIG", name, fds.file, ...args);
    },
  };
}

const brokenInput: ByteSource = { read: () => Promise.reject(new Error("unplugged")) };

export const transferCases: CaseTable = {
  fd_read: {
    "success: one buffer after the other is filled, from where the last read ended": (world) => {
      const first = transfer(world, "fd_read", fds.file, ["___", "", "_"]);
      assert.deepEqual(first, [4, "456", "", "7"]);
      assert.deepEqual(transfer(world, "fd_read", fds.file, ["____"]), [2, "89__"]);
      assert.deepEqual(transfer(world, "fd_read", fds.file, ["____"]), [0, "____"]);
      assert.deepEqual(transfer(world, "fd_read", fds.input, ["___", "___"]), [5, "inp", "ut_"]);
    },
    ...wrongKinds("fd_read"),
    ...limits("fd_read"),
    "EAGAIN: input that is not to wait, and has nothing": async () => {
      const world = new World({ stdin: { read: () => new Promise(() => {}) } });
      world.do("fd_fdstat_set_flags", fds.input, 4);
      const { args } = given(world, "fd_read", ["x"]);
      assert.equal(await world.wait("fd_read", fds.input, ...args), "EAGAIN");
      await world.refuses("EAGAIN", "fd_read", fds.input, ...args);
    },
    "EIO: input that breaks": async () => {
      const world = new World({ stdin: brokenInput });
      const { args } = given(world, "fd_read", ["x"]);
      assert.equal(await world.wait("fd_read", fds.input, ...args), "EIO");
    },
  },
  fd_write: {
    "success: one buffer after the other is written, where the last write ended": (world) => {
      assert.deepEqual(transfer(world, "fd_write", fds.file, ["ab", "", "c"])[0], 3);
      assert.equal(transfer(world, "fd_write", fds.file, ["d"])[0], 1);
      assert.equal(world.readFile("f"), "0123abcd89");
      transfer(world, "fd_write", fds.output, ["out", "put"]);
      assert.equal(world.sink.text, "output");
    },
    "success: an append goes to the end, wherever the descriptor is": (world) => {
      world.do("fd_fdstat_set_flags", fds.file, 1);
      transfer(world, "fd_write", fds.file, ["ab"]);
      assert.equal(world.readFile("f"), "0123456789ab");
      assert.equal(world.seek(fds.file, 0, "cur"), 12);
      world.seek(fds.file, 1, "set");
      transfer(world, "fd_write", fds.file, ["", ""]);
      assert.equal(world.seek(fds.file, 0, "cur"), 1, "nothing is appended nowhere");
    },
    ...wrongKinds("fd_write"),
    ...limits("fd_write"),
    "EPIPE: output that has closed": async () => {
      const closed = new MemorySink();
      closed.write = () => {
        throw new Error("closed");
      };
      const guest = testGuest({ stdout: closed });
      const { args } = given(guest, "fd_write", ["x"]);
      assert.equal(await guest.wait("fd_write", fds.output, ...args), "EPIPE");
    },
    ...noSpace("fd_write", (world, to) => void world.seek(fds.file, Number(to), "set")),
  },
  fd_pread: {
    "success: reads from the offset, and leaves the descriptor's own alone": (world) => {
      assert.deepEqual(transfer(world, "fd_pread", fds.file, ["__", "_"], 1n), [3, "12", "3"]);
      assert.deepEqual(transfer(world, "fd_pread", fds.file, ["__"], 1n << 50n), [0, "__"]);
      assert.equal(world.seek(fds.file, 0, "cur"), 4);
    },
    ...wrongKinds("fd_pread"),
    ...limits("fd_pread"),
    ...offsets("fd_pread"),
  },
  fd_pwrite: {
    "success: writes at the offset, even where the descriptor appends": (world) => {
      world.do("fd_fdstat_set_flags", fds.file, 1);
      transfer(world, "fd_pwrite", fds.file, ["ab", "c"], 2n);
      assert.equal(world.readFile("f"), "01abc56789");
      assert.equal(world.seek(fds.file, 0, "cur"), 4);
    },
    ...wrongKinds("fd_pwrite"),
    ...limits("fd_pwrite"),
    ...offsets("fd_pwrite"),
    ...noSpace("fd_pwrite", () => {}),
  },
  fd_seek: {
    "success: from the start, from here, and from the end, also beyond it": (world) => {
      assert.equal(world.seek(fds.file, 2, "set"), 2);
      assert.equal(world.seek(fds.file, 3, "cur"), 5);
      assert.equal(world.seek(fds.file, -4, "end"), 6);
      assert.equal(world.seek(fds.file, 100, "end"), 110);
      assert.equal(world.read(fds.file, 1).length, 0);
      world.do("fd_fdstat_set_rights", fds.file, BigInt(1 << 5), 0n);
      assert.equal(world.seek(fds.file, 0, "cur"), 110, "a seek that stays needs to tell, no more");
    },
    "EINVAL: places before the start or beyond counting, and no such direction": async (world) => {
      const bad = [[-1n, 0], [-5n, 1], [-11n, 2], [1n << 62n, 0], [1n << 53n, 1], [0n, 3], [
        0n,
        -1,
      ]];
      for (const args of bad) await world.refuses("EINVAL", "fd_seek", fds.file, ...args, 0);
    },
    ...unseekable("fd_seek", 0n, 0),
  },
  fd_tell: {
    "success: where the next read begins": (world) => {
      const at = world.room(8);
      world.do("fd_tell", fds.file, at);
      assert.equal(world.memory.readU64(at), 4n);
      assert.equal(failure(() => world.seek(fds.file, 2 ** 52, "set")), "ok");
      world.do("fd_tell", fds.file, at);
      assert.equal(world.memory.readU64(at), 1n << 52n);
    },
    ...unseekable("fd_tell"),
  },
};

function unseekable(name: "fd_seek" | "fd_tell", ...more: (number | bigint)[]): Cases {
  return {
    "ESPIPE: a stream": async (world) => {
      for (const fd of [fds.input, fds.output]) await world.refuses("ESPIPE", name, fd, ...more, 0);
    },
    "EBADF: a directory": (world) => world.refuses("EBADF", name, fds.top, ...more, 0),
  };
}

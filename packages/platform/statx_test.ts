import assert from "node:assert/strict";
import fs from "node:fs";
import fc from "fast-check";
import type { HostStats } from "./host_stat.ts";
import { readAt, writeAt } from "./host_transfer.ts";
import { libc } from "./libc.ts";
import { deviceOf, statx } from "./statx.ts";

const calls = libc();
const notHere = calls === undefined ? " (skipped: not on Linux)" : "";

/** Runs with a folder of its own, open. */
function inFolder(use: (fd: number, path: string) => void): void {
  const path = Deno.makeTempDirSync({ prefix: "skerry-statx-" });
  const fd = fs.openSync(path, fs.constants.O_RDONLY);
  try {
    use(fd, path);
  } finally {
    fs.closeSync(fd);
    Deno.removeSync(path, { recursive: true });
  }
}

/** Accessed, modified and changed, as stat(1) has it: the runtime tells whole milliseconds. */
function times(path: string): bigint[] {
  const { stdout } = new Deno.Command("stat", { args: ["-c", "%.9X %.9Y %.9Z", path] })
    .outputSync();
  const texts = new TextDecoder().decode(stdout).trim().split(" ");
  return texts.map((text) => BigInt(text.replace(".", "")));
}

Deno.test({
  name: `statx tells what lstat does, of every kind of node and to the nanosecond${notHere}`,
  ignore: calls === undefined,
  fn() {
    if (calls === undefined) return;
    inFolder((fd, path) => {
      fs.writeFileSync(`${path}/file`, "hello");
      fs.utimesSync(`${path}/file`, 1234567890.5, 42.25);
      fs.linkSync(`${path}/file`, `${path}/again`);
      fs.mkdirSync(`${path}/folder`);
      fs.symlinkSync("nowhere", `${path}/link`);
      fs.writeFileSync(`${path}/é`, "");
      assert.ok(new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).outputSync().success);
      for (const name of ["file", "again", "folder", "link", "é", "pipe"]) {
        const expected = fs.lstatSync(`${path}/${name}`, { bigint: true });
        const found: HostStats = statx(calls, fd, name) ?? assert.fail(name);
        for (const key of ["dev", "ino", "nlink", "size"] as const) {
          assert.equal(found[key], expected[key], `${name}: ${key}`);
        }
        for (const key of ["isFile", "isDirectory", "isSymbolicLink", "isSocket"] as const) {
          assert.equal(found[key](), expected[key](), `${name}: ${key}`);
        }
        assert.deepEqual([found.atimeNs, found.mtimeNs, found.ctimeNs], times(`${path}/${name}`));
      }
      const itself = statx(calls, fd, "") ?? assert.fail("the folder itself");
      assert.equal(itself.ino, fs.fstatSync(fd, { bigint: true }).ino);
      const nothing = fs.openSync("/dev/null", fs.constants.O_RDONLY);
      const device = statx(calls, nothing, "") ?? assert.fail("/dev/null");
      assert.ok(device.isCharacterDevice() && !device.isBlockDevice());
      fs.closeSync(nothing);
    });
  },
});

Deno.test({
  name: `what statx told of a node stays as it was, whatever is looked at next${notHere}`,
  ignore: calls === undefined,
  fn() {
    if (calls === undefined) return;
    inFolder((fd, path) => {
      fs.writeFileSync(`${path}/file`, "hello");
      fs.mkdirSync(`${path}/a folder with a longer name`);
      const file = statx(calls, fd, "file") ?? assert.fail("file");
      const told = { ...file, isFile: file.isFile() };
      const folder = statx(calls, fd, "a folder with a longer name") ?? assert.fail("folder");
      assert.deepEqual({ ...file, isFile: file.isFile() }, told);
      assert.equal(file.size, 5n);
      assert.ok(folder.isDirectory() && folder.ino !== file.ino);
      assert.equal(statx(calls, fd, "file")?.ino, file.ino);
    });
  },
});

Deno.test("a device's number is made of its two as makedev(3) says", () => {
  const number = fc.oneof(fc.nat(0xffff_ffff), fc.nat(0xfff));
  fc.assert(fc.property(number, number, (major, minor) => {
    const [high, low] = [BigInt(major), BigInt(minor)];
    const expected = (high & ~0xfffn) << 32n | (high & 0xfffn) << 8n | (low & ~0xffn) << 12n |
      (low & 0xffn);
    assert.equal(deviceOf(major, minor), expected);
  }));
});

Deno.test({
  name: `statx leaves to others what cannot be looked at${notHere}`,
  ignore: calls === undefined,
  fn() {
    if (calls === undefined) return;
    inFolder((fd) => {
      for (const name of ["missing", "a\0b", "x".repeat(5000), "missing/file"]) {
        assert.equal(statx(calls, fd, name), undefined, name);
      }
      assert.equal(statx(calls, -1, "x"), undefined);
    });
  },
});

Deno.test("bytes are read and written at their places, and failures are the runtime's own", () => {
  inFolder((folder, path) => {
    const fd = fs.openSync(`${path}/file`, "w+");
    assert.equal(writeAt(fd, new Uint8Array([1, 2, 3, 4]), 10), 4);
    const into = new Uint8Array(8);
    assert.equal(readAt(fd, into.subarray(2, 6), 11), 3);
    assert.deepEqual([...into], [0, 0, 2, 3, 4, 0, 0, 0]);
    assert.equal(readAt(fd, into, 14), 0);
    fs.closeSync(fd);
    const failure = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    assert.equal(failure(() => readAt(folder, into, 0)), "EISDIR");
    assert.equal(failure(() => writeAt(folder, into, 0)), "EBADF");
    const only = fs.openSync(`${path}/file`, "r");
    assert.equal(failure(() => writeAt(only, into, 0)), "EBADF");
    fs.closeSync(only);
  });
});

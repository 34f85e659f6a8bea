/**
 * The small world that the cases of each function are set in, and the proof that a refused call left it as it was.
 *
 * Every answer is held against what interface.ts lists: an errno that is not there fails the case.
 */

import assert from "node:assert/strict";
import { bug, type ByteSource, encodeUtf8, type ErrnoName, errnoNames, fail } from "@skerry/base";
import { createWasiContext } from "../../context.ts";
import { connectionDescriptor, listenerDescriptor } from "../../descriptor.ts";
import type { DirectoryNode, FileSystem, SpecialNode } from "../../file_system.ts";
import type { WasiLimits } from "../../limits.ts";
import { memoryFileSystem } from "../../memory_file_system.ts";
import { fileRights } from "../../rights.ts";
import { countingRandom, MemorySink, TestClock, TestGuest } from "../guest.ts";
import { TestListener, TestPeer } from "../sockets.ts";
import { declared, type FunctionName } from "./interface.ts";

/** Descriptors that each world begins with. */
export const fds = { input: 0, output: 1, top: 3, readOnly: 4, other: 5, file: 6, folder: 7 };

/** What may be different in a world. */
export interface WorldOptions {
  readonly stdin?: ByteSource;
  readonly limits?: Partial<WasiLimits>;
}

/**
 * A guest with arguments, variables, input, and a tree: the file `f`, the folders `d` (with `d/x`) and `empty`, the
 * links `link` (to `f`), `loop` (to itself), `abs` (out of here) and `dangling`. `device` is there where it is asked
 * for, as on a host.
 */
export class World extends TestGuest {
  readonly disk: FileSystem;
  readonly other: FileSystem;
  readonly sink: MemorySink;
  #sockets: Sockets | undefined;
  /** While this holds, every use of the disk fails with EIO. */
  readonly broken: { now: boolean };
  /** How often standard input was asked for bytes. */
  readonly asked: { times: number };

  constructor(options: WorldOptions = {}) {
    const clock = new TestClock();
    const disk = memoryFileSystem({ bytesMax: 1 << 18, filesMax: 100, clock });
    const other = memoryFileSystem({ bytesMax: 1 << 18, filesMax: 100, clock });
    const { fileSystem, broken } = breakable(disk);
    const [sink, asked] = [new MemorySink(), { times: 0 }];
    const source = options.stdin ?? oneRead("input");
    super(createWasiContext({
      args: ["prog", "x"],
      env: { A: "1" },
      stdin: { read: (bytes) => (asked.times += 1, source.read(bytes)) },
      stdout: sink,
      clock,
      random: countingRandom,
      preopens: [
        { guestPath: "/data", fileSystem },
        { guestPath: "/ro", fileSystem, readOnly: true },
        { guestPath: "/öther", fileSystem: other },
      ],
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    }));
    [this.disk, this.other, this.sink, this.asked] = [disk, other, sink, asked];
    this.broken = broken;
    plant(disk);
    const file = this.open("f", { rights: fileRights });
    assert.equal(file, fds.file);
    this.seek(file, 4, "set");
    assert.equal(this.open("d", { flags: ["directory"] }), fds.folder);
  }

  /** A socket that listens and one that is connected, once they are asked for. */
  get sockets(): Sockets {
    return this.#sockets ??= this.#openSockets();
  }

  #openSockets(): Sockets {
    const { descriptors } = this.context;
    const [port, peer] = [new TestListener(), new TestPeer()];
    const opened = listenerDescriptor(port);
    const listener = descriptors.add(opened);
    const connection = descriptors.add(connectionDescriptor(peer, opened.inheriting, 0));
    return { port, peer, waiting: port.connect(), listener, connection };
  }

  override raw(name: string, ...args: readonly (number | bigint)[]): number | Promise<number> {
    const answer = super.raw(name, ...args);
    const listed = declared[name as FunctionName].errors;
    const check = (errno: number) => {
      const errnoName = errnoNames[errno] ?? String(errno);
      const known = errno === 0 || (listed as readonly string[]).includes(errnoName);
      assert.ok(known, `${name} gives ${errnoName}, which is not listed for it`);
      return errno;
    };
    return typeof answer === "number" ? check(answer) : answer.then(check);
  }

  /** The call fails with this error, and nothing that a guest or the host could see has changed. */
  async refuses(
    errno: ErrnoName,
    name: FunctionName,
    ...args: readonly (number | bigint)[]
  ): Promise<void> {
    const before = this.#state();
    assert.equal(await this.wait(name, ...args), errno, `${name} ${args}`);
    assert.deepEqual(this.#state(), before, `${name} ${args} has left a trace`);
  }

  isOpen(fd: number): boolean {
    try {
      return this.context.descriptors.get(fd) !== undefined;
    } catch {
      return false;
    }
  }

  /** Uses up what the disk may hold, so that neither a byte nor a name fits any more. */
  fillDisk(): void {
    const root = this.disk.root();
    const filler = root.createFile("filler", "write");
    const piece = new Uint8Array(4096);
    until("ENOSPC", (count) => filler.write(piece, count * piece.length));
    until("ENOSPC", (count) => root.makeSymlink(`filler${count}`, "x"));
    filler.close();
    root.release();
  }

  #state() {
    const { context, memory } = this;
    const open = Array.from({ length: 16 }, (_, fd) => {
      try {
        const { kind, flags, base, inheriting, ...rest } = context.descriptors.get(fd);
        const position = "position" in rest ? rest.position : undefined;
        return { kind, flags, base, inheriting, position, listing: "listing" in rest };
      } catch {
        return undefined;
      }
    });
    const trees = [...treeOf(this.disk), ...treeOf(this.other)];
    const peer = this.#sockets?.peer;
    const sockets = [this.#sockets?.port.accepts, peer?.received, peer?.hasEnded, peer?.isClosed];
    const streams = [this.sink.text, this.asked.times, ...sockets];
    return { memory: memory.copy(0, memory.byteLength), open, trees, streams };
  }
}

/** The sockets of a world. */
interface Sockets {
  readonly port: TestListener;
  /** Whom the connection is with. */
  readonly peer: TestPeer;
  /** Who waits to be accepted. */
  readonly waiting: TestPeer;
  /** The descriptors. */
  readonly listener: number;
  readonly connection: number;
}

/** All that is in a file system, told without a guest. */
export function treeOf(fileSystem: FileSystem): string[] {
  const root = fileSystem.root();
  try {
    return branch(root, ".");
  } finally {
    root.release();
  }
}

function branch(directory: DirectoryNode, path: string): string[] {
  const told: string[] = [];
  for (const { name } of directory.entries() as Iterable<{ name: string }>) {
    const node = directory.lookup(name) ?? fail("ENOENT");
    const at = `${path}/${name}`;
    const stat = Object.values(node.stat()).join();
    if (node.type === "directory") told.push(`${at}/ ${stat}`, ...branch(node, at));
    else if (node.type === "symbolicLink") told.push(`${at} -> ${node.target()} ${stat}`);
    else if (node.type === "regularFile") {
      const file = node.open("read");
      const bytes = new Uint8Array(Math.min(Number(node.stat().bytes), 1 << 20));
      file.read(bytes, 0);
      file.close();
      told.push(`${at} ${stat} ${bytes.toHex()}`);
    } else told.push(`${at} ${node.type} ${stat}`);
    node.release();
  }
  return told;
}

function plant(disk: FileSystem): void {
  const root = disk.root();
  for (const name of ["d", "empty"]) root.makeDirectory(name);
  const folder = root.lookup("d");
  assert.ok(folder?.type === "directory");
  for (const [parent, name] of [[root, "f"], [folder, "x"]] as const) {
    const file = parent.createFile(name, "write");
    file.write(encodeUtf8("0123456789"), 0);
    file.close();
  }
  const links = { link: "f", loop: "loop", abs: "/etc/passwd", dangling: "missing" };
  for (const [name, target] of Object.entries(links)) root.makeSymlink(name, target);
  folder.release();
  root.release();
}

/** Does something again and again until it fails in this way. */
function until(errno: ErrnoName, act: (count: number) => void): void {
  for (let count = 0;; count += 1) {
    try {
      act(count);
    } catch (error) {
      assert.equal((error as { errno?: unknown }).errno, errno);
      return;
    }
  }
}

/** A source that gives a text once and then nothing, at once. */
function oneRead(text: string): ByteSource {
  let rest = encodeUtf8(text);
  return {
    read: () => {
      const bytes = rest;
      rest = new Uint8Array(0);
      return bytes;
    },
  };
}

/** What can be looked at, and never opened. */
const device: SpecialNode = {
  type: "characterDevice",
  stat: () => bug("nobody asks"),
  setTimes: () => bug("nobody asks"),
  release: () => {},
};

/** A file system that works until it is broken; then everything that is asked of it or its nodes is EIO. */
function breakable(inner: FileSystem) {
  const broken = { now: false };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          // What is held is let go of, whatever state the disk is in.
          if (broken.now && property !== "release") fail("EIO");
          if (property === "lookup" && args[0] === "device") return device;
          const result: unknown = value.apply(target, args.map(unwrap));
          const isNode = ["root", "again", "lookup", "open", "createFile"].includes(
            String(property),
          );
          return isNode && typeof result === "object" && result !== null
            ? wrapNode(result)
            : result;
        };
      },
    });
  const originals = new WeakMap<object, object>();
  const unwrap = (value: unknown) =>
    typeof value === "object" && value !== null ? originals.get(value) ?? value : value;
  const wrapNode = (node: object) => {
    const wrapped = wrap(node);
    originals.set(wrapped, node);
    return wrapped;
  };
  return { fileSystem: wrap(inner), broken };
}

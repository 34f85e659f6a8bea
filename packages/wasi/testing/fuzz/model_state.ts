/**
 * What the model knows of a guest, and how it reads arguments: what is wrong with each is collected, so that the
 * answer to a call with several mistakes may be any of them.
 */

import assert from "node:assert/strict";
import { allRights, directoryRights, rights } from "../../rights.ts";
import { declared, type FunctionName } from "../functions/interface.ts";
import { ModelMemory } from "./model_memory.ts";
import {
  type Follow,
  type ModelDirectory,
  type ModelFile,
  type ModelNode,
  refuse,
  Refused,
  resolve,
} from "./model_tree.ts";

interface Held {
  base: number;
  inheriting: number;
  flags: number;
}

/** A listing that is being read: the names that it began with, and those that were told, by cookie. */
export interface Listing {
  readonly names: Map<string, ModelNode>;
  readonly told: string[];
}

/** What a number stands for. */
export type ModelDescriptor =
  & Held
  & (
    | { readonly kind: "input" | "output" }
    | {
      readonly kind: "file";
      readonly node: ModelFile;
      readonly mount: ModelMount;
      position: number;
    }
    | {
      readonly kind: "directory";
      readonly node: ModelDirectory;
      readonly mount: ModelMount;
      readonly name?: string;
      listing?: Listing;
    }
  );

export type OpenDirectory = Extract<ModelDescriptor, { kind: "directory" }>;
export type OpenFile = Extract<ModelDescriptor, { kind: "file" }>;

/** A tree as one preopen sees it. */
export interface ModelMount {
  readonly name: string;
  readonly root: ModelDirectory;
  readonly readOnly: boolean;
}

/** What is different from one file system to the other. */
export interface ModelTraits {
  readonly descriptorsMax: number;
  readonly transferBytesMax: number;
  /** Files end here. A file system of the host has its own idea, which is taken over. */
  readonly fileBytesMax: number | "its own";
  /** More cannot be allocated at once; or that much more than a mebibyte may be, or not. */
  readonly allocateBytesMax: number | "its own";
  /** Whether times come back as they were set. */
  readonly exactTimes: boolean;
  readonly input: string;
  readonly nowNs: () => bigint;
}

/** What the model knows: no ends and signals, no sockets. */
export type Modelled = Exclude<FunctionName, `proc_${string}` | `sock_${string}`>;

/**
 * Each call: it looks at its arguments, and answers with what is done where nothing is wrong with them. That may
 * still be refused; it is told the real answer for what is the file system's own business.
 */
export type ModelCalls = Readonly<Record<Modelled, (args: never) => (errno: string) => void>>;

/** One guest, its descriptors, and what is known of the file systems' numbers. */
export class ModelState {
  readonly traits: ModelTraits;
  readonly descriptors = new Map<number, ModelDescriptor>();
  /** What has been written to standard output and error. */
  output = new Uint8Array(0);
  /** What standard input still has. */
  input = new Uint8Array(0);
  memory = new ModelMemory(new Uint8Array(0), new Uint8Array(0));
  /** Errors of which each would be right. */
  reasons: string[] = [];
  readonly #inodes = new Map<string, ModelNode>();
  readonly #identities = new Map<ModelNode, string>();

  constructor(traits: ModelTraits) {
    this.traits = traits;
  }

  /** A new guest, which finds what the last one left in the trees. */
  begin(mounts: readonly ModelMount[]): void {
    this.descriptors.clear();
    this.output = new Uint8Array(0);
    this.input = new TextEncoder().encode(this.traits.input);
    const stream = rights.fdFdstatSetFlags | rights.fdFilestatGet | rights.pollFdReadwrite;
    const held = (base: number) => ({ base, inheriting: 0, flags: 0 });
    this.descriptors.set(0, { kind: "input", ...held(stream | rights.fdRead) });
    for (const fd of [1, 2]) {
      this.descriptors.set(fd, { kind: "output", ...held(stream | rights.fdWrite) });
    }
    for (const [index, mount] of mounts.entries()) {
      const all = { base: directoryRights, inheriting: allRights, flags: 0 };
      const { root: node, name } = mount;
      this.descriptors.set(3 + index, { kind: "directory", node, mount, name, ...all });
    }
  }

  forgetNumbers(): void {
    this.#inodes.clear();
    this.#identities.clear();
  }

  need(holds: boolean, errno: string): void {
    if (!holds) this.reasons.push(errno);
  }

  room(pointer: number | bigint, bytes: number | bigint): void {
    this.need(this.memory.has(Number(pointer), Number(bytes)), "EFAULT");
  }

  /** What comes after the checks of arguments must not be done where one has failed. */
  checked(): void {
    if (this.reasons.length > 0) refuse("one of them");
  }

  text(pointer: number, length: number): string {
    if (!this.memory.has(pointer, length)) return refuse(this.reason("EFAULT"));
    this.need(length >>> 0 <= 4096, "ENAMETOOLONG");
    const text = this.memory.text(pointer, length);
    if (text === undefined) return refuse(this.reason("EILSEQ"));
    this.need(!text.includes("\0"), "EINVAL");
    this.need(text !== "", "ENOENT");
    return text;
  }

  reason(errno: string): string {
    this.reasons.push(errno);
    return errno;
  }

  descriptor(fd: number, right = 0): ModelDescriptor | undefined {
    const found = this.descriptors.get(fd >>> 0);
    this.need(found !== undefined, "EBADF");
    if (found !== undefined) this.need((found.base & right) === right, "ENOTCAPABLE");
    return found;
  }

  directory(fd: number, right: number): OpenDirectory {
    const found = this.descriptor(fd, right);
    if (found?.kind === "directory") return found;
    if (found !== undefined) this.reason(found.kind === "file" ? "ENOTDIR" : "EBADF");
    return refuse("one of them");
  }

  file(name: FunctionName, fd: number, others: { directory: string; stream: string }): OpenFile {
    const found = this.descriptor(fd, declared[name].rights[0]);
    if (found?.kind === "file") return found;
    if (found !== undefined) {
      this.reason(found.kind === "directory" ? others.directory : others.stream);
    }
    return refuse("one of them");
  }

  /** A call with a directory and a path: everything about its arguments, then the spot. */
  at(fd: number, pointer: number, length: number, right: number, follow: Follow) {
    let from: OpenDirectory | undefined;
    let path = "";
    for (
      const step of [
        () => from = this.directory(fd, right),
        () => path = this.text(pointer, length),
      ]
    ) {
      try {
        step();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
    return {
      spot: () => resolve((from ?? refuse("EBADF")).node, path, follow),
      writable: () => {
        if (from?.mount.readOnly === true) refuse("EROFS");
      },
      get from() {
        return from ?? refuse("EBADF");
      },
    };
  }

  freeNumber(): number {
    for (let fd = 0;; fd += 1) if (!this.descriptors.has(fd)) return fd;
  }

  /** Numbers and times of a stat are the file system's; that a number means one node for ever is held against it. */
  stat(at: number, node: ModelNode | "stream"): void {
    const memory = this.memory;
    if (node === "stream") return memory.write(at, new Uint8Array(64));
    memory.takeOver(at, 64);
    const told = memory.after;
    this.#identify(node, `${told.getBigUint64(at, true)}:${told.getBigUint64(at + 8, true)}`);
    memory.writeU8(at + 16, { file: 4, directory: 3, link: 7 }[node.kind]);
    if (node.kind === "directory") return;
    memory.writeU64(at + 24, BigInt(node.links));
    const bytes = node.kind === "file" ? node.size : new TextEncoder().encode(node.target).length;
    memory.writeU64(at + 32, BigInt(bytes));
    if (node.modifiedNs !== undefined) memory.writeU64(at + 48, node.modifiedNs);
  }

  #identify(node: ModelNode, identity: string): void {
    const before = this.#identities.get(node);
    if (before !== undefined) assert.equal(identity, before, "a node has changed its number");
    const other = this.#inodes.get(identity);
    const gone = other !== undefined && other !== node && isGone(other);
    assert.ok(other === undefined || other === node || gone, "two nodes have one number");
    this.#identities.set(node, identity);
    this.#inodes.set(identity, node);
  }

  times(accessed: bigint, modified: bigint, flags: number): (node: ModelNode) => void {
    const both = (flags & 3) === 3 || (flags & 12) === 12;
    this.need(!both && (flags & ~15) === 0, "EINVAL");
    void accessed;
    return (node) => {
      delete node.modifiedNs;
      if (!this.traits.exactTimes) return;
      if ((flags & 4) !== 0) node.modifiedNs = BigInt.asUintN(64, modified);
      if ((flags & 8) !== 0) node.modifiedNs = this.traits.nowNs();
    };
  }

  oneFileSystem(...fds: number[]): void {
    const [one, two] = fds.map((fd) => this.descriptors.get(fd >>> 0));
    if (one?.kind !== "directory" || two?.kind !== "directory") return;
    this.need(one.mount.root === two.mount.root, "EXDEV");
  }
}

/** Whether a node can have died, so that its number may be another's. */
function isGone(node: ModelNode): boolean {
  return node.kind === "directory" ? node.removed : node.links === 0;
}

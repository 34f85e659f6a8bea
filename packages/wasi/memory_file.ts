/** Regular files of a file system in memory. */

import { bug, fail } from "@skerry/base";
import type {
  FileAccess,
  FileNode,
  FileStat,
  FileTimes,
  FrozenBytes,
  OpenFile,
} from "./file_system.ts";
import { filePieceBytesMax } from "./limits.ts";
import { MemoryContent } from "./memory_content.ts";
import { MemoryNode, type MemoryVolume, type Origin } from "./memory_nodes.ts";

/** A regular file. */
export class MemoryFile extends MemoryNode implements FileNode {
  readonly type = "regularFile";
  readonly #below: FileNode | undefined;
  /** Undefined while the contents are those of a file below that might change. */
  #content: MemoryContent | undefined;

  constructor(volume: MemoryVolume, origin?: Origin<FileNode>) {
    super(volume, 0, origin);
    this.#below = origin?.node;
    const frozen = origin?.node.frozen?.();
    if (origin === undefined || frozen !== undefined) {
      this.#content = new MemoryContent(volume.budget, frozen);
    }
  }

  get content(): MemoryContent | undefined {
    return this.#content;
  }

  open(access: FileAccess): OpenFile {
    const below = this.#content === undefined ? this.#below?.open("read") : undefined;
    return new OpenMemoryFile(this.hold(), access, below);
  }

  frozen(): FrozenBytes | undefined {
    return this.#content?.freeze();
  }

  /** Contents that can be written to; those of a file below are taken only as far as `keepBytes`. */
  writable(keepBytes: number): MemoryContent {
    if (this.#content === undefined && keepBytes === 0) {
      this.#raiseEmpty();
    } else {
      this.raise();
    }
    return this.#content ?? bug("a file of this layer has no contents");
  }

  protected size(): bigint {
    return this.#content === undefined ? this.originStat().bytes : BigInt(this.#content.size);
  }

  protected free(): void {
    this.#content?.free();
  }

  #raiseEmpty(): void {
    this.#content = new MemoryContent(this.volume.budget);
    try {
      this.raise();
    } catch (error) {
      this.#content = undefined;
      throw error;
    }
  }

  /** Copies what the file below holds, all of it or nothing. */
  protected override prepare(): void {
    if (this.#content !== undefined || this.#below === undefined) return;
    const content = new MemoryContent(this.volume.budget);
    const source = this.#below.open("read");
    try {
      copy(source, content, this.volume.budget.bytesLeft);
      this.#content = content;
    } catch (error) {
      content.free();
      throw error;
    } finally {
      source.close();
    }
  }
}

class OpenMemoryFile implements OpenFile {
  readonly #file: MemoryFile;
  readonly #access: FileAccess;
  readonly #below: OpenFile | undefined;

  constructor(file: MemoryFile, access: FileAccess, below: OpenFile | undefined) {
    this.#file = file;
    this.#access = access;
    this.#below = below;
  }

  stat(): FileStat {
    return this.#file.stat();
  }

  setTimes(times: FileTimes): void {
    this.#file.setTimes(times);
  }

  read(target: Uint8Array, offset: number): number {
    if (this.#access === "write") fail("EBADF");
    const { content } = this.#file;
    if (content !== undefined) return content.read(target, offset);
    return this.#below?.read(target, offset) ?? 0;
  }

  write(bytes: Uint8Array, offset: number): number {
    const count = this.#writable(Infinity).write(bytes, offset);
    if (count > 0) this.#file.touch();
    return count;
  }

  setSize(bytes: number): void {
    this.#writable(bytes).setSize(bytes);
    this.#file.touch();
  }

  allocate(offset: number, length: number): void {
    this.#writable(Infinity).allocate(offset, length);
    this.#file.touch();
  }

  sync(): void {}

  close(): void {
    this.#below?.close();
    this.#file.release();
  }

  #writable(keepBytes: number): MemoryContent {
    if (this.#access === "read") fail("EBADF");
    return this.#file.writable(keepBytes);
  }
}

/** Copies a file piece by piece; what does not fit is refused before anything is read, where its size tells. */
function copy(source: OpenFile, content: MemoryContent, bytesMax: number): void {
  const { bytes } = source.stat();
  if (bytes > BigInt(bytesMax)) fail("ENOSPC");
  const piece = new Uint8Array(Math.min(filePieceBytesMax, Math.max(1, Number(bytes))));
  for (let offset = 0;;) {
    const count = source.read(piece, offset);
    if (count === 0) return;
    for (let done = 0; done < count;) {
      done += content.write(piece.subarray(done, count), offset + done);
    }
    offset += count;
  }
}

/** Nodes of a file system in memory that are neither files nor directories. */

import { encodeUtf8 } from "@skerry/base";
import type { SpecialNode, SymlinkNode } from "./file_system.ts";
import { MemoryNode, type MemoryVolume, type Origin } from "./memory_nodes.ts";

/** A symbolic link. */
export class MemorySymlink extends MemoryNode implements SymlinkNode {
  readonly type = "symbolicLink";
  readonly #target: string;
  readonly #targetBytes: number;

  constructor(volume: MemoryVolume, target: string, origin?: Origin<SymlinkNode>) {
    const targetBytes = encodeUtf8(target).length;
    super(volume, targetBytes, origin);
    this.#target = target;
    this.#targetBytes = targetBytes;
  }

  target(): string {
    return this.#target;
  }

  protected size(): bigint {
    return BigInt(this.#targetBytes);
  }

  protected free(): void {}
}

/** A device, a pipe or a socket of the layer below: it can be looked at, moved and removed. */
export class MemorySpecial extends MemoryNode implements SpecialNode {
  readonly type: SpecialNode["type"];

  constructor(volume: MemoryVolume, origin: Origin<SpecialNode>) {
    super(volume, 0, origin);
    this.type = origin.node.type;
  }

  protected size(): bigint {
    return 0n;
  }

  protected free(): void {}
}

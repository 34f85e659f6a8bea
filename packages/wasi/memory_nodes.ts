/**
 * What all nodes of a file system in memory share.
 *
 * A node lives while it has a name or is held; when both have gone it gives back what it took. One that stands for a
 * node of a layer below is a mere way to that until it is changed for the first time: then it is `raised`. It takes a
 * place in the budget, has times of its own, and lives as others do; before, it is forgotten when nobody holds it.
 */

import { bug, type Clock } from "@skerry/base";
import type { FileStat, FileTimes, FsNode } from "./file_system.ts";
import type { FileType } from "./file_type.ts";
import type { MemoryBudget } from "./memory_budget.ts";

/** What the nodes of one file system in memory share. */
export interface MemoryVolume {
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly device: bigint;
  nextInode(): bigint;
}

/** The node of a layer below that a node stands for. */
export interface Origin<Node extends FsNode = FsNode> {
  /** Held until it is not needed any more. */
  readonly node: Node;
  readonly stat: FileStat;
  /** The node that stands for it has died. */
  forget(): void;
}

interface Times {
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

/** A node's number, times, names and holds. `ownBytes` is what it takes of the budget by itself. */
export abstract class MemoryNode {
  abstract readonly type: FileType;
  protected readonly volume: MemoryVolume;
  readonly #ownBytes: number;
  readonly #inode: bigint;
  readonly #device: bigint;
  readonly #origin: Origin | undefined;
  #originHeld: boolean;
  #names: number;
  #holds = 0;
  /** Nodes that need this one although nobody may hold it. */
  #dependents = 0;
  #raised: boolean;
  /** Nothing before the node is raised: until then the times are those of the node that it stands for. */
  #accessedNs = 0n;
  #modifiedNs = 0n;
  #changedNs = 0n;

  constructor(volume: MemoryVolume, ownBytes: number, origin?: Origin) {
    this.volume = volume;
    this.#ownBytes = ownBytes;
    this.#origin = origin;
    this.#originHeld = origin !== undefined;
    if (origin === undefined) {
      volume.budget.takeNode(ownBytes);
      this.#accessedNs = this.#modifiedNs = this.#changedNs = volume.clock.wallNs();
    }
    this.#raised = origin === undefined;
    this.#names = origin === undefined ? 0 : namesOf(origin.stat);
    this.#inode = origin?.stat.inode ?? volume.nextInode();
    this.#device = origin?.stat.device ?? volume.device;
  }

  protected abstract size(): bigint;
  /** Gives back what a raised node has taken beyond itself. */
  protected abstract free(): void;
  /** What has to be there before the node can be changed. */
  protected prepare(): void {}

  get inode(): bigint {
    return this.#inode;
  }

  get names(): number {
    return this.#names;
  }

  /** Whether it belongs to this layer; else it is a mere way to the one below. */
  get isRaised(): boolean {
    return this.#raised;
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  stat(): FileStat {
    return {
      device: this.#device,
      inode: this.#inode,
      type: this.type,
      links: BigInt(Math.max(0, this.#names)),
      bytes: this.size(),
      ...this.#times(),
    };
  }

  setTimes(times: FileTimes): void {
    this.raise();
    this.#accessedNs = times.accessedNs ?? this.#accessedNs;
    this.#modifiedNs = times.modifiedNs ?? this.#modifiedNs;
    this.#changed();
  }

  /** Makes the node one of this layer, before its first change (ENOSPC). Harmless where it is. */
  raise(): void {
    if (this.isRaised) return;
    const { accessedNs, modifiedNs, changedNs } = this.originStat();
    this.volume.budget.takeNode(this.#ownBytes);
    try {
      this.prepare();
    } catch (error) {
      this.volume.budget.giveNode(this.#ownBytes);
      throw error;
    }
    this.#raised = true;
    this.#accessedNs = accessedNs;
    this.#modifiedNs = modifiedNs;
    this.#changedNs = changedNs;
    this.dropOrigin();
  }

  /** Notes that contents have changed, of a node that is raised. */
  touch(): void {
    this.#modifiedNs = this.#changedNs = this.volume.clock.wallNs();
  }

  hold(): this {
    this.#holds += 1;
    return this;
  }

  release(): void {
    this.#holds -= 1;
    this.forgetIfUnused();
  }

  need(): void {
    this.#dependents += 1;
  }

  needNoMore(): void {
    this.#dependents -= 1;
    this.forgetIfUnused();
  }

  addName(): void {
    this.#names += 1;
    this.#changed();
  }

  removeName(): void {
    this.#names -= 1;
    this.#changed();
    this.forgetIfUnused();
  }

  /** The node that this one stands for, as it is now; as it was where it is not held any more. */
  protected originStat(): FileStat {
    const origin = this.#origin;
    if (origin === undefined) return bug("a node stands for nothing and has no times");
    return this.#originHeld ? origin.node.stat() : origin.stat;
  }

  /** Lets go of the node below: all of it that matters is here. */
  protected dropOrigin(): void {
    if (!this.#originHeld) return;
    this.#originHeld = false;
    this.#origin?.node.release();
  }

  /** The node that this one needs as long as it lives. */
  protected get needed(): MemoryNode | undefined {
    return undefined;
  }

  /** One after the other: what has died within each other may be as deep as there are nodes. */
  protected forgetIfUnused(): void {
    let node: MemoryNode | undefined = this.#isUnused ? this : undefined;
    while (node !== undefined) {
      const { needed }: MemoryNode = node;
      node.#forget();
      if (needed !== undefined) needed.#dependents -= 1;
      node = needed !== undefined && needed.#isUnused ? needed : undefined;
    }
  }

  get #isUnused(): boolean {
    return this.#holds === 0 && this.#dependents === 0 && !(this.isRaised && this.#names > 0);
  }

  #forget(): void {
    this.free();
    if (this.isRaised) this.volume.budget.giveNode(this.#ownBytes);
    this.dropOrigin();
    this.#origin?.forget();
  }

  #changed(): void {
    if (this.#raised) this.#changedNs = this.volume.clock.wallNs();
  }

  #times(): Times {
    if (!this.#raised) return timesOf(this.originStat());
    const [accessedNs, modifiedNs, changedNs] = [
      this.#accessedNs,
      this.#modifiedNs,
      this.#changedNs,
    ];
    return { accessedNs, modifiedNs, changedNs };
  }
}

/** A directory has one name here, whatever its file system counts. */
function namesOf({ type, links }: FileStat): number {
  return type === "directory" ? 1 : Math.max(1, Number(links));
}

function timesOf({ accessedNs, modifiedNs, changedNs }: FileStat): Times {
  return { accessedNs, modifiedNs, changedNs };
}

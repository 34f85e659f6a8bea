/**
 * Directories of a layer that stand for directories of the base: their names are those of both, but for the hidden.
 *
 * What always holds: of one node of the base at most one node of the layer is alive, so that hard links of the base
 * stay links. A directory that is made where one was removed is an ordinary one, with nothing below it.
 */

import type { DirectoryEntry, DirectoryNode, FsNode } from "./file_system.ts";
import { type AnyMemoryNode, MemoryDirectory } from "./memory_directory.ts";
import { MemoryFile } from "./memory_file.ts";
import { MemorySpecial, MemorySymlink } from "./memory_leaves.ts";
import type { MemoryVolume, Origin } from "./memory_nodes.ts";
import type { BaseDirectory } from "./overlay_base.ts";

/** What the nodes of one layer share. */
export interface OverlayVolume extends MemoryVolume {
  /**
   * The nodes that stand for nodes of the base: by path, or by device and inode for those that have several names.
   * (By path where that will do, because a host gives an inode anew as soon as it is free.)
   */
  readonly standing: Map<string, AnyMemoryNode>;
}

/** A directory of both layers. */
export class OverlayDirectory extends MemoryDirectory {
  readonly #volume: OverlayVolume;
  readonly #base: BaseDirectory;
  /** Names of the base that are seen no more. */
  readonly #hidden = new Set<string>();

  constructor(
    volume: OverlayVolume,
    origin: Origin<DirectoryNode>,
    base: BaseDirectory,
    parent?: OverlayDirectory,
  ) {
    super(volume, parent, origin);
    this.#volume = volume;
    this.#base = base;
  }

  override hold(): this {
    super.hold();
    // While a guest has it open it is the same directory, wherever the base moves it.
    if (this.isRaised) this.#base.hold();
    return this;
  }

  override release(): void {
    super.release();
    if (this.isRaised && !this.isHeld) this.#base.letGo();
  }

  override entries(): Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry> {
    // What it lists is read later: it must not be let go, and its descriptor be another's, before that begins.
    this.#base.hold();
    const nothing: Iterable<DirectoryEntry> = [];
    const below = this.#base.use((base) => base.entries(), nothing);
    return Symbol.asyncIterator in below ? this.#mergeLater(below) : this.#merge(below);
  }

  protected override below(name: string): AnyMemoryNode | undefined {
    if (this.#hidden.has(name)) return undefined;
    const found = this.#base.use((base) => base.lookup(name), undefined);
    if (found === undefined) return undefined;
    try {
      return this.#standIn(found, name);
    } catch (error) {
      found.release();
      throw error;
    }
  }

  protected override hide(name: string): void {
    this.#hidden.add(name);
  }

  protected override hasBelow(beside: ReadonlySet<string>): boolean {
    const hidden = beside.size === 0 ? this.#hidden : this.#hidden.union(beside);
    return this.#base.use((base) => base.hasNameBeside(hidden), false);
  }

  protected override dropOrigin(): void {
    if (!this.isHeld) this.#base.letGo();
  }

  /** The node that stands for one of the base; takes that one over. */
  #standIn(found: FsNode, name: string): AnyMemoryNode {
    const stat = found.stat();
    const { standing } = this.#volume;
    const { device, inode, links } = stat;
    const named = found.type === "directory" || links < 2n;
    const key = named ? `${this.#base.path}/${name}` : `${device}:${inode}`;
    const before = standing.get(key);
    if (before?.type === found.type) {
      found.release();
      return before;
    }
    const forget = () => {
      if (standing.get(key) === made) standing.delete(key);
    };
    const made = this.#make(found, { stat, forget }, name);
    standing.set(key, made);
    return made;
  }

  #make(node: FsNode, known: Omit<Origin, "node">, name: string): AnyMemoryNode {
    switch (node.type) {
      case "regularFile":
        return new MemoryFile(this.#volume, { ...known, node });
      case "symbolicLink":
        return new MemorySymlink(this.#volume, node.target(), { ...known, node });
      case "directory": {
        const base = this.#base.inner(name, known.stat, node);
        return new OverlayDirectory(this.#volume, { ...known, node }, base, this);
      }
      default:
        return new MemorySpecial(this.#volume, { ...known, node });
    }
  }

  *#merge(below: Iterable<DirectoryEntry>): Generator<DirectoryEntry> {
    for (const entry of below) if (this.#shows(entry)) yield entry;
    yield* this.namedEntries();
  }

  async *#mergeLater(below: AsyncIterable<DirectoryEntry>): AsyncGenerator<DirectoryEntry> {
    for await (const entry of below) if (this.#shows(entry)) yield entry;
    yield* this.namedEntries();
  }

  #shows({ name }: DirectoryEntry): boolean {
    return !this.#hidden.has(name) && !this.named.has(name);
  }
}

/**
 * S3-FIFO (Yang, Zhang, Qiu, Yue, Vinayak: "FIFO queues are all you need for cache eviction", SOSP 2023): a small queue
 * through which what is new passes, a main one for what was used meanwhile, and a list of the keys that the small one let
 * go of lately. A scan passes through the small queue and disturbs nothing.
 */

import type { EvictionPolicy } from "./eviction_policy.ts";
import { Fifo } from "./fifo.ts";

interface Node<Value> {
  readonly key: string;
  value: Value;
  bytes: number;
  /** How often it was used since it came into its queue: 0 to 3. */
  uses: number;
  isMain: boolean;
  older: Node<Value> | undefined;
  newer: Node<Value> | undefined;
}

const usesMax = 3;
/** How much of all bytes the small queue may have before it is evicted from. */
const smallShare = 0.1;

/** A policy; see {@link EvictionPolicy}. */
export class S3Fifo<Value> implements EvictionPolicy<Value> {
  readonly #nodes = new Map<string, Node<Value>>();
  readonly #small = new Queue<Value>();
  readonly #main = new Queue<Value>();
  /** Hashes of keys that left the small queue lately, about as many as there are values; and their order. */
  readonly #ghosts = new Set<number>();
  readonly #ghostOrder = new Fifo<number>();

  get bytes(): number {
    return this.#small.bytes + this.#main.bytes;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: string): Value | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    if (node.uses < usesMax) node.uses += 1;
    return node.value;
  }

  peek(key: string): Value | undefined {
    return this.#nodes.get(key)?.value;
  }

  set(key: string, value: Value, bytes: number): void {
    const old = this.#nodes.get(key);
    if (old !== undefined) {
      this.#queueOf(old).bytes += bytes - old.bytes;
      [old.value, old.bytes] = [value, bytes];
      return;
    }
    // What comes back soon after it was let go of is used more than once.
    const isMain = this.#ghosts.delete(hashOf(key));
    const node: Node<Value> = {
      key,
      value,
      bytes,
      uses: 0,
      isMain,
      older: undefined,
      newer: undefined,
    };
    this.#nodes.set(key, node);
    this.#queueOf(node).push(node);
  }

  delete(key: string): boolean {
    const node = this.#nodes.get(key);
    if (node === undefined) return false;
    this.#queueOf(node).remove(node);
    return this.#nodes.delete(key);
  }

  evict(): { readonly key: string; readonly value: Value; readonly bytes: number } | undefined {
    while (this.#nodes.size > 0) {
      const isSmall = this.#main.oldest === undefined ||
        this.#small.bytes > smallShare * this.bytes && this.#small.oldest !== undefined;
      const node = isSmall ? this.#passSmall() : this.#passMain();
      if (node === undefined) continue;
      this.#nodes.delete(node.key);
      return { key: node.key, value: node.value, bytes: node.bytes };
    }
    return undefined;
  }

  /** The oldest of the small queue; undefined where it was used and went over to the main one. */
  #passSmall(): Node<Value> | undefined {
    const node = this.#small.shift();
    if (node === undefined) return undefined;
    if (node.uses > 0) {
      [node.isMain, node.uses] = [true, 0];
      this.#main.push(node);
      return undefined;
    }
    this.#remember(hashOf(node.key));
    return node;
  }

  /** The oldest of the main queue; undefined where it was used and has another turn. */
  #passMain(): Node<Value> | undefined {
    const node = this.#main.shift();
    if (node === undefined || node.uses === 0) return node;
    node.uses -= 1;
    this.#main.push(node);
    return undefined;
  }

  #remember(hash: number): void {
    if (!this.#ghosts.has(hash)) this.#ghostOrder.push(hash);
    this.#ghosts.add(hash);
    const ghostsMax = Math.max(16, this.#nodes.size);
    while (this.#ghostOrder.length > ghostsMax) {
      this.#ghosts.delete(this.#ghostOrder.shift() ?? 0);
    }
  }

  #queueOf(node: Node<Value>): Queue<Value> {
    return node.isMain ? this.#main : this.#small;
  }
}

class Queue<Value> {
  bytes = 0;
  oldest: Node<Value> | undefined;
  #newest: Node<Value> | undefined;

  push(node: Node<Value>): void {
    [node.older, node.newer] = [this.#newest, undefined];
    if (this.#newest === undefined) this.oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.bytes += node.bytes;
  }

  shift(): Node<Value> | undefined {
    const node = this.oldest;
    if (node !== undefined) this.remove(node);
    return node;
  }

  remove(node: Node<Value>): void {
    if (node.older === undefined) this.oldest = node.newer;
    else node.older.newer = node.newer;
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    [node.older, node.newer] = [undefined, undefined];
    this.bytes -= node.bytes;
  }
}

/** FNV-1a, 32 bits. Two keys of one hash make a key welcome that is new: no more than that. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

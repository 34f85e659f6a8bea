/**
 * The way of a purge to all nodes, and of their receipts back: a port. Nodes that are one process' neighbours, or none at all,
 * and nodes of a cluster look the same from here.
 */

/** A purge, as every node is told of it. */
export interface PurgeNotice {
  /** No two purges have the same. */
  readonly id: string;
  /** What is purged, as the cache's `scopeText` writes it. */
  readonly scopes: readonly string[];
  /** A hard purge makes as if it never had been kept; after a soft one it is stale. */
  readonly mode: "hard" | "soft";
  /** When it was asked for, in milliseconds since 1970. */
  readonly askedMs: number;
}

/** What became of a purge. */
export interface PurgeReceipt {
  readonly id: string;
  /**
   * By the names of nodes: when each had applied it, in milliseconds since 1970 by its own clock. From then on no thread
   * of it serves what was asked for before.
   */
  readonly nodes: Readonly<Record<string, number>>;
  /** Nodes that are known and have not said so yet: they apply it before they serve again. */
  readonly pending: readonly string[];
}

/** Whoever applies purges to one node. Returns once no thread of it serves what was purged. */
export type PurgeSubscriber = (notice: PurgeNotice) => void | Promise<void>;

/** See the head of this file. */
export interface PurgeBus {
  /**
   * Tells all nodes a purge. Resolves once every node has applied it, or those that have not are to be called pending.
   *
   * @throws whatever the subscriber of this very node has thrown
   */
  publish(notice: Omit<PurgeNotice, "id" | "askedMs">): Promise<PurgeReceipt>;
  /** Has a node told of purges, from now on. @returns ends it */
  subscribe(node: string, apply: PurgeSubscriber): () => void;
}

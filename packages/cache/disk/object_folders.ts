/** All files of a disk tier, for whoever keeps them within their bounds: a port. */

/** A file that was found. */
export interface ListedObject {
  readonly path: string;
  readonly bytes: number;
  /** When it was written, or marked as used since; milliseconds since 1970. */
  readonly usedMs: number;
}

/** Files by folder: a folder's path is a tenant's and a fan's, and holds a small share of the tenant's files. */
export interface ObjectFolders {
  /** The paths of all folders. */
  list(): AsyncIterable<string>;
  /** The files in one; what comes or goes meanwhile is among them or not. */
  files(folder: string): Promise<readonly ListedObject[]>;
  remove(path: string): void;
}

/**
 * Where objects are kept that outlive the process: a port, since the files of a machine are one place and a test's are another.
 *
 * Paths are `tenant/fan/name`, made by {@link ObjectNames}: sixteen, two, and thirty hexadecimal digits with a letter behind.
 */

/** A file that is open. Its operations may be under way at the same time. */
export interface ObjectFile {
  /** Fills `into` from a place on; gives less than that at the end alone. */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** Writes all of the bytes at a place. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Harmless when done twice; what is under way comes to its end. */
  close(): void;
}

/** A file that is being written, and has no name yet. */
export interface PartialFile extends ObjectFile {
  /** Puts it at a path at once, in place of what was there, and gives how many bytes that had; undefined where there was none. */
  commit(path: string): number | undefined;
  /** Removes it, if it was not committed. It stays open for those who read it. */
  discard(): void;
}

/** Files by path, shared by all threads of a node. What fails is thrown; what is not there is no failure. */
export interface ObjectFiles {
  /** Whether there is one: cheap enough to be asked for each miss, and true of what was committed or removed just now. */
  has(path: string): boolean;
  open(path: string, access: "read" | "write"): Promise<ObjectFile | undefined>;
  create(): Promise<PartialFile>;
  /** Gives how many bytes it had; undefined where there was none. */
  remove(path: string): number | undefined;
  /** Has it count as used now. */
  touch(path: string): Promise<void>;
}

/** How objects are named and checked. */
export interface ObjectDigests {
  /** At least 32 hexadecimal digits, by a secret of the node: nobody can guess them, or make two texts have the same. */
  name(text: string): string;
  /** A checksum of 32 bits that starts from another. */
  checksum(bytes: Uint8Array, start: number): number;
  /** A number of 32 bits that nobody can guess. */
  random(): number;
}

/** The paths of what is kept under a key. */
export class ObjectNames {
  readonly #digests: ObjectDigests;
  readonly #folders = new Map<string, string>();

  constructor(digests: ObjectDigests) {
    this.#digests = digests;
  }

  /**
   * Two paths: of a response that every request with this key gets, and of what says by which fields its responses vary.
   */
  ofKey(tenant: string, key: string): { readonly whole: string; readonly vary: string } {
    const path = this.#path(tenant, key);
    return { whole: `${path}w`, vary: `${path}v` };
  }

  /** The path of one of the responses that vary. */
  ofVariant(tenant: string, key: string, vary: readonly string[], variant: string): string {
    return `${this.#path(tenant, `${key.length}\n${key}\n${vary.join()}\n${variant}`)}x`;
  }

  #path(tenant: string, text: string): string {
    const name = this.#digests.name(`${tenant.length}\n${tenant}\n${text}`);
    return `${this.#folder(tenant)}/${name.slice(0, 2)}/${name.slice(2, 32)}`;
  }

  #folder(tenant: string): string {
    let folder = this.#folders.get(tenant);
    if (folder === undefined) {
      if (this.#folders.size >= foldersMax) this.#folders.clear();
      folder = folderOfTenant(tenant, this.#digests);
      this.#folders.set(tenant, folder);
    }
    return folder;
  }
}

/** The folder in which all of a tenant's files are. */
export function folderOfTenant(tenant: string, { name }: Pick<ObjectDigests, "name">): string {
  return name(`tenant\n${tenant}`).slice(0, 16);
}

/** How many folders' names are remembered. */
const foldersMax = 10_000;

/**
 * Operating errors: what the world did (a missing file, a broken module, a port in use).
 *
 * Each has a stable code from one table; each says what happened, where, and what to do. What a guest
 * did is never one of these (that is an outcome), nor is a mistake of ours (that is a bug).
 */

/** Every operating error that Skerry reports, with its usual remedy. */
export const errorTable = {
  SKERRY_USAGE: "see `skerry --help`",
  SKERRY_FILE_UNREADABLE: "check that the path exists and may be read",
  SKERRY_FILE_UNWRITABLE: "check that the folder exists, may be written and has space left",
  SKERRY_MODULE_MALFORMED: "build the module again; `skerry inspect` shows how far it can be read",
  SKERRY_MODULE_REFUSED: "change the module or the limits it is held to",
  SKERRY_IMPORT_MISSING: "build the module for wasm32-wasip1, or without these imports",
  SKERRY_EXPORT_MISSING: "`skerry inspect` lists what the module exports",
  SKERRY_MANIFEST_INVALID: "correct the places named above in skerry.toml",
  SKERRY_BUILD_FAILED: "correct the source as the compiler says above",
  SKERRY_DIRECTORY_UNUSABLE: "hand over a folder that exists and may be read",
  SKERRY_BUNDLE_REFUSED:
    "pack the files again, as `tar --format=pax` does, and without what is named",
  SKERRY_DATABASE_FAILED: "check that its folder can be written and has space left",
  SKERRY_NODE_FAILED: "try again; if it fails again, look at what the node has logged",
  SKERRY_CERTIFICATE_REFUSED:
    "hand over the certificate, its chain and its key as PEM, unencrypted",
  SKERRY_LISTEN_FAILED: "choose another address",
  SKERRY_MEMORY_FAILED:
    "check that the machine has memory left, and the folder of the node space and its owner's permissions",
} as const satisfies Record<string, string>;

/** A key of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable;

/** What a {@link SkerryError} may add to its code and message. */
export interface SkerryErrorOptions {
  /** Where it happened: a path, a place in a file, an address. */
  readonly where?: string;
  /** What to do about it, when the table's remedy is too general. */
  readonly remedy?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/** An operating error. `message` says what happened; `where` and `remedy` say the rest. */
export class SkerryError extends Error {
  override readonly name = "SkerryError";
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: SkerryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.where = options.where;
    this.remedy = options.remedy ?? errorTable[code];
  }
}

/** Whether a caught value is an operating error of ours. */
export function isSkerryError(value: unknown): value is SkerryError {
  return value instanceof SkerryError;
}

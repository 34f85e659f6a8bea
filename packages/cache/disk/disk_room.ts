/** What all parts of a thread's disk tier work with. */

import type { DiskAccount } from "./disk_account.ts";
import type { DiskLimits } from "./disk_limits.ts";
import { DamagedObject } from "./open_object.ts";
import type { ObjectHeader } from "./object_layout.ts";
import type { ObjectDigests, ObjectFiles, ObjectNames } from "./object_files.ts";

/** See the head of this file. */
export class DiskRoom {
  readonly files: ObjectFiles;
  readonly names: ObjectNames;
  readonly limits: DiskLimits;
  readonly account: DiskAccount;
  readonly checksum: ObjectDigests["checksum"];
  readonly #digests: ObjectDigests;

  constructor(
    files: ObjectFiles,
    names: ObjectNames,
    digests: ObjectDigests,
    limits: DiskLimits,
    account: DiskAccount,
  ) {
    this.files = files;
    this.names = names;
    this.limits = limits;
    this.account = account;
    this.checksum = (bytes, start) => digests.checksum(bytes, start);
    this.#digests = digests;
  }

  /** For an object that no other is. */
  newNumber(): ObjectHeader["number"] {
    return [this.#digests.random(), this.#digests.random()];
  }

  /** Removes what is damaged. What cannot be read now may be sound: too many files may be open. */
  damaged(path: string, error: unknown): void {
    if (!(error instanceof DamagedObject)) return;
    this.account.damaged();
    this.remove(path);
  }

  remove(path: string): void {
    try {
      if (this.files.has(path)) this.account.removed(path, this.files.remove(path));
    } catch (error) {
      this.account.failed(error);
    }
  }
}

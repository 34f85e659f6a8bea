/**
 * Responses in files: what is too large for memory, and what was used again.
 *
 * What always holds: a file is written beside its place and named when it is whole; what is damaged, cut short or another's
 * is removed and never given; whatever the disk does, nobody who asks has an error of it. What is given may be purged: each
 * response has the epoch at which its request went forward, and is judged by that like what is in memory.
 */

import { bug, encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import type { KeptBody } from "../body.ts";
import { encodeResponse } from "../encoding/stored_response.ts";
import type { KeptVariant } from "../kept.ts";
import type { CacheKey } from "../key.ts";
import type { IsCurrent, ObjectStore, StoringBody } from "../object_store.ts";
import type { StoredResponse } from "../stored_response.ts";
import { DiskAccount, type DiskFigures, type DiskTrouble } from "./disk_account.ts";
import { defaultDiskLimits, type DiskLimits } from "./disk_limits.ts";
import { DiskRoom } from "./disk_room.ts";
import { findObject, openObject } from "./find_object.ts";
import { Gate } from "./gate.ts";
import { type ObjectHeader, slotBytesFor } from "./object_layout.ts";
import { type ObjectDigests, type ObjectFiles, ObjectNames } from "./object_files.ts";
import { FileBody } from "./open_object.ts";
import { RecentlySeen } from "./recently_seen.ts";
import { rewriteHead } from "./rewrite_head.ts";
import { StoringFile } from "./storing_file.ts";
import { keepObject, keepVary } from "./write_object.ts";

/** What a disk tier is made of. */
export interface DiskObjectsParts {
  readonly files: ObjectFiles;
  readonly digests: ObjectDigests;
  /** Milliseconds of any clock. */
  readonly nowMs: () => number;
  /** Told once when the disk fails, and once when it works again. */
  readonly onTrouble: (trouble: DiskTrouble) => void;
  readonly limits?: DiskLimits;
}

/** See the head of this file. One for each thread; they share the files. */
export class DiskObjects implements ObjectStore {
  readonly #room: DiskRoom;
  readonly #reads: Gate;
  readonly #seen: RecentlySeen;
  #keeping = 0;
  #storing = 0;
  readonly #storingOfTenants = new Map<string, number>();

  constructor({ files, digests, nowMs, onTrouble, limits = defaultDiskLimits }: DiskObjectsParts) {
    const account = new DiskAccount(limits.pauseMs, nowMs, onTrouble);
    this.#room = new DiskRoom(files, new ObjectNames(digests), digests, limits, account);
    this.#reads = new Gate(limits.readsMax, limits.readsWaitingMax);
    this.#seen = new RecentlySeen(limits.seenMax, limits.touchEveryMs, nowMs);
  }

  /** What was done, and by how much each folder has grown, since it was asked last. To be asked every now and then. */
  takeFigures(): DiskFigures {
    this.#seen.look();
    return this.#room.account.take();
  }

  mayHave({ owner, text }: CacheKey): boolean {
    const { files, names } = this.#room;
    const { whole, vary } = names.ofKey(owner.tenant, text);
    return files.has(whole) || files.has(vary);
  }

  async find(key: CacheKey, fields: readonly Field[]): Promise<KeptVariant | undefined> {
    const found = await this.#reads.pass(() => findObject(this.#room, key, fields));
    this.#room.account.looked(found === undefined ? "miss" : "hit");
    if (found === undefined) return undefined;
    const { path, variant } = found;
    if (!this.#seen.has(key.text, variant.stored)) {
      this.#seen.add(key.text, variant.stored);
      this.#room.files.touch(path).catch(() => {});
    }
    return variant;
  }

  used(key: CacheKey, variant: KeptVariant, isCurrent: IsCurrent): void {
    const { stored, body } = variant;
    if (this.#seen.has(key.text, stored)) return;
    const { account, limits: { smallBytesMax, keepsMax } } = this.#room;
    const isFit = stored.extent.kind === "whole" && body.read === undefined &&
      body.bytes <= smallBytesMax;
    if (!isFit || this.#keeping >= keepsMax || !account.isWritable) return;
    this.#seen.add(key.text, stored);
    this.#keeping += 1;
    void keepObject(this.#room, this.#pathOf(key, stored), key, variant, isCurrent)
      .catch((error) => account.failed(error))
      .finally(() => this.#keeping -= 1);
  }

  async begin(cacheKey: CacheKey, stored: StoredResponse): Promise<StoringBody | undefined> {
    const { account, files, checksum, limits: { storingMax, tenantStoringMax } } = this.#room;
    const { tenant } = cacheKey.owner;
    if (stored.extent.kind !== "whole" || this.#storing >= storingMax) return undefined;
    if ((this.#storingOfTenants.get(tenant) ?? 0) >= tenantStoringMax) return undefined;
    if (!account.isWritable) return undefined;
    const [key, head] = [encodeUtf8(cacheKey.text), encodeResponse(stored)];
    const header: ObjectHeader = {
      number: this.#room.newNumber(),
      bodyBytes: 0,
      slotBytes: slotBytesFor(key, head, 2),
      slots: 2,
    };
    this.#countStoring(tenant, 1);
    const closed = () => this.#countStoring(tenant, -1);
    const failed = (error: unknown) => account.failed(error);
    const isOutdated = () => this.#isOutdated(cacheKey, stored);
    try {
      const file = await files.create();
      const slot = { sequence: 1, key, head };
      return new StoringFile(file, header, slot, checksum, { failed, closed, isOutdated });
    } catch (error) {
      closed();
      failed(error);
      return undefined;
    }
  }

  put(key: CacheKey, { stored, body }: KeptVariant): "kept" | "dropped" {
    if (body instanceof FileBody) {
      void this.#rewrite(key, stored, body);
      return "kept";
    }
    if (!(body instanceof StoringFile)) bug("a body of another kind is not this store's");
    const { account } = this.#room;
    try {
      const path = this.#pathOf(key, stored);
      account.replaced(path, body.commit(path), body.fileBytes);
    } catch (error) {
      account.failed(error);
      return "dropped";
    }
    if (stored.vary.length > 0) {
      this.#removeWhole(key);
      void keepVary(this.#room, key, stored.vary).catch((error) => account.failed(error));
    }
    return "kept";
  }

  holds(key: CacheKey, stored: StoredResponse): boolean {
    return this.#room.files.has(this.#pathOf(key, stored));
  }

  has(body: KeptBody): boolean {
    return body instanceof FileBody || body instanceof StoringFile;
  }

  forget(key: CacheKey, stored: StoredResponse): void {
    this.#room.remove(this.#pathOf(key, stored));
    if (stored.vary.length > 0) this.#removeWhole(key);
  }

  /** What all requests got stands before what varies, and would answer whatever nothing newer answers. */
  #removeWhole({ owner, text }: CacheKey): void {
    this.#room.remove(this.#room.names.ofKey(owner.tenant, text).whole);
  }

  async #rewrite(
    { text }: CacheKey,
    stored: StoredResponse,
    { path, header }: FileBody,
  ): Promise<void> {
    const { files, checksum } = this.#room;
    try {
      await rewriteHead(files, path, header.number, text, stored, checksum);
    } catch (error) {
      this.#room.damaged(path, error);
    }
  }

  /** Of two that were fetched at the same time the one that was answered last is kept. */
  async #isOutdated(key: CacheKey, stored: StoredResponse): Promise<boolean> {
    const path = this.#pathOf(key, stored);
    const other = await openObject(this.#room, path, key, (opened) => opened.stored);
    return other !== undefined && other.responseMs > stored.responseMs;
  }

  #pathOf({ owner, text }: CacheKey, { vary, variant }: StoredResponse): string {
    const { names } = this.#room;
    if (vary.length === 0) return names.ofKey(owner.tenant, text).whole;
    return names.ofVariant(owner.tenant, text, vary, variant);
  }

  #countStoring(tenant: string, more: number): void {
    const count = (this.#storingOfTenants.get(tenant) ?? 0) + more;
    if (count > 0) this.#storingOfTenants.set(tenant, count);
    else this.#storingOfTenants.delete(tenant);
    this.#storing += more;
  }
}

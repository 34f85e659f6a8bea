/**
 * Responses in files: what is too large for memory, and what was used again.
 *
 * What always holds: a file is written beside its place and named when it is whole; what is damaged, cut short or another's
 * is removed and never given; whatever the disk does, nobody who asks has an error of it. What is given may be purged: each
 * response has the epoch at which its request went forward, and is judged by that like what is in memory.
 */

import { bug, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Field, variantOf } from "@skerry/http";
import type { KeptBody } from "../body.ts";
import { bodyOf } from "../encoding/kept_set.ts";
import { encodeResponse } from "../encoding/stored_response.ts";
import type { KeptVariant } from "../kept.ts";
import type { CacheKey } from "../key.ts";
import type { IsCurrent, ObjectStore, StoringBody } from "../object_store.ts";
import type { StoredResponse } from "../stored_response.ts";
import { DiskAccount, type DiskFigures, type DiskTrouble } from "./disk_account.ts";
import { defaultDiskLimits, type DiskLimits } from "./disk_limits.ts";
import { encodeObject } from "./encode_object.ts";
import { Gate } from "./gate.ts";
import { type ObjectHeader, slotBytesFor } from "./object_layout.ts";
import { type ObjectDigests, type ObjectFiles, ObjectNames } from "./object_files.ts";
import {
  DamagedObject,
  FileBody,
  type OpenedObject,
  readObject,
  readWhole,
} from "./open_object.ts";
import { RecentlySeen } from "./recently_seen.ts";
import { rewriteHead } from "./rewrite_head.ts";
import { StoringFile } from "./storing_file.ts";

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
  readonly #files: ObjectFiles;
  readonly #digests: ObjectDigests;
  readonly #names: ObjectNames;
  readonly #limits: DiskLimits;
  readonly #account: DiskAccount;
  readonly #reads: Gate;
  readonly #seen: RecentlySeen;
  readonly #checksum: ObjectDigests["checksum"];
  #keeping = 0;
  #storing = 0;

  constructor({ files, digests, nowMs, onTrouble, limits = defaultDiskLimits }: DiskObjectsParts) {
    this.#files = files;
    this.#digests = digests;
    this.#names = new ObjectNames(digests);
    this.#limits = limits;
    this.#account = new DiskAccount(limits.pauseMs, nowMs, onTrouble);
    this.#reads = new Gate(limits.readsMax, limits.readsWaitingMax);
    this.#seen = new RecentlySeen(limits.seenMax, limits.touchEveryMs, nowMs);
    this.#checksum = (bytes, start) => digests.checksum(bytes, start);
  }

  /** What was done, and by how much each folder has grown, since it was asked last. To be asked every now and then. */
  takeFigures(): DiskFigures {
    this.#seen.look();
    return this.#account.take();
  }

  mayHave({ owner, text }: CacheKey): boolean {
    const { whole, vary } = this.#names.ofKey(owner.tenant, text);
    return this.#files.has(whole) || this.#files.has(vary);
  }

  async find(key: CacheKey, fields: readonly Field[]): Promise<KeptVariant | undefined> {
    const found = await this.#reads.pass(() => this.#find(key, fields));
    this.#account.looked(found === undefined ? "miss" : "hit");
    return found;
  }

  used(key: CacheKey, variant: KeptVariant, isCurrent: IsCurrent): void {
    const { stored, body } = variant;
    if (this.#seen.has(key.text, stored)) return;
    const isFit = stored.extent.kind === "whole" && body.read === undefined &&
      body.bytes <= this.#limits.smallBytesMax;
    if (!isFit || this.#keeping >= this.#limits.keepsMax || !this.#account.isWritable) return;
    this.#seen.add(key.text, stored);
    this.#keeping += 1;
    void this.#keep(key, variant, isCurrent).catch((error) => this.#account.failed(error))
      .finally(() => this.#keeping -= 1);
  }

  async begin(cacheKey: CacheKey, stored: StoredResponse): Promise<StoringBody | undefined> {
    const { storingMax } = this.#limits;
    if (stored.extent.kind !== "whole" || this.#storing >= storingMax) return undefined;
    if (!this.#account.isWritable) return undefined;
    const [key, head] = [encodeUtf8(cacheKey.text), encodeResponse(stored)];
    const header: ObjectHeader = {
      number: this.#newNumber(),
      bodyBytes: 0,
      slotBytes: slotBytesFor(key, head, 2),
      slots: 2,
    };
    this.#storing += 1;
    const closed = () => this.#storing -= 1;
    const failed = (error: unknown) => this.#account.failed(error);
    const isOutdated = () => this.#isOutdated(cacheKey, stored);
    try {
      const file = await this.#files.create();
      const slot = { sequence: 1, key, head };
      return new StoringFile(file, header, slot, this.#checksum, { failed, closed, isOutdated });
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
    try {
      const path = this.#pathOf(key, stored);
      this.#account.replaced(path, body.commit(path), body.fileBytes);
      // What all requests got stands before what varies.
      if (stored.vary.length > 0) this.#remove(this.#names.ofKey(key.owner.tenant, key.text).whole);
    } catch (error) {
      this.#account.failed(error);
      return "dropped";
    }
    if (stored.vary.length > 0) {
      void this.#keepVary(key, stored.vary).catch((error) => this.#account.failed(error));
    }
    return "kept";
  }

  holds(key: CacheKey, stored: StoredResponse): boolean {
    return this.#files.has(this.#pathOf(key, stored));
  }

  has(body: KeptBody): boolean {
    return body instanceof FileBody || body instanceof StoringFile;
  }

  forget(key: CacheKey, stored: StoredResponse): void {
    this.#remove(this.#pathOf(key, stored));
    // It would answer whatever nothing newer answers.
    if (stored.vary.length > 0) this.#remove(this.#names.ofKey(key.owner.tenant, key.text).whole);
  }

  async #find(key: CacheKey, fields: readonly Field[]): Promise<KeptVariant | undefined> {
    const { tenant } = key.owner;
    const { whole, vary: varyPath } = this.#names.ofKey(tenant, key.text);
    const found = await this.#read(whole, key, "", []);
    if (found !== undefined || !this.#files.has(varyPath)) return found;
    const vary = await this.#open(varyPath, key, ({ head }) => namesIn(head));
    if (vary === undefined) return undefined;
    const variant = variantOf(fields, vary);
    const path = this.#names.ofVariant(tenant, key.text, vary, variant);
    return await this.#read(path, key, variant, vary);
  }

  async #read(
    path: string,
    key: CacheKey,
    variant: string,
    vary: readonly string[],
  ): Promise<KeptVariant | undefined> {
    const found = await this.#open(path, key, async (opened, file) => {
      const { stored, header } = opened;
      if (stored?.variant !== variant || stored.vary.join() !== vary.join()) {
        throw new DamagedObject("its variant");
      }
      if (header.bodyBytes <= this.#limits.smallBytesMax) {
        return { stored, body: bodyOf(await readWhole(file, opened, this.#checksum)) };
      }
      const onDamaged = (error: unknown) => this.#damaged(path, error);
      return { stored, body: new FileBody(path, header, this.#files, this.#checksum, onDamaged) };
    });
    if (found !== undefined) this.#touch(path, key, found.stored);
    return found;
  }

  /** Opens a file for as long as it takes to read of it; undefined where there is none, or none that is sound. */
  async #open<Value>(
    path: string,
    { text }: CacheKey,
    read: (opened: OpenedObject, file: Parameters<typeof readObject>[0]) => Value | Promise<Value>,
  ): Promise<Value | undefined> {
    if (!this.#files.has(path)) return undefined;
    try {
      const file = await this.#files.open(path, "read");
      if (file === undefined) return undefined;
      try {
        return await read(await readObject(file, text, this.#checksum), file);
      } finally {
        file.close();
      }
    } catch (error) {
      this.#damaged(path, error);
      return undefined;
    }
  }

  async #keep(key: CacheKey, variant: KeptVariant, isCurrent: IsCurrent): Promise<void> {
    const { stored, body } = variant;
    const path = this.#pathOf(key, stored);
    // Whoever keeps something newer in memory removes what is older here.
    if (this.#files.has(path)) return await this.#files.touch(path);
    const encoded = encodeObject({
      number: this.#newNumber(),
      key: encodeUtf8(key.text),
      head: encodeResponse(stored),
      body: body.slices(0, body.bytes - 1),
      bodyBytes: body.bytes,
    }, this.#checksum);
    if (encoded === undefined) return;
    const isKept = await this.#write(path, encoded, () => isCurrent(key, stored));
    if (!isKept) return;
    // Somebody may have let go of it in memory between the look and the name.
    if (!isCurrent(key, stored)) return this.#remove(path);
    if (stored.vary.length > 0) await this.#keepVary(key, stored.vary);
  }

  /** Has the variants of a key be found. */
  async #keepVary(key: CacheKey, vary: readonly string[]): Promise<void> {
    const { vary: path } = this.#names.ofKey(key.owner.tenant, key.text);
    const known = await this.#open(path, key, ({ head }) => namesIn(head));
    if (known?.join() === vary.join()) return;
    const encoded = encodeObject({
      number: this.#newNumber(),
      key: encodeUtf8(key.text),
      head: encodeUtf8(vary.join()),
      body: [],
      bodyBytes: 0,
    }, this.#checksum);
    if (encoded !== undefined) await this.#write(path, encoded, () => true);
  }

  async #write(path: string, bytes: Uint8Array, isWanted: () => boolean): Promise<boolean> {
    const file = await this.#files.create();
    try {
      await file.write(bytes, 0);
      if (!isWanted()) return false;
      this.#account.replaced(path, file.commit(path), bytes.length);
      return true;
    } finally {
      file.discard();
      file.close();
    }
  }

  async #rewrite(
    { text }: CacheKey,
    stored: StoredResponse,
    { path, header }: FileBody,
  ): Promise<void> {
    try {
      await rewriteHead(this.#files, path, header.number, text, stored, this.#checksum);
    } catch (error) {
      this.#damaged(path, error);
    }
  }

  /** Of two that were fetched at the same time the one that was answered last is kept. */
  async #isOutdated(key: CacheKey, stored: StoredResponse): Promise<boolean> {
    const other = await this.#open(this.#pathOf(key, stored), key, (opened) => opened.stored);
    return other !== undefined && other.responseMs > stored.responseMs;
  }

  #touch(path: string, { text }: CacheKey, stored: StoredResponse): void {
    if (this.#seen.has(text, stored)) return;
    this.#seen.add(text, stored);
    this.#files.touch(path).catch(() => {});
  }

  /** What cannot be read now may be sound: too many files may be open. */
  #damaged(path: string, error: unknown): void {
    if (!(error instanceof DamagedObject)) return;
    this.#account.damaged();
    this.#remove(path);
  }

  #remove(path: string): void {
    try {
      if (this.#files.has(path)) this.#account.removed(path, this.#files.remove(path));
    } catch (error) {
      this.#account.failed(error);
    }
  }

  #pathOf({ owner, text }: CacheKey, { vary, variant }: StoredResponse): string {
    if (vary.length === 0) return this.#names.ofKey(owner.tenant, text).whole;
    return this.#names.ofVariant(owner.tenant, text, vary, variant);
  }

  #newNumber(): ObjectHeader["number"] {
    return [this.#digests.random(), this.#digests.random()];
  }
}

/** The names of fields that responses vary by. */
function namesIn(head: Uint8Array): readonly string[] {
  return decodeUtf8(head).split(",");
}

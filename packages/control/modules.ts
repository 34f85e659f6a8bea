/** Modules as they are uploaded, and how contents that nothing needs any more go away. */

import { type ByteSource, formatSize } from "@skerry/base";
import { isDigest } from "./names.ts";
import type { ArtifactStore } from "./ports.ts";
import type { Actor } from "./records.ts";
import { mistaken, Refusal } from "./refusal.ts";
import type { ModuleRecord } from "./module_table.ts";
import type { Store } from "./store.ts";

/** What a collection has found. */
export interface Collected {
  readonly contents: number;
  readonly bytes: number;
}

/** Takes modules in, and removes what is not needed. */
export class Modules {
  readonly #store: Store;
  readonly #artifacts: ArtifactStore;
  /** How many are under way, by their tenants' keys. */
  readonly #uploads = new Map<number, number>();

  constructor(store: Store, artifacts: ArtifactStore) {
    this.#store = store;
    this.#artifacts = artifacts;
  }

  /**
   * Keeps a module for a tenant. The bytes are read in any case: having them is what gives the right to deploy them.
   *
   * @param source of which no more than the bound is read
   */
  async receive(
    actor: Actor,
    tenantName: string,
    digest: string,
    source: ByteSource,
  ): Promise<ModuleRecord> {
    if (!isDigest(digest)) throw mistaken("digest", "expected sha256: and 64 hexadecimal digits");
    const { limits, modules } = this.#store;
    const { key } = this.#store.tenant(tenantName);
    const under = this.#uploads.get(key) ?? 0;
    if (under >= limits.uploadsMax) {
      const why = `${limits.uploadsMax} modules of this tenant are being uploaded already`;
      throw new Refusal("SKERRY_TOO_MANY", why, { retryAfterMs: 1_000 });
    }
    const room = this.#room(tenantName, digest);
    const bytesMax = Math.min(limits.moduleBytesMax, room);
    this.#uploads.set(key, under + 1);
    const put = await this.#artifacts.put(source, bytesMax, digest).finally(() => {
      const left = (this.#uploads.get(key) ?? 1) - 1;
      if (left === 0) this.#uploads.delete(key);
      else this.#uploads.set(key, left);
    });
    if (put === "too large" && bytesMax === room) throw this.#full();
    if (put === "too large") {
      const why = `a module may have ${formatSize(limits.moduleBytesMax)}`;
      throw new Refusal("SKERRY_BODY_TOO_LARGE", why);
    }
    if (put === "other content") throw mistaken("digest", "the body has another digest");
    const record = { digest, bytes: put.bytes, receivedMs: this.#store.nowMs };
    const event = { action: "upload", tenant: tenantName, details: { digest, bytes: put.bytes } };
    this.#store.change(actor, event, () => {
      modules.add(this.#store.tenant(tenantName), record);
    });
    return record;
  }

  /**
   * Removes contents that no version and no recent upload needs. What was put in the last hour stays: it may be on
   * its way to a version.
   */
  async collect(): Promise<Collected> {
    const beforeMs = this.#store.nowMs - this.#store.limits.unusedMsMax;
    const { modules, versions } = this.#store;
    this.#store.maintain(() => modules.expire(beforeMs));
    let [contents, bytes] = [0, 0];
    for await (const { digest, bytes: size, putMs } of this.#artifacts.list()) {
      if (putMs >= beforeMs || versions.uses(digest) || modules.uses(digest)) continue;
      if (!await this.#artifacts.remove(digest, beforeMs)) continue;
      contents += 1;
      bytes += size;
    }
    return { contents, bytes };
  }

  /** How many bytes a tenant may upload still: what it has not used for an hour is forgotten first where it is short. */
  #room(tenantName: string, digest: string): number {
    const { limits, modules, nowMs } = this.#store;
    const tenant = this.#store.tenant(tenantName);
    const known = modules.get(tenant, digest)?.bytes;
    const room = () => {
      const { modules: count, bytes } = modules.total(tenant);
      if (known === undefined && count >= limits.modulesMax) return 0;
      return limits.modulesBytesMax - bytes + (known ?? 0);
    };
    if (room() < limits.moduleBytesMax) {
      this.#store.maintain(() => modules.expire(nowMs - limits.unusedMsMax));
    }
    if (room() <= 0) throw this.#full();
    return room();
  }

  #full(): Refusal {
    const { modulesMax, modulesBytesMax } = this.#store.limits;
    const most = `${modulesMax} modules of ${formatSize(modulesBytesMax)} altogether`;
    return new Refusal("SKERRY_QUOTA_USED_UP", `a tenant may have ${most}`);
  }
}

/** Configuration and secrets of services: what their guests find as files. A secret's value is never given back. */

import { encodeUtf8, formatSize } from "@skerry/base";
import { type Announcer, secretOwner } from "./announcer.ts";
import type { Changed } from "./activations.ts";
import { entryForm, isEntryName } from "./names.ts";
import type { Sealed, Sealer } from "./ports.ts";
import type { Actor, ServiceRecord } from "./records.ts";
import { mistaken, notFound, Refusal } from "./refusal.ts";
import { checkRevision } from "./service_rules.ts";
import type { Store } from "./store.ts";

/** A service's and an entry's names. */
export type EntryName = readonly [tenant: string, service: string, entry: string];

/** AES-GCM's vector and tag, which a sealed secret has besides its bytes. */
const sealBytes = 28;

/** Puts and removes entries. */
export class Entries {
  readonly #store: Store;
  readonly #announcer: Announcer;
  readonly #sealer: Sealer;

  constructor(store: Store, announcer: Announcer, sealer: Sealer) {
    this.#store = store;
    this.#announcer = announcer;
    this.#sealer = sealer;
  }

  async putConfig(
    actor: Actor,
    name: EntryName,
    value: string,
    revision?: number,
  ): Promise<Changed> {
    const bytes = checkEntry(this.#store, name, value);
    return await this.#change(actor, "put config", name, revision, (service) => {
      const others = this.#store.config.list(service).filter((entry) => entry.name !== name[2])
        .map((entry) => encodeUtf8(entry.value).length);
      checkRoom(this.#store, [...others, bytes]);
      this.#store.config.put(service, name[2], value, this.#store.nowMs);
    });
  }

  async removeConfig(actor: Actor, name: EntryName, revision?: number): Promise<Changed> {
    return await this.#change(actor, "remove config", name, revision, (service) => {
      if (!this.#store.config.remove(service, name[2])) throw notFound("such entry");
    });
  }

  async putSecret(
    actor: Actor,
    name: EntryName,
    value: string,
    revision?: number,
  ): Promise<Changed> {
    const bytes = checkEntry(this.#store, name, value);
    const { key } = this.#store.service(name[0], name[1]);
    const owner = secretOwner(this.#store.service(name[0], name[1]), name[2]);
    const { key: sealingKey, bytes: sealed } = await this.#seal(encodeUtf8(value), owner);
    return await this.#change(actor, "put secret", name, revision, (service) => {
      if (service.key !== key) throw notFound("such service");
      const others = this.#store.secrets.sealedOf(service).filter((entry) => entry.name !== name[2])
        .map((entry) => entry.sealed.length - sealBytes);
      checkRoom(this.#store, [...others, bytes]);
      const record = { serviceKey: service.key, name: name[2], sealingKey, sealed };
      this.#store.secrets.put(record, this.#store.nowMs);
    });
  }

  async removeSecret(actor: Actor, name: EntryName, revision?: number): Promise<Changed> {
    return await this.#change(actor, "remove secret", name, revision, (service) => {
      if (!this.#store.secrets.remove(service, name[2])) throw notFound("such secret");
    });
  }

  /** With the key that is the present one when it is done: a rotation may come in between. */
  async #seal(plain: Uint8Array, owner: string): Promise<Sealed> {
    for (;;) {
      const sealed = await this.#sealer.seal(plain, owner);
      if (sealed.key === this.#sealer.key) return sealed;
    }
  }

  async #change(
    actor: Actor,
    action: string,
    [tenant, name, entry]: EntryName,
    revision: number | undefined,
    act: (service: ServiceRecord) => void,
  ): Promise<Changed> {
    const event = { action, tenant, service: name, details: { name: entry } };
    const next = this.#store.change(actor, event, () => {
      const service = this.#store.service(tenant, name);
      checkRevision(service, revision);
      act(service);
      const next = this.#store.nextRevision();
      this.#store.services.update(service, service, next);
      return next;
    });
    const cells = await this.#announcer.announce(tenant, name, next);
    return { service: this.#store.service(tenant, name), cells };
  }
}

/** @returns the value's bytes */
function checkEntry({ limits }: Store, [, , name]: EntryName, value: string): number {
  if (!isEntryName(name)) throw mistaken("name", `expected ${entryForm}`);
  const bytes = encodeUtf8(value).length;
  if (bytes > limits.entryBytesMax) {
    const why = `an entry may have ${formatSize(limits.entryBytesMax)}`;
    throw new Refusal("SKERRY_BODY_TOO_LARGE", why);
  }
  return bytes;
}

function checkRoom({ limits }: Store, sizes: readonly number[]): void {
  if (sizes.length > limits.entriesMax) {
    throw new Refusal("SKERRY_QUOTA_USED_UP", `a service may have ${limits.entriesMax} of them`);
  }
  if (sizes.reduce((sum, bytes) => sum + bytes, 0) > limits.entriesBytesMax) {
    const why = `a service may have ${formatSize(limits.entriesBytesMax)} of them altogether`;
    throw new Refusal("SKERRY_QUOTA_USED_UP", why);
  }
}

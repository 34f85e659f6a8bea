/** Purges as a node has them done: what was ordered becomes scopes of the cache, which the bus takes to all nodes. */

import type { PurgeBus, PurgeNotice } from "@skerry/bus";
import {
  cacheKey,
  defaultCacheSettings,
  type KeySettings,
  type Owner,
  type PurgeRecords,
  type PurgeScope,
  scopeText,
} from "@skerry/cache";
import {
  type Control,
  type PurgeOrder,
  type Purger,
  type PurgeReceipt,
  type Purging,
  Refusal,
  refusalTable,
} from "@skerry/control";
import type { PurgeOutcome, PurgeRequest } from "@skerry/edge";
import { parseRequestTarget } from "@skerry/http";
import { systemClock, systemRandom } from "@skerry/platform";
import type { CountedService } from "@skerry/telemetry";
import { backendCacheRules } from "./cache_rules.ts";
import { serviceName } from "./service_of.ts";

/** What it is made of. */
export interface NodePurgerParts {
  readonly store: Control["store"];
  readonly bus: PurgeBus;
  /** Told of each purge. */
  readonly onPurged: (service: CountedService, mode: "hard" | "soft", ms: number) => void;
}

/** See the head of this file. */
export class NodePurger implements Purger {
  readonly #store: Control["store"];
  readonly #bus: PurgeBus;
  readonly #onPurged: NodePurgerParts["onPurged"];

  constructor({ store, bus, onPurged }: NodePurgerParts) {
    this.#store = store;
    this.#bus = bus;
    this.#onPurged = onPurged;
  }

  async purge(order: PurgeOrder): Promise<PurgeReceipt> {
    const { tenant, service, keys, hosts, urls, everything, mode } = order;
    const owner = { tenant, service };
    const { key } = this.#store.service(tenant, service);
    const beganMs = performance.now();
    const scopes: PurgeScope[] = [
      ...(everything ? [{ kind: "service", owner } as const] : []),
      ...keys.map((key) => ({ kind: "surrogate key", owner, key }) as const),
      ...hosts.flatMap((host, index) =>
        hostForms(host, `hosts/${index}`).map((host) => ({ kind: "host", tenant, host }) as const)
      ),
      ...(urls.length > 0 ? resourcesOf(urls, owner, this.#keySettings(owner)) : []),
    ];
    const receipt = await this.#bus.publish({ scopes: [...new Set(scopes.map(scopeText))], mode });
    if (Object.keys(receipt.nodes).length === 0) {
      throw new Refusal("SKERRY_NODE_UNAVAILABLE", "this system has no memory that cells share");
    }
    const name = serviceName({ tenant, name: service });
    this.#onPurged({ name, key }, mode, performance.now() - beganMs);
    return receipt;
  }

  /** By which keys are made of requests: of the versions that serve, and of the one that may soon again; and as they are. */
  #keySettings({ tenant, service: name }: Owner): readonly KeySettings[] {
    const { versions } = this.#store;
    const service = this.#store.service(tenant, name);
    const numbers = [service.active, service.canary?.version, service.previous];
    const settings = numbers.flatMap((number) => {
      const version = number === undefined ? undefined : versions.get(service, number);
      return version === undefined ? [] : [backendCacheRules(service, version).settings.key];
    });
    return [defaultCacheSettings.key, ...settings];
  }
}

/** Purges a URL for whoever has shown a token to a cell. Never rejects. */
export async function purgeFor(
  purging: Purging,
  { token, address, owner: { tenant, service }, url, mode }: PurgeRequest,
): Promise<PurgeOutcome> {
  const order = { tenant, service, mode, urls: [url], keys: [], hosts: [], everything: false };
  try {
    return { kind: "purged", id: (await purging.purgeFor(token, address, order)).id };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      return { kind: "refused", status: 503, why: "the node cannot do this now" };
    }
    const { message: why, details: { retryAfterMs } } = error;
    const [status] = refusalTable[error.code];
    return { kind: "refused", status, why, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

/** Has a table apply what the bus tells. */
export function applyTo(table: PurgeRecords): (notice: PurgeNotice) => void {
  return ({ scopes, mode }) => {
    table.purge(scopes, mode, systemClock.wallMs?.() ?? 0);
  };
}

/** Purges whatever a service has answered. */
export function purgeAll(table: PurgeRecords, owner: Owner): void {
  table.purge([scopeText({ kind: "service", owner })], "hard", systemClock.wallMs?.() ?? 0);
}

/** An id for a purge: when it was asked for, and what no other has. */
export function newPurgeId(): string {
  const bytes = new Uint8Array(6);
  systemRandom.fill(bytes);
  return `${(systemClock.wallMs?.() ?? 0).toString(36)}-${bytes.toHex()}`;
}

/** URLs as requests for them would ask, with either scheme: which one a proxy before the node has used, it alone knows. */
function resourcesOf(
  urls: readonly string[],
  owner: Owner,
  settings: readonly KeySettings[],
): PurgeScope[] {
  return urls.flatMap((url, index) => {
    const [, authority = "", rest = ""] = /^https?:\/\/([^/?]*)(.*)$/.exec(url) ?? [];
    const path = `urls/${index}`;
    const target = rest.startsWith("/") ? rest : `/${rest}`;
    return hostForms(authority, path).flatMap((host) =>
      (["http", "https"] as const).flatMap((scheme) => {
        const asked = targetOf(host, target, scheme, path);
        const query = asked.query === "" ? undefined : asked.query;
        const request = { method: "GET", scheme, host, path: asked.path, query, fields: [] };
        return settings.map((each): PurgeScope => {
          return { kind: "resource", resource: cacheKey(owner, request, each).resource };
        });
      })
    );
  });
}

/** As requests name it in keys: in lower case; a port that is either scheme's own may stand there or not. */
function hostForms(authority: string, path: string): string[] {
  const { host, port } = targetOf(authority, "/", "http", path);
  if (!/:\d+$/.test(authority)) return [host];
  return port === 80 || port === 443 ? [host, `${host}:${port}`] : [`${host}:${port}`];
}

function targetOf(authority: string, target: string, scheme: "http" | "https", path: string) {
  const fields = [["host", authority]] as const;
  const parsed = parseRequestTarget({ method: "GET", target, scheme, fields });
  if (parsed.ok) return parsed.value;
  const mistakes = [{ path, message: parsed.error.why }];
  throw new Refusal("SKERRY_REQUEST_INVALID", "there is a mistake in what was sent", { mistakes });
}

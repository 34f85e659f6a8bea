/**
 * What a node is told to serve, as plain JSON: what is stored, what the admin API takes and gives, and what cells are
 * sent. Names are `[a-z0-9-]`, 1 to 63 characters; digests `sha256:` and 64 hexadecimal digits; times milliseconds;
 * sizes bytes.
 */

import type { ManifestCache } from "@skerry/manifest";

/** Bounds of a tenant and its share of a node; what is not told is the node's default. */
export interface TenantSettings {
  /** Its share of the processor where it is short, against others'. */
  readonly weight?: number;
  readonly sandboxesMax?: number;
  readonly memoryBytesMax?: number;
  readonly servicesMax?: number;
  readonly keyValueBytesMax?: number;
  /** Addresses of backends that are let through though they are private: `10.0.0.0/8`, `[fd00::]/8`. */
  readonly privateBackends?: readonly string[];
}

/** A path of a version, and what answers it. */
export interface RouteSettings {
  /** `shop.example`, `*.example.com`, or `*` for every host that nobody else has. */
  readonly host: string;
  /** A path prefix without a slash at its end, as manifests have it in front of `/...`; empty for all paths. */
  readonly prefix: string;
  /** The backend that requests are passed on to; the program answers where none is told. */
  readonly backend?: string;
}

/** Where requests may be passed on to. What is not told has a default. */
export interface BackendSettings {
  /** `http://` or `https://`, a host and perhaps a port; nothing else. */
  readonly origin: string;
  /** What `Host` is sent; the origin's own unless told. */
  readonly host?: string;
  /** Whether HTTP/2 is spoken where it knows that; HTTP/1.1 alone unless told. */
  readonly http2?: boolean;
  /** `pass`: nothing is kept of its responses, and nothing that is kept answers for it. */
  readonly cache?: "cache" | "pass";
  readonly connectMsMax?: number;
  readonly firstByteMsMax?: number;
  readonly betweenBytesMsMax?: number;
  /** How often an idempotent request is tried again. */
  readonly retriesMax?: number;
  readonly connectionsMax?: number;
  readonly health?: { readonly path: string; readonly everyMs?: number; readonly status?: number };
}

/** What a service says of its cache: as its manifest has it. */
export type CacheRuleSettings = ManifestCache;

/** What a version is besides its program. Immutable. */
export interface VersionSettings {
  readonly about?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock?: string;
  /** Whether responses are given a content coding that their clients take. */
  readonly compress?: boolean;
  /** What is kept of its responses, and for how long; the node's defaults unless told. */
  readonly cache?: CacheRuleSettings;
  readonly memoryBytesMax?: number;
  readonly wallMsMax?: number;
  readonly cpuMsMax?: number;
  readonly routes: readonly RouteSettings[];
  readonly backends: Readonly<Record<string, BackendSettings>>;
  /** What it must answer, with which status, before it is activated. */
  readonly health?: { readonly path: string; readonly status: number };
}

/** A version of a service. */
export interface Version {
  readonly number: number;
  /** The artifact that cells run: compiled and verified. */
  readonly artifact: string;
  readonly settings: VersionSettings;
}

/** What keeps a client with the version that it had: a cookie that the node sets, or the value of a field. */
export type Sticky = { readonly cookie: string } | { readonly field: string };

/** A version that takes a share of the requests. */
export interface Canary {
  readonly version: Version;
  /** Of a hundred requests. */
  readonly percent: number;
  readonly sticky?: Sticky;
}

/** A service as cells serve it. */
export interface ServiceState {
  /** No other has it, not even one of the same name that comes after this. */
  readonly key: number;
  readonly tenant: string;
  readonly name: string;
  readonly active: Version;
  readonly canary?: Canary;
  /** By their names; guests are handed them as files. */
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Rises with every change of this service. */
  readonly revision: number;
}

/** A tenant as cells know it. */
export interface TenantState {
  readonly name: string;
  readonly settings: TenantSettings;
}

/** What a service says of a backend, read and bounded. */

import { err, ok, type Result } from "@skerry/base";
import { isFieldValue } from "@skerry/http";
import type { AddressPolicy } from "./address_policy.ts";
import type { EgressLimits } from "./limits.ts";
import { formatOrigin, type Origin, parseAuthority, parseOrigin } from "./origin.ts";

/** As a version's settings have it. What is not told has a default. */
export interface BackendSettings {
  /** `http://` or `https://`, a host and perhaps a port; nothing else. */
  readonly origin: string;
  /** What `Host` is sent; the origin's own unless told. */
  readonly host?: string;
  readonly connectMsMax?: number;
  readonly firstByteMsMax?: number;
  readonly betweenBytesMsMax?: number;
  /** How often an idempotent request is tried again. */
  readonly retriesMax?: number;
  readonly connectionsMax?: number;
  /** Whether HTTP/2 may be spoken, where it is offered over TLS; not unless told. */
  readonly http2?: boolean;
  readonly health?: { readonly path: string; readonly everyMs?: number; readonly status?: number };
}

/** The same, ready to be used. */
export interface BackendPlan {
  readonly origin: Origin;
  /** What `Host` is sent. */
  readonly host: string;
  /** For whom the other end must have a certificate. */
  readonly serverName: string;
  readonly connectMsMax: number;
  readonly firstByteMsMax: number;
  readonly betweenBytesMsMax: number;
  readonly retriesMax: number;
  readonly connectionsMax: number;
  readonly http2: boolean;
  readonly health: HealthPlan | undefined;
}

/** How a backend's health is asked for. */
export interface HealthPlan {
  readonly path: string;
  readonly everyMs: number;
  /** The status that is good; any of 2xx unless told. */
  readonly status: number | undefined;
}

/** Reads settings, or says what is wrong with them. */
export function backendPlan(
  settings: BackendSettings,
  policy: AddressPolicy,
  limits: EgressLimits,
): Result<BackendPlan, string> {
  const origin = parseOrigin(settings.origin, policy);
  if (!origin.ok) return err(`origin: ${origin.error}`);
  const host = settings.host ?? formatOrigin(origin.value).replace(/^https?:\/\//, "");
  const authority = parseAuthority(host);
  if (!authority.ok) return err(`host: ${authority.error}`);
  const { health } = settings;
  if (health !== undefined && !isPath(health.path)) {
    return err("health.path: a path begins with / and is visible ASCII");
  }
  const time = (asked: number | undefined, usual: number) =>
    within(asked, 1, limits.totalMsMax, usual);
  return ok({
    origin: origin.value,
    host,
    // A certificate for an address is rare: where Host is a name, that is whom it is for.
    serverName: origin.value.address === undefined ? origin.value.host : authority.value.host,
    connectMsMax: time(settings.connectMsMax, limits.connectMsMax),
    firstByteMsMax: time(settings.firstByteMsMax, limits.firstByteMsMax),
    betweenBytesMsMax: time(settings.betweenBytesMsMax, limits.betweenBytesMsMax),
    retriesMax: within(settings.retriesMax, 0, limits.retriesSettingMax, limits.retriesMax),
    connectionsMax: within(
      settings.connectionsMax,
      1,
      limits.connectionsSettingMax,
      limits.connectionsMax,
    ),
    http2: settings.http2 === true && origin.value.scheme === "https",
    health: health && {
      path: health.path,
      everyMs: within(health.everyMs, limits.healthEveryMsMin, Infinity, limits.healthEveryMs),
      status: health.status,
    },
  });
}

/** A path with perhaps a query, as it may stand in a request. */
export function isPath(text: string): boolean {
  return /^\/[!-~]*$/.test(text) && !text.includes("#") && isFieldValue(text);
}

function within(asked: number | undefined, least: number, most: number, usual: number): number {
  if (asked === undefined || !Number.isFinite(asked)) return usual;
  return Math.min(Math.max(Math.trunc(asked), least), most);
}

/**
 * Keys (RFC 9111 §2): what makes two requests ask for the same thing.
 *
 * What always holds: requests of two tenants, services, schemes, hosts or paths never have one key, whatever is in them.
 */

import { variantOf } from "@skerry/http";
import { cookieValues } from "./cookies.ts";
import type { CacheRequest, Owner } from "./request.ts";
import type { KeySettings } from "./settings.ts";

/** What a request asks for. */
export interface CacheKey {
  readonly owner: Owner;
  readonly host: string;
  /** The resource: what a purge of its URL is for, whatever else is part of the key. */
  readonly resource: string;
  /** The resource, its partition, and the chosen fields and cookies of the request; what `Vary` adds is the variant's. */
  readonly text: string;
}

/** Keys of requests that never change: to make one, and to find it among others, takes longer than to remember it. */
const keysBefore = new WeakMap<
  CacheRequest,
  { readonly owner: Owner; readonly settings: KeySettings; readonly key: CacheKey }
>();

/** The key of a request. */
export function cacheKey(owner: Owner, request: CacheRequest, settings: KeySettings): CacheKey {
  const before = keysBefore.get(request);
  if (before !== undefined && before.owner === owner && before.settings === settings) {
    return before.key;
  }
  const key = newKey(owner, request, settings);
  if (Object.isFrozen(request)) keysBefore.set(request, { owner, settings, key });
  return key;
}

function newKey(owner: Owner, request: CacheRequest, settings: KeySettings): CacheKey {
  const { scheme, host, path } = request;
  const query = keyQuery(request.query, settings);
  const resource = `${owner.tenant}\n${owner.service}\n${scheme}://${host}${path}${query}`;
  const { partition } = settings;
  const whole = partition === undefined ? resource : `${resource}\n${partition}`;
  const text = settings.fields.length + settings.cookies.length === 0
    ? whole
    : `${whole}\n\n${variantOf(request.fields, settings.fields)}\n${cookies(request, settings)}`;
  return { owner, host, resource, text };
}

/** What of a query is part of the key, with its question mark. */
export function keyQuery(query: string | undefined, settings: KeySettings): string {
  if (query === undefined || settings.query === "ignored") return "";
  const { ignoredParameters, keptParameters } = settings;
  const isPlain = settings.query === "as-is" && ignoredParameters.length === 0 &&
    keptParameters.length === 0;
  // Some origins part parameters there too: what is left out must not have another in it.
  if (isPlain || query.includes(";")) return `?${query}`;
  const parameters = query.split("&").filter((parameter) => {
    const name = nameOf(parameter);
    if (keptParameters.length > 0 && !keptParameters.some((one) => covers(one, name))) return false;
    return !ignoredParameters.some((one) => covers(one, name));
  });
  // By the name alone, and stable: several values of one parameter are a list, whose order may count.
  if (settings.query === "sorted") parameters.sort(byName);
  return parameters.length === 0 ? "" : `?${parameters.join("&")}`;
}

function byName(left: string, right: string): number {
  const [a, b] = [nameOf(left), nameOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** As an origin reads it, so that two ways of writing one name are one. */
function nameOf(parameter: string): string {
  const name = (parameter.split("=", 1)[0] ?? "").replaceAll("+", " ");
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The chosen cookies, each with its name's place in the settings. */
function cookies({ fields }: CacheRequest, settings: KeySettings): string {
  return cookieValues(fields, settings.cookies)
    .map((value) => value === undefined ? "-" : `+${value}`).join(";");
}

/** Which service answers a path: a pure choice over one immutable table. */

/** A path prefix and what serves it. */
export interface Route<Target> {
  /** `/x` matches `/x` and `/x/…`, the empty prefix everything. No slash at its end. */
  readonly prefix: string;
  readonly target: Target;
}

/** The route with the longest prefix that matches, or undefined. */
export function route<Target>(
  routes: readonly Route<Target>[],
  path: string,
): Route<Target> | undefined {
  let best: Route<Target> | undefined;
  for (const candidate of routes) {
    const { prefix } = candidate;
    const matches = path.startsWith(prefix) &&
      (path.length === prefix.length || path[prefix.length] === "/");
    if (matches && (best === undefined || prefix.length > best.prefix.length)) best = candidate;
  }
  return best;
}

/** Prefixes that stand twice in a table, which would make the choice arbitrary. */
export function duplicatePrefixes(routes: readonly Route<unknown>[]): string[] {
  const seen = new Set<string>();
  return routes.map(({ prefix }) => prefix).filter((prefix) => seen.size === seen.add(prefix).size);
}

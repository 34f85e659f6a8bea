/**
 * Which route a request takes, by its host and path: a pure choice over a table that never changes. How long a
 * choice takes depends on the labels of the host and on how many lengths its prefixes have, not on how many routes
 * there are.
 */

import type { Route } from "./route.ts";

/** A route of a host. */
export interface HostRoute<Target> extends Route<Target> {
  /** A name in normal form, `*.` and a name for all names below it, or `*` for hosts that nobody else has. */
  readonly host: string;
}

/** RFC 1035 §2.3.4. */
const hostLengthMax = 253;

/** Routes by host and path. */
export class HostTable<Target> {
  readonly #exact = new Map<string, PathTable<Target>>();
  /** By what follows the `*.`. */
  readonly #wildcards = new Map<string, PathTable<Target>>();
  readonly #others: PathTable<Target>;

  constructor(routes: Iterable<HostRoute<Target>>) {
    const others = new PathTable<Target>();
    for (const route of routes) {
      const { host } = route;
      if (host === "*") others.add(route);
      else if (host.startsWith("*.")) tableOf(this.#wildcards, host.slice(2)).add(route);
      else tableOf(this.#exact, host).add(route);
    }
    this.#others = others;
  }

  /**
   * The route with the longest matching prefix among those of the most specific host that matches, whatever less
   * specific ones would have.
   *
   * @param host in lower case, without port
   * @param path in normal form
   */
  find(host: string, path: string): Route<Target> | "no host" | "no path" {
    const paths = this.#pathsOf(host.endsWith(".") ? host.slice(0, -1) : host);
    if (paths.isEmpty) return "no host";
    return paths.find(path) ?? "no path";
  }

  #pathsOf(host: string): PathTable<Target> {
    const exact = this.#exact.get(host);
    if (exact !== undefined) return exact;
    if (this.#wildcards.size === 0 || host.length > hostLengthMax) return this.#others;
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      const found = this.#wildcards.get(host.slice(dot + 1));
      if (found !== undefined) return found;
    }
    return this.#others;
  }
}

function tableOf<Target>(
  tables: Map<string, PathTable<Target>>,
  host: string,
): PathTable<Target> {
  let table = tables.get(host);
  if (table === undefined) tables.set(host, table = new PathTable());
  return table;
}

/** The prefixes of a host. */
class PathTable<Target> {
  readonly #routes = new Map<string, Route<Target>>();
  /** The lengths that prefixes have, longest first. */
  #lengths: number[] = [];

  get isEmpty(): boolean {
    return this.#routes.size === 0;
  }

  add(route: Route<Target>): void {
    const { prefix } = route;
    this.#routes.set(prefix, route);
    if (this.#lengths.includes(prefix.length)) return;
    this.#lengths.push(prefix.length);
    this.#lengths.sort((a, b) => b - a);
  }

  find(path: string): Route<Target> | undefined {
    for (const length of this.#lengths) {
      const mayEnd = path.length === length || path[length] === "/";
      const found = mayEnd ? this.#routes.get(path.slice(0, length)) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** The way out of this machine: its resolver, its sockets, and undici to speak HTTP through them. */

import { lookup } from "node:dns/promises";
import type { Network } from "@skerry/egress";

/** What {@link systemNetwork} may be told. */
export interface NetworkOptions {
  /** Certificates in PEM that others must have been signed by, in the place of the usual ones. */
  readonly authorities?: readonly string[];
}

/**
 * This machine's network. Proxies that the environment names are none of its business.
 *
 * undici is loaded here, which takes a moment and reads three variables of the environment (`UNDICI_…`,
 * `JEST_WORKER_ID`): to be called, in each thread, before permissions are given up.
 */
export async function systemNetwork({ authorities }: NetworkOptions = {}): Promise<Network> {
  const { loadParser, UndiciPool } = await import("./undici_pool.ts");
  await loadParser();
  return {
    async resolve(name) {
      const found = await lookup(name, { all: true, verbatim: true });
      return found.map(({ address }) => address);
    },
    pool: (settings) => new UndiciPool(settings, authorities),
  };
}

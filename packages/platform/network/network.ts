/** The way out of this machine: its resolver, its sockets, and undici to speak HTTP through them. */

import { lookup } from "node:dns/promises";
import type { Network } from "@skerry/egress";
import { UndiciPool } from "./undici_pool.ts";

/** What {@link systemNetwork} may be told. */
export interface NetworkOptions {
  /** Certificates in PEM that others must have been signed by, in the place of the usual ones. */
  readonly authorities?: readonly string[];
}

/** This machine's network. Proxies that the environment names are none of its business. */
export function systemNetwork({ authorities }: NetworkOptions = {}): Network {
  return {
    async resolve(name) {
      const found = await lookup(name, { all: true, verbatim: true });
      return found.map(({ address }) => address);
    },
    pool: (settings) => new UndiciPool(settings, authorities),
  };
}

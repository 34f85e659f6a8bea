/** The way out of this machine for those who need it: its library takes long to load. */

import type { Network } from "@skerry/egress";
import type { NetworkOptions } from "./network.ts";

/** Loads it; to be called before permissions are given up. */
export async function loadSystemNetwork(options: NetworkOptions = {}): Promise<Network> {
  const { systemNetwork } = await import("./network.ts");
  return systemNetwork(options);
}

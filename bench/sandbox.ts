/** What a sandbox costs: to lease, run and make as new; to keep while it waits; to its neighbours; to end. */

import type { Bench } from "./bench.ts";
import { measureDensity, suspendedBytes } from "./sandbox/density.ts";
import { measureFairness, measureKills } from "./sandbox/fairness.ts";
import { leaseCosts } from "./sandbox/lease_cost.ts";
import { loadSubjects } from "./sandbox/subjects.ts";

/**
 * A row is a program: `leased` is lease, call, return and reset; `fresh` an instance for each call, or a process, or a
 * container. Each is the median of rounds; `worst` of all of them.
 */
export const bench: Bench = {
  name: "sandbox",
  about:
    "lease, call and reset of a recycled sandbox, against an instance, a process or a container each",
  async run() {
    const rows = await leaseCosts(await loadSubjects());
    const density = await measureDensity();
    const written = Number(rows.find(({ name }) => name === "C")?.dirtyPages);
    return {
      rows,
      summary: {
        suspendedBytes: suspendedBytes(density, written),
        ...density,
        ...await measureFairness(),
        ...await measureKills(),
        peersMissing:
          rows.filter(({ leasedUsP50, freshUsP50 }) => leasedUsP50 === freshUsP50).length,
      },
    };
  },
};

/** A minute of chaos at two thousand requests a second over twenty services. */

import { chaos, checkAfterChaos } from "./chaos.ts";
import { figuresOf } from "./load.ts";
import { withRunningNode } from "./running_node.ts";

Deno.test("a minute of chaos is felt by the connections of killed cells and by nobody else", () =>
  withRunningNode({}, async (node) => {
    const report = await chaos(node, {
      ...{ calmMs: 10_000, chaosMs: 60_000, services: 20, requestsPerSecond: 2_000 },
      killEveryMs: 5_000,
    });
    const { kills, lost, failures, hostileRequests, brokenVersions, goodVersions } = report;
    console.log(JSON.stringify({
      ...{ kills, lost, failures: failures.length, hostileRequests, brokenVersions, goodVersions },
      ...{ calm: figuresOf(report.calm), chaos: figuresOf(report.chaos) },
    }));
    await checkAfterChaos(node, report);
  }));

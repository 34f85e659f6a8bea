/** A short piece of chaos; `chaos.slow.ts` has more of it. */

import { chaos, checkAfterChaos } from "./chaos.ts";
import { withRunningNode } from "./running_node.ts";

Deno.test("cells are killed, versions broken and guests hostile, and healthy services feel nothing of it", () =>
  withRunningNode({}, async (node) => {
    const report = await chaos(node, {
      ...{ calmMs: 1_000, chaosMs: 6_000, services: 8, requestsPerSecond: 300 },
      killEveryMs: 2_000,
    });
    await checkAfterChaos(node, report);
  }));

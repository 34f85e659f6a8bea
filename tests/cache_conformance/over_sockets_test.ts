/** The same table through a real node, over sockets. */

import { withRunningNode } from "../node/running_node.ts";
import { allCases } from "./cases/all.ts";
import { startCases } from "./over_sockets.ts";
import { ScriptedOrigin } from "./scripted_origin.ts";

Deno.test("a node over sockets does as the table says", async (t) => {
  await withRunningNode({ cells: 2, threads: 2 }, async (node) => {
    const origin = new ScriptedOrigin();
    try {
      const cases = allCases.filter(({ inProcessOnly }) => inProcessOnly === undefined);
      const results = await startCases(cases, node, origin);
      for (const [index, one] of cases.entries()) {
        await t.step(`${one.section} ${one.level}: ${one.name}`, async () => {
          const result = await results[index];
          if (result !== undefined) throw result.failure;
        });
      }
      for (const one of allCases) {
        if (one.inProcessOnly === undefined) continue;
        const name = `${one.section} ${one.level}: ${one.name} (left out: ${one.inProcessOnly})`;
        await t.step({ name, ignore: true, fn: () => {} });
      }
    } finally {
      await origin.close();
    }
  });
});

/** The same table through a real node, over sockets. */

import { withRunningNode } from "../node/running_node.ts";
import { allCases } from "./cases/all.ts";
import { startCases } from "./over_sockets.ts";
import { tricks } from "./tricks.ts";
import { deployTricked, playTrick } from "./tricks_over_sockets.ts";
import { ScriptedOrigin } from "./scripted_origin.ts";

Deno.test("a node over sockets does as the table says", async (t) => {
  await withRunningNode({ cells: 1, threads: 1 }, async (node) => {
    const origin = new ScriptedOrigin();
    try {
      const cases = allCases.filter((one) => one.inProcessOnly === undefined);
      const results = await startCases(cases, node, origin);
      for (const [index, one] of cases.entries()) {
        await t.step(`${one.section} ${one.level}: ${one.name}`, async () => {
          const result = await results[index];
          if (result !== undefined) throw result.failure;
        });
      }
      for (const one of allCases) {
        const why = one.inProcessOnly;
        if (why === undefined) continue;
        const name = `${one.section} ${one.level}: ${one.name} (left out: ${why})`;
        await t.step({ name, ignore: true, fn: () => {} });
      }
      await deployTricked(node, origin);
      for (const [index, trick] of tricks.entries()) {
        const { name, why } = trick;
        await t.step(`${name} (${why})`, () => playTrick(trick, index, node.port, origin));
      }
    } finally {
      await origin.close();
    }
  });
});

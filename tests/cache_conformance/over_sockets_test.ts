/** The same table through a real node, over sockets. */

import { withRunningNode } from "../node/running_node.ts";
import { allCases } from "./cases/all.ts";
import { startCases } from "./over_sockets.ts";
import { checkIdleReader, checkPrivateCrowd, checkPublicCrowd } from "./crowd_over_sockets.ts";
import { messages } from "./messages.ts";
import { tricks } from "./tricks.ts";
import { deployTricked, playTrick } from "./tricks_over_sockets.ts";
import { ScriptedOrigin } from "./scripted_origin.ts";

const [cells, threads] = [2, 2];

Deno.test("a node over sockets does as the table says", async (t) => {
  await withRunningNode({ cells, threads }, async (node) => {
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
      for (const [index, trick] of [...messages, ...tricks].entries()) {
        const { name, why } = trick;
        await t.step(`${name} (${why})`, () => playTrick(trick, index, node.port, origin));
      }
      await t.step(
        "who waits for another's answer never gets what is for that one alone",
        () => checkPrivateCrowd(node.port, origin),
      );
      await t.step(
        "what is for all is fetched once",
        () => checkPublicCrowd(node.port, origin, cells * threads),
      );
      await t.step(
        "a client that reads nothing keeps nobody else waiting",
        () => checkIdleReader(node.port, origin),
      );
    } finally {
      await origin.close();
    }
  });
});

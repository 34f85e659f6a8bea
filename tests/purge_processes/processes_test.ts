/** Processes that share a table of purges in a file, as cells do, and are killed at any moment. */

import assert from "node:assert/strict";
import { purgeTableBytes, SharedWords } from "@skerry/cache";
import { mapFile } from "@skerry/platform";
import type { HammerNews } from "../../packages/cache/testing/purge_hammer.ts";
import { newWords } from "../../packages/cache/testing/purge_words.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Elsewhere each thread has purges of its own. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os !== "linux";
  Deno.test({ name: `${name}${ignore ? " (skipped: not on Linux)" : ""}`, ignore, fn });
}

async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await act(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

linuxTest(
  "INV-15: processes that purge and fill at once, some of which are killed at it, are served nothing from before a purge",
  () =>
    withFolder(async (folder) => {
      const [buckets, factsBytes] = [2, 66 * 8];
      const [table, facts] = [`${folder}/table`, `${folder}/facts`];
      const tableBytes = purgeTableBytes(buckets);
      newWords(buckets, mapFile(table, tableBytes));
      const known = new SharedWords(mapFile(facts, factsBytes) ?? assert.fail());
      const start = (seed: number, rounds: number) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            ...["run", "-A", "--no-check", `--config=${root}deno.json`],
            `${root}tests/purge_processes/purge_child.ts`,
            ...[table, String(tableBytes), facts, String(factsBytes), String(seed), String(rounds)],
          ],
          stdout: "piped",
        }).spawn();
      const begun = async (count: number) => {
        while (known.get(65) < count) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const others = [start(1, 150_000), start(2, 150_000)];
      await begun(2);
      for (let victim = 0; victim < 3; victim++) {
        const child = start(10 + victim, 1e9);
        await begun(3 + victim);
        await new Promise((resolve) => setTimeout(resolve, 30));
        child.kill("SIGKILL");
        await Promise.all([child.status, child.stdout.cancel()]);
      }
      for (const other of others) {
        const { success, stdout } = await other.output();
        assert.ok(success);
        const { wrong, purged, current }: HammerNews = JSON.parse(new TextDecoder().decode(stdout));
        assert.deepEqual(wrong, []);
        assert.ok(purged > 0 && current > 0, `${purged} were purged, ${current} not`);
      }
    }),
);

import assert from "node:assert/strict";
import { purgeTableBytes, SharedWords } from "@skerry/cache";
import { mapFile } from "@skerry/platform";
import { newWords } from "../../packages/cache/testing/purge_words.ts";
import type { HammerNews } from "../../packages/cache/testing/purge_hammer.ts";
import { openPurgeFile, openPurges } from "./purge_file.ts";

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

const open = (folder: string) => openPurgeFile(folder, (problem) => assert.fail(problem));

Deno.test({
  name:
    "INV-15: processes that purge and fill at once, some of which are killed at it, are served nothing from before a purge",
  ignore,
  fn: () =>
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
            `${root}apps/node/testing/purge_child.ts`,
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

linuxTest(
  "purges are the same for who opens the file again, and for whoever has it open already",
  () =>
    withFolder(async (folder) => {
      const first = await open(folder);
      const theirs = openPurges(first.place ?? assert.fail()) ?? assert.fail();
      assert.equal(first.table.purge(["k\nt\ns\na"], "hard", 0), 1);
      assert.equal(theirs.judge(0, ["k\nt\ns\na"]).kind, "purged");
      // As after a kill: nobody has said that it ended.
      const second = await open(folder);
      assert.equal(second.table.epoch, 1);
      assert.equal(second.table.lineage, first.table.lineage);
      assert.equal(theirs.purge(["k\nt\ns\nb"], "hard", 0), 2);
      assert.equal(second.table.judge(1, ["k\nt\ns\nb"]).kind, "purged");
      await second.end();
      assert.equal((await open(folder)).table.epoch, 2);
    }),
);

Deno.test({
  name:
    "what another start of the system may not have written is not taken over, unless its node had ended well",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      const first = await open(folder);
      first.table.purge(["k\nt\ns\na"], "hard", 0);
      await Deno.writeTextFile(`${folder}/life`, "runs since another start\n");
      const second = await open(folder);
      assert.equal(second.table.epoch, 0);
      assert.notEqual(second.table.lineage, first.table.lineage);
      assert.equal(first.table.epoch, 1, "who has the old one mapped keeps that");
      second.table.purge(["k\nt\ns\na"], "hard", 0);
      await second.end();
      const third = await open(folder);
      assert.equal(third.table.lineage, second.table.lineage);
    }),
);

linuxTest(
  "a file that was cut short, or is none of purges, is begun anew",
  () =>
    withFolder(async (folder) => {
      for (const size of [0, 100, 1_000_000]) {
        const { table: { lineage } } = await open(folder);
        await Deno.truncate(`${folder}/purges`, size);
        const again = await open(folder);
        assert.notEqual(again.table.lineage, lineage);
        assert.equal(again.table.epoch, 0);
      }
      const { size } = await Deno.stat(`${folder}/purges`);
      await Deno.writeFile(`${folder}/purges`, new Uint8Array(size).fill(7));
      assert.equal((await open(folder)).table.epoch, 0);
    }),
);

linuxTest(
  "where nothing can be written, purges are those of this node's life",
  () =>
    withFolder(async (folder) => {
      const problems: string[] = [];
      const { table, place, end } = await openPurgeFile(`${folder}/none`, (problem) => {
        problems.push(problem);
      });
      table.purge(["k\nt\ns\na"], "hard", 0);
      const theirs = openPurges(place ?? assert.fail()) ?? assert.fail();
      assert.equal(theirs.judge(0, ["k\nt\ns\na"]).kind, "purged");
      assert.match(problems.join(), /^purges will be forgotten when the node ends: /);
      await end();
    }),
);

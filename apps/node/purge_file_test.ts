import assert from "node:assert/strict";
import { openPurgeFile, openPurges } from "./purge_file.ts";

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

linuxTest(
  "what another start of the system may not have written is not taken over, unless its node had ended well",
  () =>
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

import assert from "node:assert/strict";
import type { DiskFigures } from "@skerry/cache";
import { openDiskTier } from "./disk_tier.ts";

const counts = { hits: 0, misses: 0, written: 0, writtenBytes: 0, damaged: 0 };

async function opened(bytesMax = 1e6) {
  const folder = `${Deno.makeTempDirSync()}/objects`;
  const problems: string[] = [];
  const onProblem = (problem: string) => problems.push(problem);
  const tier = await openDiskTier({ folder, lineage: "one", bytesMax, onProblem });
  return { folder, tier, problems };
}

Deno.test("a cell that was broken into has no folder looked into but those of objects", async () => {
  const { tier } = await opened();
  assert.ok(tier !== undefined);
  const told = (growth: DiskFigures["growth"]) => tier.told({ ...counts, growth });
  told({ "0123456789abcdef/01": { bytes: 1, files: 1 } });
  for (const folder of ["../..", "/etc", "0123456789abcdef", "0123456789abcdef/../..", ""]) {
    assert.throws(() => told({ [folder]: { bytes: 1, files: 1 } }));
  }
  for (const hits of [-1, NaN, 1e300]) {
    assert.throws(() => tier.told({ ...counts, hits, growth: {} }));
  }
  tier.told({ ...counts, hits: 3, misses: 2, growth: {} });
  tier.told({ ...counts, hits: 1, growth: {} });
  assert.deepEqual(tier.figures, {
    ...{ bytes: 1, bytesMax: 1e6, files: 1, evictions: 0 },
    ...{ hits: 4, misses: 2, writtenBytes: 0, damaged: 0 },
  });
  for (const bytes of [NaN, Infinity, 0.5]) {
    assert.throws(() => told({ "0123456789abcdef/01": { bytes, files: 1 } }));
  }
  tier.stop();
});

Deno.test("what others' purges judged is not found, nor what is there from before it was switched off", async () => {
  const { tier, folder } = await opened();
  tier?.stop();
  const onProblem = (problem: string) => assert.fail(problem);
  const next = await openDiskTier({ folder, lineage: "two", bytesMax: 1e6, onProblem });
  assert.notEqual(next?.place.folder, tier?.place.folder);
  next?.stop();
  const none = await openDiskTier({ folder, lineage: "two", bytesMax: 0, onProblem });
  assert.equal(none, undefined);
  const again = await openDiskTier({ folder, lineage: "two", bytesMax: 1e6, onProblem });
  assert.notEqual(again?.place.folder, next?.place.folder);
  again?.stop();
});

Deno.test("a folder that cannot be written is told, and the node does without", async () => {
  const file = await Deno.makeTempFile();
  const problems: string[] = [];
  const tier = await openDiskTier({
    ...{ folder: `${file}/objects`, lineage: "one", bytesMax: 1e6 },
    onProblem: (problem) => problems.push(problem),
  });
  assert.equal(tier, undefined);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^responses are not kept on the disk: /);
});

/** What holds of whoever remembers purges. */

import assert from "node:assert/strict";
import type { PurgeRecords } from "../purge_records.ts";

/** Defines the tests. @param make one without purges, with room for a few */
export function purgeContract(name: string, make: () => PurgeRecords): void {
  Deno.test(`${name}: what a purge finds stored is gone, and what is fetched after it stays`, () => {
    const purges = make();
    const before = purges.epoch;
    const epoch = purges.purge([a], "hard", 0);
    assert.deepEqual([purges.epoch, purges.settled], [epoch, epoch]);
    assert.ok(epoch > before);
    assert.equal(purges.judge(before, [a, b]).kind, "purged");
    assert.equal(purges.judge(before, [b]).kind, "current");
    assert.equal(purges.judge(purges.epoch, [a]).kind, "current");
    purges.purge([b], "hard", 0);
    assert.equal(purges.judge(epoch, [a]).kind, "current");
    assert.equal(purges.judge(epoch, [b, a]).kind, "purged");
  });

  Deno.test(`${name}: after a soft purge it is stale since then, until a hard one takes it`, () => {
    const purges = make();
    purges.purge([a], "soft", 5_000);
    assert.deepEqual(purges.judge(0, [a]), { kind: "stale", sinceMs: 5_000 });
    purges.purge([b], "soft", 5_500);
    assert.deepEqual(purges.judge(0, [b, a]), { kind: "stale", sinceMs: 5_000 });
    purges.purge([a], "hard", 6_000);
    assert.equal(purges.judge(0, [a]).kind, "purged");
    assert.equal(purges.judge(1, [a]).kind, "purged");
    purges.purge([a], "soft", 7_000);
    assert.equal(purges.judge(0, [a]).kind, "purged");
    assert.deepEqual(purges.judge(3, [a]), { kind: "stale", sinceMs: 7_000 });
  });

  Deno.test(`${name}: a request that came after a purge is parted from a fetch that began before it`, () => {
    const purges = make();
    const began = purges.epoch;
    assert.equal(purges.parts(began, purges.epoch, [a]), false);
    purges.purge([a], "hard", 0);
    assert.equal(purges.parts(began, purges.epoch, [a]), true);
    assert.equal(purges.parts(began, purges.epoch, [b]), false);
    assert.equal(purges.parts(began, began, [a]), false, "who came before it may have it");
  });

  Deno.test(`${name}: nothing of a tenant was purged since the last purge of theirs`, () => {
    const purges = make();
    const first = purges.purge([a], "soft", 0);
    assert.ok(purges.lastOf("t") >= first);
    purges.purge([other], "hard", 0);
    const last = purges.purge([b, other], "hard", 0);
    assert.ok(purges.lastOf("t") >= last);
    assert.ok(purges.lastOf("other") >= last);
  });
}

const a = "k\nt\ns\na";
const b = "k\nt\ns\nb";
const other = "s\nother\ns";

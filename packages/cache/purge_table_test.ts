import assert from "node:assert/strict";
import fc from "fast-check";
import { isPurgeTable, purgeTableBytes } from "./purge_layout.ts";
import type { PurgeVerdict } from "./purge_records.ts";
import { PurgeTable } from "./purge_table.ts";
import { Purges } from "./purges.ts";
import { SharedWords } from "./shared_words.ts";
import { purgeContract } from "./testing/purge_contract.ts";
import { newWords } from "./testing/purge_words.ts";
import { SteppedWords } from "./testing/stepped_words.ts";

const newTable = (buckets: number) => new PurgeTable(newWords(buckets));

purgeContract("a node's table", () => newTable(16));
purgeContract("a node's table of one bucket", () => newTable(1));

Deno.test("a table is known again by who opens its memory later, with all its purges", () => {
  const memory = new SharedArrayBuffer(purgeTableBytes(4));
  assert.equal(isPurgeTable(new SharedWords(memory)), false);
  const table = new PurgeTable(newWords(4, memory));
  table.purge(["k\nt\ns\na"], "hard", 0);
  assert.equal(isPurgeTable(new SharedWords(memory)), true);
  const opened = new PurgeTable(new SharedWords(memory));
  assert.equal(opened.judge(0, ["k\nt\ns\na"]).kind, "purged");
  assert.equal(isPurgeTable(new SharedWords(memory.slice(0, -8))), false, "it was cut short");
  assert.equal(isPurgeTable(new SharedWords(new SharedArrayBuffer(64))), false);
});

Deno.test("what was stamped by a table before this one is purged, since nothing is known of it", () => {
  assert.equal(newTable(1).judge(1, ["k\nt\ns\na"]).kind, "purged");
});

Deno.test("epochs go beyond what a word of 32 bits holds", () => {
  const words = newWords(1);
  words.set(2, 2 ** 52);
  const table = new PurgeTable(words);
  assert.equal(table.purge(["k\nt\ns\na"], "hard", 0), 2 ** 52 + 1);
  assert.equal(table.judge(2 ** 52, ["k\nt\ns\na"]).kind, "purged");
  assert.equal(table.judge(2 ** 52 + 1, ["k\nt\ns\na"]).kind, "current");
});

Deno.test("who was killed at a purge is known to be under way still, until it is said that all are gone", () => {
  const memory = new SharedArrayBuffer(purgeTableBytes(1));
  newWords(1, memory);
  let steps = 10;
  const dying = new SteppedWords(memory, () => {
    steps -= 1;
    if (steps === 0) throw new Error("killed");
  });
  const table = new PurgeTable(new SharedWords(memory));
  assert.throws(() => new PurgeTable(dying).purge(["k\nt\ns\na"], "hard", 0), /killed/);
  assert.deepEqual([table.epoch, table.settled], [1, 0]);
  table.purge(["k\nt\ns\nb"], "hard", 0);
  assert.deepEqual([table.epoch, table.settled], [2, 1]);
  table.settle();
  assert.deepEqual([table.epoch, table.settled], [2, 2]);
});

const severity = { current: 0, stale: 1, purged: 2 } as const;

/** Tenants that are in one group of a small table now and then are in none here: names are few. */
const scope = fc.tuple(fc.constantFrom("t", "u", "v"), fc.nat(30))
  .map(([tenant, number]) => `k\n${tenant}\ns\n${number}`);

const step = fc.record({
  scopes: fc.uniqueArray(scope, { minLength: 1, maxLength: 4 }),
  mode: fc.constantFrom("hard" as const, "soft" as const),
});

/** Compares with a model that forgets nothing. */
function compare(
  buckets: number,
  steps: readonly { readonly scopes: readonly string[]; readonly mode: "hard" | "soft" }[],
  asked: readonly (readonly string[])[],
  check: (verdict: PurgeVerdict, expected: PurgeVerdict, table: PurgeTable) => void,
): void {
  const table = newTable(buckets);
  const model = new Purges(Infinity);
  for (const [index, { scopes, mode }] of steps.entries()) {
    assert.equal(table.purge(scopes, mode, index), model.purge(scopes, mode, index));
    for (let epoch = 0; epoch <= table.epoch; epoch++) {
      for (const scopes of asked) {
        check(table.judge(epoch, scopes), model.judge(epoch, scopes), table);
      }
    }
  }
}

const asked = fc.array(fc.uniqueArray(scope, { minLength: 1, maxLength: 4 }), { maxLength: 4 });

Deno.test("a table with room says what the model says, of every epoch", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), asked, (steps, asked) => {
      compare(64, steps, asked, (verdict, expected, table) => {
        assert.equal(table.displaced, 0);
        assert.deepEqual(verdict, expected);
      });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a table that is full purges too much, never too little, and nothing that is newer", () => {
  let displaced = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 10, maxLength: 40 }),
      asked,
      (steps, asked) => {
        compare(1, steps, asked, (verdict, expected, table) => {
          assert.ok(severity[verdict.kind] >= severity[expected.kind]);
          displaced = Math.max(displaced, table.displaced);
        });
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(displaced > 20, `${displaced}`);
});

Deno.test("a tenant that purges without an end purges its own, and nothing of others", () => {
  const table = newTable(4);
  const before = table.epoch;
  table.purge(["k\nquiet\ns\nmine"], "hard", 0);
  for (let number = 0; number < 100_000; number++) {
    table.purge([`r\nflood\ns\nhttp://a/${number}`], "soft", number);
  }
  assert.equal(table.judge(before, ["s\nquiet\ns", "k\nquiet\ns\nmine"]).kind, "purged");
  const others = Array.from({ length: 1000 }, (_, number) => `r\nquiet\ns\nhttp://a/${number}`);
  const untouched = others.filter((scope) => table.judge(before, [scope]).kind === "current");
  assert.equal(untouched.length, others.length);
  const own = Array.from({ length: 1000 }, (_, number) => `r\nflood\ns\nhttp://a/${number}`);
  assert.ok(own.every((scope) => table.judge(before, [scope]).kind === "purged"));
  const epoch = table.epoch;
  table.purge(["s\nquiet\ns"], "soft", 0);
  assert.equal(table.judge(epoch, own).kind, "current", "what it fetched since is well");
});

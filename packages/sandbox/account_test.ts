import assert from "node:assert/strict";
import { Account, memoryPageBytes } from "./account.ts";

Deno.test("what is taken is there, and what is given back can be taken again", () => {
  const account = new Account(10);
  assert.deepEqual([account.take(7), account.take(4), account.used], [true, false, 7]);
  account.give(2);
  assert.deepEqual([account.take(5), account.used, account.take(1)], [true, 10, false]);
  assert.equal(account.take(0), true);
});

Deno.test("an amount that no account could hold is refused, and nothing is taken", () => {
  const account = new Account(2 ** 40);
  assert.equal(account.max, 2 ** 30);
  for (const amount of [2 ** 30 + 1, 2 ** 31, 2 ** 32, 2 ** 53, Infinity]) {
    assert.equal(account.take(amount), false, `${amount}`);
  }
  assert.equal(account.take(2 ** 30), true);
  assert.deepEqual([account.take(2 ** 30), account.take(1), account.used], [false, false, 2 ** 30]);
});

Deno.test("memory is counted in pages of WebAssembly's, and parts of one do not count", () => {
  assert.equal(Account.ofMemory(10 * memoryPageBytes + 1).max, 10);
});

Deno.test("an account that is shared is the same one on both sides", () => {
  const shared = Account.share(5);
  const [left, right] = [Account.open(shared), Account.open(structuredClone(shared))];
  assert.ok(left.take(3));
  assert.deepEqual([right.used, right.take(3)], [3, false]);
  right.give(3);
  assert.equal(left.used, 0);
});

/** What a thread did. */
interface Report {
  readonly taken: number;
  readonly refused: number;
}

Deno.test("two threads that take and give at once never have more than there is, nor keep anything", async () => {
  const shared = Account.share(1000);
  const account = Account.open(shared);
  const done = new Int32Array(new SharedArrayBuffer(8));
  const workers = [1, 2].map(() =>
    new Worker(new URL("./testing/account_thread.ts", import.meta.url), { type: "module" })
  );
  const [ready, reports] = [0, 1].map(() => workers.map(() => Promise.withResolvers<Report>()));
  assert.ok(ready !== undefined && reports !== undefined);
  workers.forEach((worker, number) => {
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      (data.taken < 0 ? ready : reports)[number]?.resolve(data);
    };
  });
  try {
    await Promise.all(ready.map(({ promise }) => promise));
    workers.forEach((worker, number) => worker.postMessage({ shared, done, seed: number + 1 }));
    let mostUsed = 0;
    while (Atomics.load(done, 0) < workers.length) mostUsed = Math.max(mostUsed, account.used);
    assert.ok(mostUsed <= 1000, `${mostUsed} were out at once`);
    // One of them may have to stand still with all of it, for as long as the machine gives it no time.
    const told = await Promise.all(reports.map(({ promise }) => promise));
    const taken = told.reduce((sum, report) => sum + report.taken, 0);
    const refused = told.reduce((sum, report) => sum + report.refused, 0);
    assert.ok(taken > 1000 && refused > 1000, `${taken} taken, ${refused} refused`);
  } finally {
    for (const worker of workers) worker.terminate();
  }
  assert.equal(account.used, 0);
});

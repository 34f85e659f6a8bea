/** A thread that takes from a shared account and gives back, as fast as it can (account_test.ts). */

import { Account, type SharedAccount } from "../account.ts";

const rounds = 200_000;
const threads = 2;

interface Task {
  readonly shared: SharedAccount;
  /** How many threads are done, and how many have begun. */
  readonly done: Int32Array<SharedArrayBuffer>;
  readonly seed: number;
}

const thread = globalThis as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(message: { readonly taken: number; readonly refused: number }): void;
};

thread.onmessage = ({ data: { shared, done, seed } }) => {
  const account = Account.open(shared);
  let taken = 0;
  let refused = 0;
  let state = seed;
  let held = 0;
  Atomics.add(done, 1, 1);
  while (Atomics.load(done, 1) < threads);
  for (let round = 0; round < rounds; round += 1) {
    // A linear congruential generator (Knuth, TAOCP 2, 3.2.1) is chance enough here.
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const amount = 300 + (state >>> 16) % 700;
    if (account.take(amount)) {
      taken += 1;
      held += amount;
    } else refused += 1;
    if ((state >>> 28) % 3 === 0) {
      account.give(held);
      held = 0;
    }
  }
  account.give(held);
  thread.postMessage({ taken, refused });
  Atomics.add(done, 0, 1);
};
// Says that it listens.
thread.postMessage({ taken: -1, refused: 0 });

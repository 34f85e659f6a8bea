/** A thread with a pool of its own, which is given programs and accounts that it shares with others. */

import {
  Account,
  openProgram,
  Pool,
  type Refusal,
  type SharedAccount,
  type SharedProgram,
} from "@skerry/sandbox";

/** What the thread is asked to do. */
export interface Task {
  readonly program: SharedProgram;
  readonly memory: SharedAccount;
  /** How many sandboxes to lease at once, and how often to run each of them afterwards. */
  readonly leases: number;
}

/** What came of it. */
export interface Report {
  /** What each lease came to: the values that its guest returned, or why there was none. */
  readonly answers: readonly (readonly unknown[] | Refusal | "failed")[];
}

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Task>) => void) | null;
  postMessage(report: Report): void;
};

scope.onmessage = async ({ data: { program, memory, leases } }) => {
  const opened = openProgram(program);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const pool = new Pool({ memory: Account.open(memory) });
  const held = Array.from({ length: leases }, () => pool.leaseNow(opened.value, { bindings: [] }));
  const answers = await Promise.all(held.map(async (lease) => {
    if (typeof lease === "string") return lease;
    const outcome = await lease.run("next");
    return outcome.kind === "returned" ? outcome.values : "failed";
  }));
  for (const lease of held) if (typeof lease !== "string") lease.release();
  pool.drop(opened.value);
  scope.postMessage({ answers });
};

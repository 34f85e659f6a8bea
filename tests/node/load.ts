/** Load from a thread of its own: so many requests in each second, whoever waits for them; every answer is checked. */

import type { Failure, LoadOrder, LoadReport } from "./load_order.ts";

/** Load that goes on until it is ended. */
export class Load {
  readonly #worker: Worker;
  readonly #report: Promise<LoadReport>;

  constructor(order: LoadOrder) {
    this.#worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
    this.#report = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<LoadReport>) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    this.#worker.postMessage(order);
  }

  /** Lets requests under way end, and tells what came of all. */
  async end(): Promise<LoadReport> {
    this.#worker.postMessage("end");
    const report = await this.#report;
    this.#worker.terminate();
    return report;
  }
}

/** How many answers there were, in each second, and what half of them and all but one of a hundred took at most. */
export function figuresOf(
  { targets, answersPerSecond }: LoadReport,
): Readonly<Record<"answers" | "answersPerSecond" | "p50Ms" | "p99Ms", number>> {
  const timesMs = targets.flatMap((target) => target.timesMs).sort((a, b) => a - b);
  const within = (share: number) => Math.round(timesMs[Math.floor(timesMs.length * share)] ?? NaN);
  return {
    answers: timesMs.length,
    answersPerSecond: Math.round(answersPerSecond),
    p50Ms: within(0.5),
    p99Ms: within(0.99),
  };
}

/** Failures in few words. */
export function tell(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { target, why } of failures) {
    const key = `${target}: ${why}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${count} × ${key}`).join("\n");
}

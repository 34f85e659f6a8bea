/** Load from a thread of its own: many clients, each with one connection at a time, that check every answer. */

import type { ClientsOrder, ClientsReport, Failure } from "./load_worker.ts";

export type { ClientsOrder, Failure, Target, TargetReport } from "./load_worker.ts";

/** What a load has come to. */
export interface LoadReport extends ClientsReport {
  /** The times that answers took, of all targets together, in milliseconds: ascending. */
  readonly timesMs: readonly number[];
}

/** Load that goes on until it is ended. */
export class Load {
  readonly #worker: Worker;
  readonly #report: Promise<ClientsReport>;

  constructor(order: ClientsOrder) {
    this.#worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
    this.#report = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<ClientsReport>) => resolve(data);
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
    const timesMs = report.targets.flatMap((target) => target.timesMs).sort((a, b) => a - b);
    return { ...report, timesMs };
  }
}

/** The time that a share of answers took at most, in milliseconds. */
export function percentile(timesMs: readonly number[], share: number): number {
  return timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * share))] ?? NaN;
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

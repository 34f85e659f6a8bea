/** The thread that asks, by a clock. Started as a worker. */

import { AskedTarget } from "./asked_target.ts";
import type { Failure, LoadOrder, LoadReport } from "./load_order.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<LoadOrder | "end">) => void) | null;
  postMessage(report: LoadReport): void;
};

/** How often is looked what it is time for, in milliseconds. */
const tickMs = 4;

const ended = Promise.withResolvers<void>();

scope.onmessage = ({ data }) => {
  if (data === "end") ended.resolve();
  else void load(data).then((report) => scope.postMessage(report));
};

async function load(order: LoadOrder): Promise<LoadReport> {
  const failures: Failure[] = [];
  const targets = order.targets.map((target) => new AskedTarget(order, target, failures));
  const [beganMs, everyMs] = [performance.now(), 1_000 / order.requestsPerSecond];
  let isOver = false;
  let asked = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const target of targets) target.endLate(nowMs);
    // A thread that could not run for a while asks all at once what it was time for.
    for (let timeMs; !isOver && (timeMs = beganMs + asked * everyMs) <= nowMs; asked += 1) {
      targets[asked % targets.length]?.ask(timeMs);
    }
  }, tickMs);
  await ended.promise;
  isOver = true;
  const answers = targets.reduce((sum, target) => sum + target.answers, 0);
  const answersPerSecond = 1_000 * answers / (performance.now() - beganMs);
  await Promise.all(targets.map((target) => target.rest()));
  clearInterval(timer);
  return { targets: targets.map((target) => target.report()), failures, answersPerSecond };
}

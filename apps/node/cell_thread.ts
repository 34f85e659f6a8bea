/** A thread that serves, as its cell's main thread tells it to. Started as a worker. */

import type { LogEvent } from "@skerry/edge";
import { systemNetwork } from "@skerry/platform";
import type { Program } from "@skerry/sandbox";
import { openProgram } from "@skerry/sandbox";
import { guestInterfaces } from "./guest_interfaces.ts";
import type { ProgramRequest, ThreadNews, ThreadOrder } from "./messages.ts";
import { PurgeDesk } from "./purge_desk.ts";
import { Serving } from "./thread_serving.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ThreadOrder>) => void) | null;
  postMessage(news: ThreadNews): void;
};

/** How often it is told what was counted, in milliseconds. */
const figuresEveryMs = 1_000;

const asked = new Map<string, PromiseWithResolvers<Program>>();
const desk = new PurgeDesk((asked) => scope.postMessage({ kind: "purge", asked }));
let serving: Serving | undefined;
let tailed: ReadonlySet<string> = new Set();

scope.onmessage = ({ data: order }) => {
  // What fails here is a mistake of ours: the whole cell is to end by it.
  void obey(order).catch((error) =>
    queueMicrotask(() => {
      throw error;
    })
  );
};

async function obey(order: ThreadOrder): Promise<void> {
  switch (order.kind) {
    case "start":
      serving = new Serving({
        ...order,
        network: await systemNetwork(),
        fetchProgram,
        purge: desk.purge,
        onEvent,
      });
      return scope.postMessage({ kind: "started" });
    case "serve":
      await serving?.listen();
      setInterval(tellFigures, figuresEveryMs);
      return scope.postMessage({ kind: "serving" });
    case "apply": {
      const memoryOf = (tenant: string) => order.accounts[tenant];
      const problems = await serving?.services.apply(order.batch, memoryOf) ?? [];
      return scope.postMessage({ kind: "applied", sequence: order.batch.sequence, problems });
    }
    case "program":
      return fetched(order.key, order.program);
    case "purged":
      return desk.answered(order.number, order.outcome);
    case "explain":
      return scope.postMessage({
        ...{ kind: "explained", number: order.number },
        text: serving?.explain(order.question) ?? "null",
      });
    case "certificates":
      serving?.certificates.replace(order.certificates);
      return;
    case "tail":
      tailed = new Set(order.services);
      return;
    case "stop":
      await serving?.stop(order.drainMs);
      tellFigures();
      return scope.postMessage({ kind: "stopped" });
  }
}

function tellFigures(): void {
  if (serving === undefined) return;
  scope.postMessage({ kind: "telemetry", ...serving.takeFigures() });
  const figures = serving.takeDiskFigures();
  if (figures !== undefined) scope.postMessage({ kind: "disk", figures });
}

function fetchProgram(request: ProgramRequest): Promise<Program> {
  const answer = Promise.withResolvers<Program>();
  asked.set(request.key, answer);
  scope.postMessage({ kind: "program", request });
  return answer.promise;
}

function fetched(key: string, program: Extract<ThreadOrder, { kind: "program" }>["program"]): void {
  const answer = asked.get(key);
  asked.delete(key);
  if (typeof program === "string") return answer?.reject(new Error(program));
  const opened = openProgram(program, guestInterfaces);
  if (opened.ok) answer?.resolve(opened.value);
  else answer?.reject(new Error("its imports are not offered"));
}

function onEvent(event: LogEvent): void {
  if (tailed.size === 0) return;
  const service = event.type === "refused" ? undefined : event.service;
  if (service !== undefined && tailed.has(service)) scope.postMessage({ kind: "event", event });
}

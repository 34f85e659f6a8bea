/** The thread that asks. Started as a worker. */

import { ClientConnection } from "./client_connection.ts";

/** A service that is asked again and again. */
export interface Target {
  readonly host: string;
  readonly path: string;
  /** What every one of its answers must be: 200 with a body that fits. */
  readonly body: RegExp;
  readonly clients: number;
  /** Whether a client's connection is used for all of its requests, or each has its own. */
  readonly keepsAlive: boolean;
}

/** What is asked. */
export interface ClientsOrder {
  readonly port: number;
  readonly targets: readonly Target[];
  /** How long a client waits from the beginning of a request to that of the next, in milliseconds. */
  readonly everyMs: number;
  /** How long an answer may take, in milliseconds. */
  readonly answerMsMax: number;
}

/** An answer that was none, or not the one that was to be. */
export interface Failure {
  readonly target: string;
  readonly why: string;
  /** The client's port: by it one knows which cell had its connection. */
  readonly port: number;
  /** Whether its connection broke, rather than to have brought a wrong answer. */
  readonly isBroken: boolean;
}

/** What came of a target's requests. */
export interface TargetReport {
  readonly host: string;
  readonly timesMs: readonly number[];
  /** How often each body came. */
  readonly bodies: ReadonlyMap<string, number>;
}

/** What came of all. */
export interface ClientsReport {
  readonly targets: readonly TargetReport[];
  readonly failures: readonly Failure[];
}

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ClientsOrder | "end">) => void) | null;
  postMessage(report: ClientsReport): void;
};

/** Bodies of one target that are told apart. */
const bodiesMax = 1_000;

let isOver = false;

scope.onmessage = async ({ data }) => {
  if (data === "end") {
    isOver = true;
    return;
  }
  const failures: Failure[] = [];
  const targets = await Promise.all(data.targets.map((target) => askOften(data, target, failures)));
  scope.postMessage({ targets, failures });
};

async function askOften(
  order: ClientsOrder,
  target: Target,
  failures: Failure[],
): Promise<TargetReport> {
  const timesMs: number[] = [];
  const bodies = new Map<string, number>();
  await Promise.all(Array.from({ length: target.clients }, async (_, client) => {
    // Not all at the same moment.
    await delay(order.everyMs * (client + Math.random()) / target.clients);
    await askAgain(order, target, failures, (body, tookMs) => {
      timesMs.push(tookMs);
      if (bodies.size < bodiesMax) bodies.set(body, (bodies.get(body) ?? 0) + 1);
    });
  }));
  return { host: target.host, timesMs, bodies };
}

async function askAgain(
  { port, everyMs, answerMsMax }: ClientsOrder,
  { host, path, body: wanted, keepsAlive }: Target,
  failures: Failure[],
  take: (body: string, tookMs: number) => void,
): Promise<void> {
  let connection: ClientConnection | undefined;
  while (!isOver) {
    const beganMs = performance.now();
    const fail = (why: string, isBroken: boolean) =>
      failures.push({ target: host, why, isBroken, port: connection?.localPort ?? 0 });
    try {
      connection ??= await ClientConnection.open(port);
      const { status, body, isLast } = await connection.ask({
        host,
        path,
        keepsAlive,
        answerMsMax,
      });
      if (status !== 200 || !wanted.test(body)) fail(`${status} ${body.slice(0, 200)}`, false);
      else take(body, performance.now() - beganMs);
      if (isLast || !keepsAlive) connection = connection.close();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error), true);
      connection = connection?.close();
    }
    await delay(Math.max(0, everyMs - (performance.now() - beganMs)));
  }
  connection?.close();
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One service under load: requests that wait for a connection, connections that wait for a request. */

import { ClientConnection } from "./client_connection.ts";
import type { Failure, LoadOrder, Target, TargetReport } from "./load_order.ts";

/** Bodies that are told apart. */
const bodiesMax = 1_000;

/** A service that is asked. */
export class AskedTarget {
  readonly #order: LoadOrder;
  readonly #target: Target;
  readonly #failures: Failure[];
  readonly #timesMs: number[] = [];
  readonly #bodies = new Map<string, number>();
  /** The times of requests that wait for a connection; the first is to be sent first. */
  readonly #waiting: number[] = [];
  /** The first was used least recently: all are used in turn, so that none is idle for long. */
  readonly #idle: ClientConnection[] = [];
  readonly #busy = new Set<ClientConnection>();
  /** Requests that are under way, those whose connection is being opened among them. */
  #underWay = 0;
  #atRest: (() => void) | undefined;

  /** @param failures where it puts its own */
  constructor(order: LoadOrder, target: Target, failures: Failure[]) {
    this.#order = order;
    this.#target = target;
    this.#failures = failures;
  }

  /** Good answers so far. */
  get answers(): number {
    return this.#timesMs.length;
  }

  /** Asks, as soon as there is a connection, what it is time for since `timeMs`. */
  ask(timeMs: number): void {
    if (this.#underWay === this.#order.connectionsMax) this.#waiting.push(timeMs);
    else void this.#askAndGoOn(timeMs);
  }

  /** Closes connections whose answer takes too long. */
  endLate(nowMs: number): void {
    for (const connection of this.#busy) connection.closeIfLate(nowMs);
  }

  /** Resolves when nothing is under way, after which nothing may be asked. */
  async rest(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#atRest = resolve);
    for (const connection of this.#idle) connection.close();
  }

  report(): TargetReport {
    return { host: this.#target.host, timesMs: this.#timesMs, bodies: this.#bodies };
  }

  async #askAndGoOn(first: number): Promise<void> {
    this.#underWay += 1;
    for (let timeMs: number | undefined = first; timeMs !== undefined;) {
      await this.#askOne(timeMs);
      timeMs = this.#waiting.shift();
    }
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#atRest?.();
  }

  async #askOne(timeMs: number): Promise<void> {
    const { port, answerMsMax } = this.#order;
    const { host, path, body: wanted, keepsAlive } = this.#target;
    let connection = this.#idle.shift();
    const fail = (why: string, isBroken: boolean) => {
      this.#failures.push({ target: host, why, isBroken, port: connection?.localPort ?? 0 });
    };
    try {
      connection ??= await ClientConnection.open(port);
      this.#busy.add(connection);
      const { status, body, isLast } = await connection.ask({
        host,
        path,
        keepsAlive,
        answerMsMax,
      });
      if (status !== 200 || !wanted.test(body)) fail(`${status} ${body.slice(0, 200)}`, false);
      else this.#take(body, performance.now() - timeMs);
      if (isLast || !keepsAlive) connection.close();
      else this.#idle.push(connection);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error), true);
      connection?.close();
    }
    if (connection !== undefined) this.#busy.delete(connection);
  }

  #take(body: string, tookMs: number): void {
    this.#timesMs.push(tookMs);
    if (this.#bodies.size < bodiesMax) this.#bodies.set(body, (this.#bodies.get(body) ?? 0) + 1);
  }
}

import assert from "node:assert/strict";
import type { Field, HttpRequest } from "@skerry/http";
import { systemClock, systemRandom } from "@skerry/platform";
import { Pool } from "@skerry/sandbox";
import { Edge, type LogEvent } from "./mod.ts";

Deno.test("a client that goes as its backend's answer begins has its event", async () => {
  const events: LogEvent[] = [];
  let leave = () => {};
  const edge = new Edge({
    router: {
      route: () => ({
        kind: "forward",
        name: "shop/api",
        forward: async (request) => {
          request.whenGone(() => {});
          leave();
          return await Promise.resolve({ status: 200, fields: [], body: pieces() });
        },
      }),
    },
    pool: new Pool(),
    clock: systemClock,
    random: systemRandom,
    log: (event) => events.push(event),
    software: "Skerry/test",
  });
  // Nobody reads the body of the answer: there is nobody to send it to.
  await edge.handle({
    ...{ method: "GET", target: "/", scheme: "http", body: undefined },
    fields: [["Host", "a.example"]],
    peer: { address: "192.0.2.7", port: 4711 },
    whenGone: (act) => leave = act,
  });
  assert.deepEqual(events.map((event) => event.type === "request" && event.outcome), ["hung up"]);
});

Deno.test("who passes a request on tells its client more ahead of the answer, and reads its trailers", async () => {
  const told: unknown[] = [];
  /** As the servers' requests are, which reach what is their own. */
  class Incoming implements HttpRequest {
    readonly method = "GET";
    readonly target = "/";
    readonly scheme = "http";
    readonly body = undefined;
    readonly fields: Field[] = [["Host", "a.example"]];
    readonly peer = { address: "192.0.2.7", port: 4711 };
    readonly #told = told;

    inform(status: number): void {
      this.#told.push(status);
    }

    trailers(): Field[] {
      this.#told.push("trailers");
      return [];
    }

    whenGone(): void {}
  }
  const edge = new Edge({
    router: {
      route: () => ({
        kind: "forward",
        name: "shop/api",
        forward: (request) => {
          request.inform?.(103, []);
          request.trailers?.();
          return Promise.resolve({ status: 204, fields: [], body: undefined });
        },
      }),
    },
    ...{ pool: new Pool(), clock: systemClock, random: systemRandom },
    ...{ log: () => {}, software: "Skerry/test" },
  });
  assert.equal((await edge.handle(new Incoming())).status, 204);
  assert.deepEqual(told, [103, "trailers"]);
});

async function* pieces() {
  yield new Uint8Array(5);
}

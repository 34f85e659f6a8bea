import assert from "node:assert/strict";
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

async function* pieces() {
  yield new Uint8Array(5);
}

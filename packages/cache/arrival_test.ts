import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import type { CacheRequest } from "./request.ts";
import { owner, Simulation } from "./testing/simulation.ts";

const request: CacheRequest = {
  method: "POST",
  scheme: "http",
  host: "example.com",
  path: "/a",
  query: undefined,
  fields: [],
};
const located: Field[] = [["cache-control", "max-age=60"], ["content-location", "/a"]];

/** A POST that is answered once `meanwhile` has been done, and what is asked after that. */
function afterPost(meanwhile: (simulation: Simulation) => void, fields = located): string {
  const simulation = new Simulation({ origin: () => ({ status: 200, fields, body: "posted" }) });
  const action = simulation.ask(request);
  assert.ok(action.kind === "forward");
  meanwhile(simulation);
  simulation.send(action.outbound);
  return simulation.ask({ ...request, method: "GET" }).kind;
}

Deno.test("what an answer to POST brings outlives the purge that it makes (RFC 9110 §9.3.3)", () => {
  assert.equal(afterPost(() => {}), "reply");
});

Deno.test("INV-15: a purge while a POST is on its way takes its answer too", () => {
  const service = (simulation: Simulation) =>
    void simulation.cache.purge([{ kind: "service", owner }], "hard", simulation.nowMs);
  assert.equal(afterPost(service), "forward");
  const key = (simulation: Simulation) =>
    void simulation.cache.purge([{ kind: "surrogate key", owner, key: "k" }], "hard", 0);
  assert.equal(afterPost(key, [...located, ["surrogate-key", "k"]]), "forward");
  // What has nothing to do with it does not.
  assert.equal(afterPost(key), "reply");
});

Deno.test("who may not have their answer kept takes nothing from others", () => {
  const kept: Field[] = [["cache-control", "max-age=60"], ["etag", '"1"']];
  const own: readonly Field[][] = [[["authorization", "x"]], [["cache-control", "no-store"]]];
  for (const fields of own) {
    for (const method of ["GET", "HEAD"]) {
      let status = 200;
      const origin = () => ({ status, fields: kept, body: "kept" });
      const simulation = new Simulation({ origin });
      const get: CacheRequest = { ...request, method: "GET" };
      const ask = (asked: CacheRequest) => {
        const action = simulation.ask(asked);
        if (action.kind === "forward") simulation.send(action.outbound);
        return action.kind;
      };
      assert.equal(ask(get), "forward");
      if (fields[0]?.[0] === "authorization") status = 401;
      const again: Field = ["cache-control", "no-cache"];
      assert.equal(ask({ ...request, method, fields: [...fields, again] }), "forward");
      assert.equal(ask(get), "reply");
    }
  }
});

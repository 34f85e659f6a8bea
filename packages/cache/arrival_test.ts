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

import assert from "node:assert/strict";
import { requestEvent } from "../testing/events.ts";
import { SampledRequests } from "./sampled_requests.ts";

const traced = requestEvent({
  trace: "4bf92f3577b34da6a3ce929d0e0e4736",
  span: "00f067aa0ba902b7",
});

Deno.test("only requests that are traced are sent on, each once", () => {
  const sampled = new SampledRequests();
  sampled.take(requestEvent());
  sampled.take({ type: "guest", time: "", id: "", service: "", line: "" });
  assert.equal(sampled.takeBatch(), undefined);
  sampled.take(traced);
  assert.deepEqual(sampled.takeBatch(), { requests: [traced], dropped: 0 });
  assert.equal(sampled.takeBatch(), undefined);
});

Deno.test("what is too much between two batches is counted", () => {
  const sampled = new SampledRequests();
  for (let count = 0; count < 2_100; count++) sampled.take(traced);
  const batch = sampled.takeBatch();
  assert.deepEqual([batch?.requests.length, batch?.dropped], [2_000, 100]);
});

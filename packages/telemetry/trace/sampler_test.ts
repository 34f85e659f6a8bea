import assert from "node:assert/strict";
import { RequestIds, seededRandom } from "@skerry/base";
import type { Field, HttpRequest } from "@skerry/http";
import { tracerOf } from "./sampler.ts";

const ids = new RequestIds(seededRandom(1n));
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

function request(...fields: Field[]): HttpRequest {
  return {
    ...{ method: "GET", target: "/", scheme: "http", fields, body: undefined },
    ...{ peer: { address: "", port: 0 }, whenGone: () => {} },
  };
}

function called(flags: "00" | "01"): HttpRequest {
  return request(["traceparent", `00-${traceId}-00f067aa0ba902b7-${flags}`]);
}

Deno.test("a trace that begins here has the id of its request", () => {
  const id = ids.next();
  assert.deepEqual(tracerOf({ share: 1, followsParent: true })(request(), id), {
    ...{ traceId: id, spanId: id.slice(16), parentSpanId: undefined, isSampled: true },
  });
});

Deno.test("a caller's trace goes on, recorded as the caller says where that is followed", () => {
  const id = ids.next();
  const follows = tracerOf({ share: 0, followsParent: true });
  assert.deepEqual(follows(called("01"), id), {
    ...{ traceId, spanId: id.slice(16), parentSpanId: "00f067aa0ba902b7", isSampled: true },
  });
  assert.equal(tracerOf({ share: 1, followsParent: true })(called("00"), id), undefined);
  assert.equal(tracerOf({ share: 1, followsParent: false })(called("00"), id)?.traceId, traceId);
  assert.equal(tracerOf({ share: 0, followsParent: false })(called("01"), id), undefined);
});

Deno.test("a trace that begins here and is not recorded says so to whom it calls", () => {
  assert.equal(
    tracerOf({ share: 0, followsParent: true })(request(), ids.next())?.isSampled,
    false,
  );
});

Deno.test("a share of all traces is recorded, and a smaller one is part of a larger", () => {
  const counts = [0, 0];
  for (let round = 0; round < 20_000; round++) {
    const id = ids.next();
    const [small, large] = [0.1, 0.5].map((share) =>
      tracerOf({ share, followsParent: false })(request(), id)?.isSampled
    );
    assert.ok(!small || large);
    for (const [index, isSampled] of [small, large].entries()) {
      counts[index] = (counts[index] ?? 0) + (isSampled ? 1 : 0);
    }
  }
  const [small = 0, large = 0] = counts;
  assert.ok(Math.abs(small - 2_000) < 200 && Math.abs(large - 10_000) < 400, `${counts}`);
});

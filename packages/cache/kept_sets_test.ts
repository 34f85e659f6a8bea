import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import { GrowingBody, type KeptBody } from "./body.ts";
import type { Outbound } from "./exchange.ts";
import type { CacheRequest } from "./request.ts";
import { type OriginAnswer, owner, Simulation } from "./testing/simulation.ts";

const fresh: Field = ["cache-control", "max-age=60"];

function get(path = "/", fields: readonly Field[] = [], host = "example.com"): CacheRequest {
  return { method: "GET", scheme: "http", host, path, query: undefined, fields };
}

/** A cache whose origin answers so, one after another. */
function simulationOf(...answers: OriginAnswer[]): Simulation {
  return new Simulation({ origin: () => answers.shift() ?? "down" });
}

function said(body: string, fields: readonly Field[] = [fresh], status = 200): OriginAnswer {
  return { status, fields, body };
}

function outboundOf(simulation: Simulation, request = get()): Outbound {
  const action = simulation.ask(request);
  return action.kind === "forward" ? action.outbound : assert.fail(action.kind);
}

Deno.test("an answer that came before what is kept does not take its place, though it is complete later", () => {
  const simulation = simulationOf();
  const [early, late] = [outboundOf(simulation), outboundOf(simulation)];
  const filled = (outbound: Outbound, atMs: number) => {
    const arrival = simulation.cache.arrive(outbound, { status: 200, fields: [fresh] }, atMs);
    assert.ok(arrival.kind === "pass-on" && arrival.filling !== undefined);
    const body = new GrowingBody(100);
    body.append(encodeUtf8(String(atMs)));
    return { filling: arrival.filling, body: body.finish() };
  };
  const [first, second] = [filled(early, simulation.nowMs), filled(late, simulation.nowMs + 5)];
  const complete = (outbound: Outbound, { filling, body }: typeof first) =>
    simulation.cache.complete(outbound, filling, body, simulation.nowMs + 10);
  assert.equal(complete(late, second), "kept");
  assert.equal(complete(early, first), "dropped");
  simulation.nowMs += 20;
  assert.equal(simulation.request(get()).body, String(simulation.nowMs - 15));
});

Deno.test("what can be of use to nobody any more is as if it were not there", () => {
  const simulation = simulationOf(said("a", [fresh, ["etag", '"a"']]), said("b"));
  simulation.request(get());
  simulation.nowMs += (60 + 24 * 3600 + 1) * 1000;
  assert.deepEqual(outboundOf(simulation).facts, { forward: "uri-miss" });
});

Deno.test("what a 304 has spoken of as of something else is not served where the origin fails (RFC 9111 §4.3.4)", () => {
  const other = said("", [["etag", '"b"']], 304);
  const simulation = simulationOf(
    said("a", [["cache-control", "max-age=1"], ["etag", '"a"']]),
    other,
  );
  simulation.request(get());
  simulation.nowMs += 2_000;
  // The 304, and no answer to what is asked then, with nothing to validate.
  assert.equal(simulation.request(get()).status, 502);
  assert.equal(simulation.request(get()).status, 502);
});

Deno.test("nobody waits for an answer of which it is known that it cannot be kept, for a while", () => {
  const simulation = simulationOf(said("a", [["cache-control", "private"]]));
  assert.ok(outboundOf(simulation).isShared);
  simulation.request(get());
  assert.ok(!outboundOf(simulation).isShared);
  simulation.nowMs += 121_000;
  assert.ok(outboundOf(simulation).isShared);
});

Deno.test("several parts in one say nothing of the next answer, which is waited for", () => {
  const parts: Field = ["content-type", "multipart/byteranges; boundary=x"];
  const simulation = simulationOf(said("x", [fresh, parts], 206));
  simulation.request(get("/", [["range", "bytes=0-1,3-4"]]));
  assert.ok(outboundOf(simulation).isShared);
});

Deno.test("nobody waits for what is asked for by one who wants nothing kept, nor for a part", () => {
  const tag: Field = ["etag", '"a"'];
  const part = said(
    "01",
    [["cache-control", "max-age=1"], tag, ["content-range", "bytes 0-1/9"]],
    206,
  );
  const simulation = simulationOf(part);
  assert.ok(!outboundOf(simulation, get("/", [["cache-control", "no-store"]])).isShared);
  const range: Field = ["range", "bytes=0-1"];
  simulation.request(get("/", [range]));
  simulation.nowMs += 2_000;
  const again = outboundOf(simulation, get("/", [range]));
  assert.ok(again.isValidation && !again.isShared);
});

Deno.test("parts that were purged softly make no others stale", () => {
  const part = (place: string, body: string) =>
    said(body, [fresh, ["etag", '"a"'], ["content-range", place]], 206);
  const simulation = simulationOf(part("bytes 0-1/4", "01"), part("bytes 2-3/4", "23"));
  simulation.request(get("/", [["range", "bytes=0-1"]]));
  simulation.cache.purge([{ kind: "service", owner }], "soft", simulation.nowMs);
  const range: Field = ["range", "bytes=2-3"];
  simulation.request(get("/", [range]));
  assert.equal(simulation.ask(get("/", [range])).kind, "reply");
});

Deno.test("nobody makes another host's responses invalid (RFC 9111 §4.4)", () => {
  const location: Field = ["location", "http://other.example/"];
  const simulation = simulationOf(said("other"), said("", [location], 201));
  simulation.request(get("/", [], "other.example"));
  simulation.request({ ...get(), method: "POST" });
  assert.equal(simulation.request(get("/", [], "other.example")).body, "other");
});

Deno.test("parts that are not in memory, or lack bytes, stay as they are", () => {
  const simulation = simulationOf();
  const range: Field = ["range", "bytes=0-1"];
  const part = (place: string) => {
    const outbound = outboundOf(simulation, get("/", [["range", "bytes=7-7"]]));
    const fields: Field[] = [fresh, ["etag", '"a"'], ["content-range", place]];
    const arrival = simulation.cache.arrive(outbound, { status: 206, fields }, simulation.nowMs);
    assert.ok(arrival.kind === "pass-on" && arrival.filling !== undefined);
    return { outbound, filling: arrival.filling };
  };
  const keep = ({ outbound, filling }: ReturnType<typeof part>, body: KeptBody) =>
    simulation.cache.complete(outbound, filling, body, simulation.nowMs);
  const inMemory = new GrowingBody(10);
  inMemory.append(encodeUtf8("01"));
  const elsewhere: KeptBody = {
    bytes: 2,
    slices: () => [],
    read: () => assert.fail("it is not read"),
  };
  keep(part("bytes 0-1/6"), inMemory.finish());
  keep(part("bytes 2-3/6"), elsewhere);
  keep(part("bytes 4-5/6"), { bytes: 2, slices: () => [] });
  assert.equal(simulation.request(get("/", [range])).body, "01");
  assert.equal(simulation.ask(get()).kind, "forward");
});

import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import * as fc from "fast-check";
import { GrowingBody } from "./body.ts";
import { Replies } from "./replies.ts";
import { replyOf } from "./reply.ts";
import type { CacheRequest } from "./request.ts";
import { keptResponse } from "./serving/kept_response.ts";
import { KeptResponses } from "./serving/kept_responses.ts";
import type { StoredResponse } from "./stored_response.ts";
import { numberedSet } from "./testing/numbered_sets.ts";

const newBoundary = () => "boundary";

function request(method: string, fields: readonly Field[]): CacheRequest {
  return { method, scheme: "http", host: "a.example", path: "/", query: undefined, fields };
}

function storedAt(responseMs: number, fields: readonly Field[]): StoredResponse {
  const [variant] = numberedSet(responseMs, "", 5).variants;
  assert.ok(variant !== undefined);
  const validators = { ...variant.stored.validators, etag: { isWeak: false, opaque: '"a"' } };
  return { ...variant.stored, responseMs, fields, served: fields, validators };
}

Deno.test("an answer is the one that would be made anew, whatever was answered before", () => {
  const fields: readonly (readonly Field[])[] = [
    ...[[], [["accept", "*/*"]], [["range", "bytes=0-1"]], [["if-none-match", '"a"']]] as const,
    ...[[["Range", "bytes=9-"]], [["cache-control", "max-age=0"]]] as const,
  ];
  const asked = fc.record({
    stored: fc.constantFrom(
      ...[storedAt(1_000, [["date", "x"]]), storedAt(1_000, [["date", "y"]]), storedAt(1_256, [])],
    ),
    method: fc.constantFrom("GET", "GET", "GET", "HEAD"),
    fields: fc.constantFrom(...fields),
    bodyBytes: fc.constantFrom(5, 6),
    passedMs: fc.constantFrom(0, 1, 1_000, 1_001),
  });
  fc.assert(fc.property(fc.array(asked, { maxLength: 40 }), (all) => {
    const replies = new Replies();
    const responses = new KeptResponses();
    const bodies = [5, 6].map((bytes) => {
      const body = new GrowingBody(10);
      body.append(new Uint8Array(bytes));
      return body.finish();
    });
    let nowMs = 2_000;
    for (const { stored, method, fields, bodyBytes, passedMs } of all) {
      nowMs += passedMs;
      const made = replyOf(request(method, fields), stored, bodyBytes, nowMs, newBoundary);
      const reply = replies.of(request(method, fields), stored, bodyBytes, nowMs, newBoundary);
      assert.deepEqual(reply, made);
      const body = bodies[bodyBytes - 5];
      assert.ok(body !== undefined);
      if (reply.body.kind === "multipart") continue;
      for (const facts of [{ ttl: nowMs }, { ttl: 1 }, { ttl: 1, detail: "max-stale" }]) {
        const response = responses.of(reply, body, facts);
        assert.deepEqual(response, keptResponse(made, body, facts));
      }
    }
  }));
});

Deno.test("who asks for the same within a second is given the same object, which nobody can change", () => {
  const replies = new Replies();
  const stored = storedAt(1_000, [["date", "x"]]);
  const at = (nowMs: number) => replies.of(request("GET", []), stored, 5, nowMs, newBoundary);
  at(2_000);
  const again = at(2_001);
  assert.equal(at(2_999), again);
  assert.notEqual(at(3_000), again);
  assert.ok(Object.isFrozen(again) && again.fields.every((field) => Object.isFrozen(field)));
});

import assert from "node:assert/strict";
import { assert as assertProperty, property, string } from "fast-check";
import { parseEvent, parseMissed } from "./event_schema.ts";
import { renderEvent } from "./render_event.ts";
import { requestEvent } from "./testing/events.ts";

Deno.test("a request is a line, and its failure more of them", () => {
  assert.equal(
    renderEvent(requestEvent()),
    "03:04:05.678 01234567 200 GET shop.example/api  shop/api v3  " +
      "returned in 1.5 ms (cpu 0.5 ms, 128 KiB, 7 host calls)  100 B sent",
  );
  const { leaseMs: _, cpuMs: __, memoryBytes: ___, hostCalls: ____, ...bare } = requestEvent();
  assert.equal(
    renderEvent({
      ...bare,
      ...{ service: undefined, version: undefined, status: 500, outcome: "trapped" },
      ...{ error: "the program trapped: unreachable", backtrace: ["main+0x10", "_start+0x2"] },
    }),
    "03:04:05.678 01234567 500 GET shop.example/api  -  trapped in 1.5 ms  100 B sent\n" +
      "    the program trapped: unreachable\n      at main+0x10\n      at _start+0x2",
  );
});

Deno.test("a guest's line and a refusal are lines too", () => {
  const { time, id } = requestEvent();
  assert.equal(
    renderEvent({ type: "guest", time, id, service: "shop/api", line: "hello" }),
    "03:04:05.678 01234567 shop/api | hello",
  );
  const refused = { type: "refused" as const, time, status: 431, why: "too large", remote: "::1" };
  assert.equal(renderEvent(refused), "03:04:05.678 -------- 431 refused ::1: too large");
  assert.match(renderEvent({ ...refused, unlogged: 7 }), /: too large \(and 7 more before\)$/);
});

Deno.test("whatever is in an event, a terminal obeys nothing and a line stays one", () => {
  assertProperty(property(string({ unit: "binary" }), (text) => {
    const hostile = `${text}\x1b[2J\r\n\u202e`;
    const fields = { time: hostile, id: hostile, service: hostile };
    const request = requestEvent({
      ...fields,
      ...{ method: hostile, host: hostile, path: hostile, error: hostile, backtrace: [hostile] },
    });
    const others = [
      { type: "guest" as const, ...fields, line: hostile },
      { type: "refused" as const, time: hostile, status: 400, why: hostile, remote: hostile },
    ];
    for (const [event, lines] of [[request, 3], [others[0], 1], [others[1], 1]] as const) {
      const shown = renderEvent(event ?? assert.fail());
      assert.match(shown, /^[^\p{Cc}\p{Cf}\u2028\u2029]*(\n[^\p{Cc}\p{Cf}\u2028\u2029]*)*$/u);
      assert.equal(shown.split("\n").length, lines);
    }
  }));
});

Deno.test("an event is read as it was written, and what is none is not", () => {
  const { time, id } = requestEvent();
  const events = [
    requestEvent({ error: "no", backtrace: ["a"], trace: "0", headMs: 1 }),
    { type: "guest", time, id, service: "a/b", line: "" },
    { type: "refused", time, status: 400, why: "", remote: "", unlogged: 3 },
  ];
  for (const event of events) {
    const read = parseEvent(JSON.parse(JSON.stringify({ ...event, cell: 1, thread: 2 })));
    assert.ok(read.ok);
    assert.deepEqual(read.value, event);
  }
  for (const other of [undefined, 1, {}, { type: "x" }, { type: "guest" }, [requestEvent()]]) {
    assert.ok(!parseEvent(other).ok);
  }
  assert.deepEqual([{ type: "missed", events: 7 }, requestEvent()].map(parseMissed), [
    7,
    undefined,
  ]);
  const read = parseEvent({ ...requestEvent(), status: "200" });
  assert.ok(!read.ok && read.error.startsWith("status: "), JSON.stringify(read));
});

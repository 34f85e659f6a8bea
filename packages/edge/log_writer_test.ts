import assert from "node:assert/strict";
import {
  type Arbitrary,
  array,
  assert as assertProperty,
  constant,
  constantFrom,
  double,
  nat,
  oneof,
  option as optional,
  property,
  record,
  string,
} from "fast-check";
import { decodeUtf8 } from "@skerry/base";
import type { LogEvent, RequestEvent } from "./log.ts";
import { LogWriter, type RequestsLogged } from "./log_writer.ts";

function lineEvent(line: string): LogEvent {
  return { type: "guest", time: "", id: "", service: "", line };
}

/** Undefined, or what the other gives. */
function option<Value>(values: Arbitrary<Value>): Arbitrary<Value | undefined> {
  return optional(values, { nil: undefined });
}

/** A writer, what it has written, and its turns of the event loop. */
function writerOf(
  write?: (bytes: Uint8Array) => void,
  writeBytesMax?: number,
  fields?: Readonly<Record<string, string | number>>,
  requests?: RequestsLogged,
) {
  const written: string[] = [];
  const turns: (() => void)[] = [];
  const lost: unknown[] = [];
  const writer = new LogWriter({
    sink: { write: write ?? ((bytes) => void written.push(decodeUtf8(bytes))) },
    turn: (callback) => turns.push(callback),
    ...(writeBytesMax !== undefined && { writeBytesMax }),
    ...(fields !== undefined && { fields }),
    ...(requests !== undefined && { requests }),
    onLost: (error) => lost.push(error),
  });
  const say = (...lines: string[]) => {
    for (const line of lines) writer.write(lineEvent(line));
  };
  return { writer, say, written, turns, lost };
}

Deno.test("the events of a turn are written together, in their order, a line each", () => {
  const { say, written, turns } = writerOf();
  say("one", "two");
  assert.deepEqual([written, turns.length], [[], 1]);
  turns.shift()?.();
  say("three");
  turns.shift()?.();
  assert.equal(written.length, 2);
  const lines = written.join("").trimEnd().split("\n").map((line) => JSON.parse(line).line);
  assert.deepEqual(lines, ["one", "two", "three"]);
});

Deno.test("lines that are many do not wait for the turn to end", () => {
  const { say, written } = writerOf();
  say(...Array.from({ length: 100 }, () => "x".repeat(1000)));
  assert.ok(written.join("").length > 30_000);
  for (const piece of written) assert.ok(piece.length < 70_000);
});

Deno.test("no write has more than its bound but a line that is longer, and all lines are whole", () => {
  assertProperty(property(array(string({ unit: "binary", maxLength: 80 })), (texts) => {
    const { say, written, turns } = writerOf(undefined, 150);
    say(...texts);
    for (const turn of turns) turn();
    for (const piece of written) {
      assert.ok(piece.endsWith("\n"));
      const isLine = piece.indexOf("\n") === piece.length - 1;
      assert.ok(isLine || new TextEncoder().encode(piece).length <= 150);
    }
    const lines = written.join("").split("\n").slice(0, -1).map((line) => JSON.parse(line).line);
    assert.deepEqual(lines, texts.map((text) => text.toWellFormed()));
  }));
});

Deno.test("what waits is written when the server stops, and only once", () => {
  const { writer, say, written, turns } = writerOf();
  say("last");
  writer.flush();
  turns.shift()?.();
  assert.equal(written.length, 1);
});

Deno.test("a log that cannot be written is told of once, and takes what comes", () => {
  const { writer, say, lost } = writerOf(() => {
    throw new Error("no space");
  });
  for (const line of ["one", "two", "three"]) {
    say(line);
    writer.flush();
  }
  assert.equal(lost.length, 1);
});

Deno.test("a request's line is the JSON of its event, whatever is in it", () => {
  const text = oneof(string(), string({ unit: "binary" }), constantFrom("a\\b", 'a"b', "a\x7fb"));
  const count = oneof(nat(), double({ min: 0, max: 1e9, noNaN: true }).map((ms) => Math.abs(ms)));
  const hex = constantFrom("4bf92f3577b34da6", "0123");
  const event = record({
    ...{ type: constant("request" as const), time: constant("1970-01-01T00:00:00.000Z") },
    ...{ id: constant("0123"), method: text, host: text, path: text, remote: text },
    ...{ status: nat(), outcome: constantFrom("returned", "hung up") },
    ...{ service: option(text), error: option(text), backtrace: option(array(text)) },
    ...{ requestBytes: count, responseBytes: count, leaseMs: option(count), runMs: option(count) },
    ...{ cpuMs: option(count), memoryBytes: option(count), fuel: option(count), totalMs: count },
    ...{ trace: option(hex), span: option(hex), parentSpan: option(hex) },
    ...{ hostCalls: option(count), loadMs: option(count), headMs: option(count) },
  });
  const { writer, written } = writerOf();
  assertProperty(property(event, (event) => {
    writer.write(event as RequestEvent);
    writer.flush();
    assert.deepEqual(JSON.parse(written.at(-1) ?? ""), JSON.parse(JSON.stringify(event)));
  }));
});

Deno.test("fields of the writer's own stand at the end of every line, whatever its event is", () => {
  const fields = { cell: 1, thread: 0, node: 'a"\u202e' };
  const { writer, say, written } = writerOf(undefined, undefined, fields);
  say("one");
  const refused: LogEvent = { type: "refused", time: "", status: 400, why: "", remote: "" };
  writer.write(refused);
  writer.write(request);
  writer.flush();
  const lines = written.join("").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    lines,
    [lineEvent("one"), refused, request].map((line) => ({ ...line, ...fields })),
  );
  assert.ok(!written.join("").includes("\u202e"));
});

const request: RequestEvent = {
  ...{ type: "request", time: "", id: "", method: "GET", host: "", path: "/", remote: "" },
  ...{ status: 200, outcome: "returned", requestBytes: 0, responseBytes: 0, totalMs: 1.5 },
};

Deno.test("of failures alone there is a line where a request was answered by one, or told of one", () => {
  const { writer, say, written } = writerOf(undefined, undefined, undefined, "failures");
  const well = [200, 304, 404, 499].map((status) => ({ ...request, status }));
  const badly: readonly RequestEvent[] = [
    ...[500, 503].map((status) => ({ ...request, status })),
    { ...request, error: "cut off" },
    { ...request, status: 404, outcome: "unrouted", error: "no service has this path" },
  ];
  for (const event of [...well, ...badly]) writer.write(event);
  say("guests are heard");
  writer.flush();
  const lines = written.join("").trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines, [...badly, lineEvent("guests are heard")]);
});

Deno.test("a line holds nothing that a terminal obeys", () => {
  const { writer, say, written } = writerOf();
  say("\x1b[2J\x7f\x9b\u202e\u2028é\n");
  writer.flush();
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert.match(written.join(""), /^[^\x00-\x1f\x7f-\x9f\u202e\u2028]*é[^\x00-\x1f]*\n$/);
});

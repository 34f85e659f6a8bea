import assert from "node:assert/strict";
import { decodeUtf8 } from "@skerry/base";
import type { GuestLineEvent, RequestEvent } from "@skerry/edge";
import { TerminalLog } from "./terminal_log.ts";

const request: RequestEvent = {
  type: "request",
  time: "2026-01-01T00:00:00.000Z",
  id: "r1",
  service: "island",
  method: "GET",
  host: "127.0.0.1",
  path: "/x",
  remote: "127.0.0.1",
  status: 200,
  outcome: "returned",
  requestBytes: 0,
  responseBytes: 5,
  totalMs: 1.25,
  cpuMs: 0.4,
  memoryBytes: 131_072,
};

const said = (id: string, line: string): GuestLineEvent => ({
  type: "guest",
  time: request.time,
  id,
  service: "island",
  line,
});

/** A log whose text is at hand, and whose timers go off when a test says so. */
function logged({ colours = false }: { colours?: boolean } = {}) {
  let text = "";
  const timers = new Set<() => void>();
  const log = new TerminalLog({
    sink: { write: (bytes) => void (text += decodeUtf8(bytes)) },
    turn: () => {},
    later: (_ms, act) => {
      timers.add(act);
      return () => timers.delete(act);
    },
    colours,
    onLost: (error) => assert.fail(String(error)),
  });
  const taken = () => {
    log.flush();
    const found = text;
    text = "";
    return found;
  };
  return { log, taken, timers };
}

Deno.test("a request is one line, its guest's lines are beneath it, and each request has its own", () => {
  const { log, taken, timers } = logged();
  log.write(said("r1", "one"));
  log.write(said("r2", "other"));
  log.write(said("r1", "\ttwo"));
  assert.equal(taken(), "");
  log.write(request);
  assert.equal(taken(), "GET /x 200 1.3 ms, CPU 400 µs, 128 KiB\n  | one\n  |     two\n");
  log.write({ ...request, id: "r2", totalMs: 12.5, cpuMs: undefined, memoryBytes: undefined });
  assert.equal(taken(), "GET /x 200 13 ms\n  | other\n");
  assert.equal(timers.size, 0);
});

Deno.test("lines of a request that takes long are printed before it ends, and once", () => {
  const { log, taken, timers } = logged();
  log.write(said("r1", "one"));
  for (const act of timers) act();
  assert.equal(taken(), "island: request r1 is under way\n  | one\n");
  log.write(said("r1", "two"));
  log.write(request);
  assert.equal(taken(), "GET /x 200 1.3 ms, CPU 400 µs, 128 KiB\n  | two\n");
});

Deno.test("lines of many requests that do not end are held only up to a bound", () => {
  const { log, taken } = logged();
  for (let count = 0; count < 10_000; count += 1) log.write(said(`r${count}`, "x"));
  assert.equal(taken(), "");
  log.write(said("last", "x"));
  assert.equal(taken().split("\n").length, 2 * 10_001 + 1);
});

Deno.test("a failure has its sentence and every frame, and colours only where they are wanted", () => {
  const backtrace = Array.from({ length: 40 }, (_, depth) => `f${depth}+0x${depth.toString(16)}`);
  const failure: RequestEvent = {
    ...request,
    status: 500,
    outcome: "trapped",
    error: "the program trapped",
    backtrace,
  };
  const plain = logged();
  plain.log.write(failure);
  const lines = plain.taken().trimEnd().split("\n");
  assert.equal(lines[0], "GET /x 500 1.3 ms, CPU 400 µs, 128 KiB");
  assert.equal(lines[1], "  trapped: the program trapped (request r1)");
  assert.deepEqual(
    lines.slice(2),
    backtrace.map((frame, depth) => `  ${String(depth).padStart(3)}: ${frame}`),
  );
  const coloured = logged({ colours: true });
  coloured.log.write(failure);
  const text = coloured.taken();
  assert.ok(text.includes("\x1b[31m500\x1b[0m"));
  // deno-lint-ignore no-control-regex -- that is what is looked for
  assert.deepEqual(text.replace(/\x1b\[\d+m/g, "").trimEnd().split("\n"), lines);
});

Deno.test("nothing that a guest or a client made is obeyed by a terminal", () => {
  const { log, taken } = logged();
  const evil = "a\x1b[2J\rb\u202ec\nd";
  log.write(said("r1", evil));
  const frame = `${evil}+0x1`;
  log.write({ ...request, method: evil, path: evil, status: 500, error: evil, backtrace: [frame] });
  log.write({ type: "refused", time: request.time, status: 400, why: evil, remote: "::1" });
  const text = taken();
  assert.equal(text.split("\n").length, 6);
  // deno-lint-ignore no-control-regex -- that is what must not be there
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\u202e]/);
  assert.match(text, /400 no request: a\\u\{1b\}/);
});

Deno.test("a log that cannot be written says so once, and costs nothing else", () => {
  let lost = 0;
  const log = new TerminalLog({
    sink: {
      write: () => {
        throw new Error("closed");
      },
    },
    turn: (act) => act(),
    later: () => () => {},
    colours: false,
    onLost: () => lost += 1,
  });
  log.write(request);
  log.flush();
  log.write(request);
  log.flush();
  assert.equal(lost, 1);
});

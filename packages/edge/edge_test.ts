import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { type Clock, concatBytes, decodeUtf8, sourceOf } from "@skerry/base";
import { type Field, fieldValues, type HttpResponse } from "@skerry/http";
import { systemClock, systemRandom } from "@skerry/platform";
import { compile, Pool, type PoolOptions, Tenant } from "@skerry/sandbox";
import { wasiPreview1 } from "@skerry/wasi";
import {
  type Compressor,
  Edge,
  type GuestLineEvent,
  type LogEvent,
  pathRouter,
  type RequestEvent,
  type Service,
} from "./mod.ts";
import { GuestLog } from "./guest_log.ts";

/** A guest whose `_start` is `body`; `$print` writes the string at an address, `$fd_read` reads to 4096. */
async function serviceOf(
  body: string,
  strings: readonly string[] = [],
  wallMsMax = 5000,
): Promise<Service> {
  const data = strings.map((text, index) =>
    `(data (i32.const ${1024 + index * 256}) ${wat(text)})`
  );
  const module = await parse(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2) ${data.join("")}
    (func $write (param $fd i32) (param $at i32) (param $length i32)
      (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
      (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    ;; string i begins at 1024 + 256 i and ends at its first NUL
    (func $say (param $fd i32) (param $string i32) (local $at i32) (local $end i32)
      (local.set $at (i32.add (i32.const 1024) (i32.mul (local.get $string) (i32.const 256))))
      (local.set $end (local.get $at))
      (block $done (loop $next
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1))) (br $next)))
      (call $write (local.get $fd) (local.get $at) (i32.sub (local.get $end) (local.get $at))))
    (func $read (result i32)
      (i32.store (i32.const 16) (i32.const 4096)) (i32.store (i32.const 20) (i32.const 8192))
      (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
      (i32.load (i32.const 24)))
    (func $sleep (param $ms i64)
      (i64.store (i32.const 512) (i64.const 0)) (i64.store (i32.const 520) (i64.const 0))
      (i32.store (i32.const 528) (i32.const 1))
      (i64.store (i32.const 536) (i64.mul (local.get $ms) (i64.const 1000000)))
      (i64.store (i32.const 544) (i64.const 0)) (i64.store (i32.const 552) (i64.const 0))
      (drop (call $poll (i32.const 512) (i32.const 600) (i32.const 1) (i32.const 700))))
    (func (export "_start") (local $n i32) ${body}))`);
  const compiled = await compile(new Uint8Array(module), {
    interfaces: [wasiPreview1 as never],
    memoryBytesMax: 2 ** 20,
    tableElementsMax: 10,
    engineHeap: "refused",
  });
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return {
    name: "test",
    program: compiled.value,
    env: new Map(),
    preopens: () => [],
    wallMsMax,
    cpuMsMax: 5000,
    tenant: new Tenant({ name: "test" }),
  };
}

function wat(text: string): string {
  return `"${
    Array.from(new TextEncoder().encode(text), (byte) => `\\${byte.toString(16).padStart(2, "0")}`)
      .join("")
  }"`;
}

function edgeOf(
  service: Service,
  pool: PoolOptions = { sandboxesMax: 10, queueMax: 0 },
  compressor?: Compressor,
) {
  const events: LogEvent[] = [];
  const edge = new Edge({
    router: pathRouter([{ prefix: "/app", target: service }]),
    pool: new Pool(pool),
    clock: systemClock,
    random: systemRandom,
    log: (event) => events.push(event),
    software: "Skerry/test",
    compressor,
    index: () => "<h1>Index</h1>",
  });
  const send = (target: string, { method = "GET", body, fields = [], signal }: Sent = {}) =>
    edge.handle({
      method,
      target,
      scheme: "http",
      fields: [["Host", "a.example"], ...fields],
      body: body === undefined ? undefined : sourceOf(body),
      peer: { address: "192.0.2.7", port: 4711 },
      whenGone: (act) => signal?.addEventListener("abort", act),
    });
  const requestEvent = () =>
    events.findLast((event): event is RequestEvent => event.type === "request");
  return { send, events, requestEvent };
}

interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly fields?: readonly Field[];
  readonly signal?: AbortSignal;
}

/** All of a body, or how it was cut off. */
async function textOf({ body }: HttpResponse): Promise<string> {
  if (body === undefined || body instanceof Uint8Array) return decodeUtf8(body ?? new Uint8Array());
  try {
    return decodeUtf8(concatBytes(await Array.fromAsync(body)));
  } catch (error) {
    return `cut off: ${String(error)}`;
  }
}

function field({ fields }: HttpResponse, name: string): string | undefined {
  return fieldValues(fields, name)[0];
}

const ok = "Content-Type: text/plain\n\nhello";

/** Sends one request to a guest; gives status, body and the event. */
async function ask(body: string, strings: string[], sent?: Sent, wallMsMax?: number) {
  const { send, requestEvent, events } = edgeOf(await serviceOf(body, strings, wallMsMax));
  const response = await send("/app/x", sent);
  const text = await textOf(response);
  // A streamed exchange records itself once the guest has ended.
  for (let turn = 0; requestEvent() === undefined && turn < 100; turn += 1) {
    await new Promise((go) => setTimeout(go, 5));
  }
  return { response, text, event: requestEvent(), events };
}

async function checkFailure(
  body: string,
  strings: string[],
  status: number,
  error: RegExp,
  wallMsMax?: number,
) {
  const { response, event } = await ask(body, strings, undefined, wallMsMax);
  assert.equal(response.status, status);
  assert.match(event?.error ?? "", error);
  assert.equal(event?.status, status);
  return event;
}

Deno.test("a guest's output is the response, and the event tells how it went", async () => {
  const { response, text, event } = await ask("(call $say (i32.const 1) (i32.const 0))", [ok]);
  assert.deepEqual([response.status, text, field(response, "content-type")], [
    200,
    "hello",
    "text/plain",
  ]);
  assert.equal(event?.outcome, "returned");
  assert.equal(event?.responseBytes, 5);
  assert.equal(event?.memoryBytes, 2 * 65_536);
  assert.ok((event?.cpuMs ?? -1) >= 0);
  assert.ok((event?.hostCalls ?? 0) >= 1);
  assert.equal(field(response, "x-request-id"), event?.id);
});

Deno.test("INV-9: each way to fail has its status and its line in the log, with a backtrace", async () => {
  const say = "(call $say (i32.const 1) (i32.const 0))";
  const trap = await checkFailure("unreachable", [], 500, /trapped: unreachable/);
  assert.match(trap?.backtrace?.[0] ?? "", /^_start\+0x/);
  await checkFailure(`${say} unreachable`, [ok], 500, /trapped/);
  await checkFailure("(call $exit (i32.const 3))", [], 500, /exited with code 3/);
  await checkFailure("", [], 502, /wrote no response/);
  await checkFailure(
    say,
    ["Content-Type: text/plain"],
    502,
    /empty line after its header is missing/,
  );
  await checkFailure(say, ["hello\n\n"], 502, /header line 1, "hello": there is no colon/);
  await checkFailure(say, ["Status: 204\n\nbody"], 502, /has a body, but no Content-Type/);
  await checkFailure(
    say,
    ["Content-Type: a/b\nContent-Length: 2\n\nbody"],
    502,
    /longer than its Content-Length/,
  );
  await checkFailure(
    say,
    ["Content-Type: a/b\nContent-Length: 9\n\nbody"],
    502,
    /shorter than its Content-Length/,
  );
  await checkFailure("(call $sleep (i64.const 60000))", [], 504, /did not finish in time/, 20);
});

Deno.test("INV-6: a failure after the response has begun breaks the body instead of ending it", async () => {
  const { response, text, event } = await ask(
    "(call $say (i32.const 1) (i32.const 0)) (call $sleep (i64.const 50)) unreachable",
    [ok],
  );
  assert.equal(response.status, 200);
  assert.match(text, /cut off/);
  assert.match(event?.error ?? "", /after its response had begun/);
  assert.equal(event?.outcome, "trapped");
});

Deno.test("a guest that waits sends what it has, and the rest when it goes on", async () => {
  const { send } = edgeOf(
    await serviceOf(
      "(call $say (i32.const 1) (i32.const 0)) (call $sleep (i64.const 20)) (call $say (i32.const 1) (i32.const 1))",
      [ok, " again"],
    ),
  );
  const response = await send("/app");
  assert.ok(response.body !== undefined && !(response.body instanceof Uint8Array));
  const chunks = (await Array.fromAsync(response.body)).map(decodeUtf8);
  assert.deepEqual(chunks, ["hello", " again"]);
});

Deno.test("the request's body is read as it comes, and an echo streams", async () => {
  const echo = `(call $say (i32.const 1) (i32.const 0))
    (block $end (loop $more (br_if $end (i32.eqz (local.tee $n (call $read))))
      (call $write (i32.const 1) (i32.const 4096) (local.get $n)) (br $more)))`;
  const body = "0123456789".repeat(30_000);
  const { text, event } = await ask(echo, ["Content-Type: text/plain\n\n"], {
    method: "POST",
    body,
  });
  assert.equal(text, body);
  assert.deepEqual([event?.requestBytes, event?.responseBytes], [300_000, 300_000]);
});

Deno.test("a client that does not read suspends the guest, and one that hangs up ends it", async () => {
  const flood =
    `(call $say (i32.const 1) (i32.const 0)) (loop $more (call $write (i32.const 1) (i32.const 4096) (i32.const 60000)) (br $more))`;
  const { send, requestEvent } = edgeOf(await serviceOf(flood, ["Content-Type: text/plain\n\n"]));
  const client = new AbortController();
  const response = await send("/app", { signal: client.signal });
  assert.ok(response.body !== undefined && !(response.body instanceof Uint8Array));
  const first = await response.body[Symbol.asyncIterator]().next();
  assert.ok(first.value.length <= 130_000);
  client.abort();
  for (let turn = 0; requestEvent() === undefined && turn < 100; turn += 1) {
    await new Promise((go) => setTimeout(go, 5));
  }
  assert.equal(requestEvent()?.outcome, "hung up");
});

Deno.test("a guest that is ended in the middle of a large write writes no more of it", async () => {
  // One call of 100 buffers of 60,000 bytes each.
  const fill = `(loop $next (i32.store (i32.add (i32.const 8192) (local.get $n)) (i32.const 0))
      (i32.store (i32.add (i32.const 8196) (local.get $n)) (i32.const 60000))
      (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 8))) (i32.const 800))))`;
  const { send, requestEvent } = edgeOf(
    await serviceOf(
      `(call $say (i32.const 1) (i32.const 0)) ${fill}
      (drop (call $fd_write (i32.const 1) (i32.const 8192) (i32.const 100) (i32.const 8)))`,
      ["Content-Type: text/plain\n\n"],
    ),
  );
  const client = new AbortController();
  await send("/app", { signal: client.signal });
  client.abort();
  for (let turn = 0; requestEvent() === undefined && turn < 100; turn += 1) {
    await new Promise((go) => setTimeout(go, 5));
  }
  assert.equal(requestEvent()?.outcome, "hung up");
  assert.ok((requestEvent()?.responseBytes ?? Infinity) <= 200_000);
});

Deno.test("a Content-Length that no body follows never reaches the connection", async () => {
  const { response } = await ask("(call $say (i32.const 1) (i32.const 0))", [
    "Status: 200\nContent-Length: 60\n\n",
  ]);
  assert.equal(response.status, 502);
  const redirect = await ask("(call $say (i32.const 1) (i32.const 0))", ["Location: /x\n\n"]);
  assert.equal(field(redirect.response, "content-length"), "0");
  const waiting = await ask(
    "(call $say (i32.const 1) (i32.const 0)) (call $sleep (i64.const 50))",
    ["Status: 200\nContent-Length: 60\n\n"],
  );
  assert.equal(field(waiting.response, "content-length"), "0");
});

Deno.test("when the host itself fails, the client gets a 500, the log an event, the pool its place", async () => {
  const service = await serviceOf("", []);
  const broken: Service = {
    ...service,
    preopens: () => {
      throw new Error("no more descriptors");
    },
  };
  const { send, requestEvent } = edgeOf(broken, { sandboxesMax: 1, queueMax: 0 });
  for (let request = 0; request < 3; request += 1) assert.equal((await send("/app")).status, 500);
  assert.equal(requestEvent()?.outcome, "hostFault");
  assert.match(requestEvent()?.error ?? "", /no more descriptors/);
});

Deno.test("a service's requests are shown the time that it says, each by a clock of its own", async () => {
  const clocks: Clock[] = [];
  const service: Service = {
    ...await serviceOf("", []),
    clock: { kind: "fixed", startMs: 5 },
    preopens: (clock) => {
      clocks.push(clock);
      return [];
    },
  };
  const { send } = edgeOf(service);
  await send("/app");
  await send("/app");
  assert.deepEqual(clocks.map((clock) => clock.wallNs()), [5_001_000n, 5_001_000n]);
  assert.equal(new Set(clocks).size, 2);
});

Deno.test("stderr is bounded in lines and bytes, and says so once", () => {
  const emitted: string[] = [];
  const log = new GuestLog(
    { lineBytesMax: 10, linesMax: 5, bytesMax: 1000 },
    (line) => emitted.push(line),
  );
  log.write(new TextEncoder().encode("\n".repeat(500)));
  log.write(new TextEncoder().encode("more\n"));
  log.close();
  assert.equal(emitted.length, 6);
  assert.match(emitted.at(-1) ?? "", /the rest is not logged/);
  const long: string[] = [];
  const cut = new GuestLog(
    { lineBytesMax: 4, linesMax: 50, bytesMax: 10 },
    (line) => long.push(line),
  );
  cut.write(new TextEncoder().encode("abcdefgh\nijklmnop"));
  cut.close();
  assert.deepEqual(long, [
    "abcd",
    "efgh",
    "i",
    "(10 bytes or 50 lines: the rest is not logged)",
  ]);
});

Deno.test("stderr goes to the log, a line each, with the request's id", async () => {
  const { events, event } = await ask(
    "(call $say (i32.const 2) (i32.const 1)) (call $say (i32.const 1) (i32.const 0))",
    [ok, "one\ntwo"],
  );
  const lines = events.filter((found): found is GuestLineEvent => found.type === "guest");
  assert.deepEqual(lines.map(({ line, id }) => [line, id]), [["one", event?.id], [
    "two",
    event?.id,
  ]]);
});

Deno.test("HEAD gets the head alone", async () => {
  const { response, text } = await ask("(call $say (i32.const 1) (i32.const 0))", [ok], {
    method: "HEAD",
  });
  assert.deepEqual([response.status, text], [200, ""]);
});

Deno.test("INV-9: a path that no service has is 404, and a prefix ends at a slash", async () => {
  const { send, requestEvent } = edgeOf(
    await serviceOf("(call $say (i32.const 1) (i32.const 0))", [ok]),
  );
  assert.equal((await send("/other")).status, 404);
  assert.equal((await send("/apple")).status, 404);
  assert.equal(requestEvent()?.outcome, "unrouted");
  assert.equal((await send("/app")).status, 200);
});

Deno.test("the index answers `/` to GET and HEAD, and nothing else", async () => {
  const { send, requestEvent } = edgeOf(await serviceOf("", []));
  assert.equal(await textOf(await send("/")), "<h1>Index</h1>");
  assert.deepEqual([requestEvent()?.outcome, requestEvent()?.status], ["index", 200]);
  assert.equal(await textOf(await send("/", { method: "HEAD" })), "");
  assert.equal((await send("/", { method: "POST" })).status, 404);
});

Deno.test("when every sandbox is in use, the next request is told to come again", async () => {
  const { send } = edgeOf(
    await serviceOf("(call $sleep (i64.const 50)) (call $say (i32.const 1) (i32.const 0))", [ok]),
    { sandboxesMax: 1, queueMax: 0 },
  );
  const [first, second] = await Promise.all([send("/app"), send("/app")]);
  assert.deepEqual([first.status, second.status], [200, 503]);
  assert.equal(field(second, "retry-after"), "1");
  await Promise.all([textOf(first), textOf(second)]);
});

Deno.test("a guest cannot set connection fields or the request's id", async () => {
  const { response, event } = await ask("(call $say (i32.const 1) (i32.const 0))", [
    "Content-Type: text/plain\nConnection: close\nTransfer-Encoding: chunked\nX-Request-Id: forged\n\nhello",
  ]);
  assert.equal(field(response, "connection"), undefined);
  assert.equal(field(response, "x-request-id"), event?.id);
});

Deno.test("a body beyond the bound is 413", async () => {
  const { response } = await ask("(drop (call $read))", [], {
    method: "POST",
    body: "x",
    fields: [["content-length", String(2 ** 40)]],
  });
  assert.equal(response.status, 413);
});

Deno.test("a service that asks for it has its responses coded, whole and streamed, and what is short as it is", async () => {
  const head = "Content-Type: text/plain\n\n";
  const long = "edge ".repeat(48);
  const service = await serviceOf(
    `(call $say (i32.const 1) (i32.const 0)) (call $say (i32.const 1) (i32.const 1))
     (call $say (i32.const 1) (i32.const 1))`,
    [head, long],
  );
  const coded: string[] = [];
  const compressor: Compressor = {
    whole: (coding, bytes) => {
      coded.push(`${coding} ${bytes.length}`);
      return Promise.resolve(new Uint8Array(3));
    },
    pieces: (_coding, body) => body,
  };
  const { send } = edgeOf({ ...service, compresses: true }, undefined, compressor);
  const response = await send("/app", { fields: [["Accept-Encoding", "gzip"]] });
  assert.deepEqual(coded, ["gzip 480"]);
  assert.deepEqual(fieldValues(response.fields, "content-encoding"), ["gzip"]);
  assert.deepEqual(fieldValues(response.fields, "content-length"), ["3"]);
  assert.deepEqual(fieldValues(response.fields, "vary"), ["accept-encoding"]);
  const plain = await send("/app");
  assert.deepEqual(fieldValues(plain.fields, "content-encoding"), []);
  assert.deepEqual(fieldValues(plain.fields, "content-length"), ["480"]);
  assert.deepEqual(fieldValues(plain.fields, "vary"), ["accept-encoding"]);
  const failing = { ...compressor, whole: () => Promise.reject(new Error("no memory")) };
  const { send: again } = edgeOf({ ...service, compresses: true }, undefined, failing);
  const uncoded = await again("/app", { fields: [["accept-encoding", "br"]] });
  assert.equal(await textOf(uncoded), long + long);
});

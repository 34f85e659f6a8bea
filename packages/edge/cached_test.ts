import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import {
  CacheServer,
  defaultCacheSettings,
  HttpCache,
  Purges,
  S3Fifo,
  SharedStore,
} from "@skerry/cache";
import type { KeptSet } from "@skerry/cache";
import {
  type Field,
  fieldValue,
  fieldValues,
  type HttpRequest,
  type HttpResponse,
} from "@skerry/http";
import { systemClock, systemRandom } from "@skerry/platform";
import { compile, Pool, Tenant } from "@skerry/sandbox";
import { wasiPreview1 } from "@skerry/wasi";
import { Edge, type ForwardRouted, type RequestEvent, type Routed, type Service } from "./mod.ts";

/** An edge with a cache in front of a backend that answers as a test says. */
class CachedEdge {
  readonly events: RequestEvent[] = [];
  readonly asked: HttpRequest[] = [];
  answer: (request: HttpRequest) => HttpResponse | "down" = () => "down";
  routed: Partial<ForwardRouted> = {};
  /** Answers in the backend's place. */
  program: Service | undefined;
  readonly #edge: Edge;

  constructor() {
    const store = new SharedStore<KeptSet>({
      ...{ bytesMax: 1e6, valueBytesMax: 1e6, weightOf: () => 1 },
      newPolicy: () => new S3Fifo<KeptSet>(),
    });
    const cache = new HttpCache({ store, purges: new Purges(100), newBoundary: () => "B" });
    this.#edge = new Edge({
      router: { route: () => this.#routed() },
      cache: new CacheServer({ cache, clock: systemClock }),
      ...{ pool: new Pool(), clock: systemClock, random: systemRandom, software: "Skerry/test" },
      log: (event) => void (event.type === "request" && this.events.push(event)),
    });
  }

  /** Asks, and reads all of the answer. */
  async ask(
    more: Partial<HttpRequest> = {},
    host = "a.example",
  ): Promise<HttpResponse & { readonly text: string }> {
    const response = await this.#edge.handle({
      ...{ method: "GET", target: "/", scheme: "http", body: undefined, whenGone: () => {} },
      peer: { address: "192.0.2.7", port: 4711 },
      ...more,
      fields: [["Host", host], ...more.fields ?? []],
    });
    let text = "";
    if (response.body instanceof Uint8Array) text = new TextDecoder().decode(response.body);
    else for await (const piece of response.body ?? []) text += new TextDecoder().decode(piece);
    return { ...response, text };
  }

  get results(): unknown[] {
    return this.events.map(({ outcome, cache }) => `${outcome} ${cache}`);
  }

  #routed(): Routed {
    const cache = { owner: { tenant: "shop", service: "api" }, settings: defaultCacheSettings };
    if (this.program !== undefined) {
      return { kind: "service", service: this.program, prefix: "", cache };
    }
    return {
      ...{ kind: "forward", name: "shop/api" },
      cache,
      forward: (request, _target, onProblem) => {
        this.asked.push(request);
        const answer = this.answer(request);
        if (answer !== "down") return Promise.resolve(answer);
        onProblem("refused");
        return Promise.resolve({ status: 502, fields: [], body: new Uint8Array() });
      },
      ...this.routed,
    };
  }
}

const fresh: Field = ["cache-control", "max-age=60"];

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

Deno.test("INV-9: each request has one event, which tells what the cache had to do with it", async () => {
  const edge = new CachedEdge();
  edge.answer = () => ({ status: 200, fields: [fresh], body: pieces("ke", "pt") });
  const texts = [(await edge.ask()).text, (await edge.ask()).text];
  assert.deepEqual(texts, ["kept", "kept"]);
  await edge.ask({ method: "POST" });
  edge.answer = () => "down";
  await edge.ask();
  assert.deepEqual(edge.results, [
    "forwarded miss",
    "cached hit",
    "forwarded pass",
    "forwarded failed",
  ]);
  assert.deepEqual(edge.events.map(({ responseBytes }) => responseBytes), [4, 4, 4, 0]);
  assert.deepEqual(edge.events.map(({ error }) => error), [
    undefined,
    undefined,
    undefined,
    "refused",
  ]);
});

Deno.test("INV-17: what is of one request alone is kept for no other", async () => {
  const edge = new CachedEdge();
  edge.routed = { fields: [["set-cookie", "version=1"]] };
  edge.answer = () => ({
    status: 200,
    fields: [fresh, ["x-request-id", "the backend's"]],
    body: pieces("kept"),
  });
  const first = await edge.ask();
  edge.routed = { fields: [["set-cookie", "version=2"]] };
  const second = await edge.ask();
  assert.deepEqual(fieldValues(second.fields, "set-cookie"), ["version=2"]);
  const ids = [first, second].map(({ fields }) => fieldValues(fields, "x-request-id"));
  assert.deepEqual(ids.map((values) => values.length), [1, 1]);
  assert.notDeepEqual(ids[0], ids[1]);
});

Deno.test("what a refresh asks for has an event of its own, after the answer that it was not waited for", async () => {
  const edge = new CachedEdge();
  const fields: Field[] = [["cache-control", "max-age=0, stale-while-revalidate=60"]];
  edge.answer = () => ({ status: 200, fields, body: pieces("old") });
  await edge.ask();
  edge.answer = () => ({ status: 200, fields: [fresh], body: pieces("new") });
  assert.equal((await edge.ask()).text, "old");
  while (edge.events.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(edge.results, ["forwarded miss", "cached stale", "forwarded refresh"]);
  assert.notEqual(edge.events[2]?.id, edge.events[1]?.id);
  assert.equal((await edge.ask()).text, "new");
});

Deno.test("more ahead of an answer and fields after it reach who asked, through the cache", async () => {
  const edge = new CachedEdge();
  const told: number[] = [];
  edge.answer = (request) => {
    request.inform?.(103, []);
    assert.equal(fieldValue(request.fields, "te"), "trailers");
    return {
      status: 200,
      fields: [fresh],
      body: pieces("kept"),
      trailers: () => [["checksum", "1"]],
    };
  };
  const fields: Field[] = [["te", "trailers"], ["connection", "te"]];
  const first = await edge.ask({ fields, inform: (status) => void told.push(status) });
  assert.deepEqual(first.trailers?.(), [["checksum", "1"]]);
  assert.deepEqual(told, [103]);
  assert.equal(first.text, "kept");
});

Deno.test("what becomes another protocol passes no cache", async () => {
  const edge = new CachedEdge();
  edge.answer = () => ({ status: 101, fields: [], body: undefined, takeOver: () => {} });
  const response = await edge.ask({
    fields: [["connection", "upgrade"], ["upgrade", "websocket"]],
  });
  assert.ok(response.takeOver !== undefined);
  assert.equal(fieldValue(response.fields, "cache-status"), undefined);
  assert.deepEqual(edge.results, ["forwarded undefined"]);
});

Deno.test("a GET with a body is answered by nothing that is kept, and nothing of it is", async () => {
  const edge = new CachedEdge();
  edge.answer = () => ({ status: 200, fields: [fresh], body: pieces("of the body") });
  const body = { read: () => new Uint8Array() };
  await edge.ask({ body });
  await edge.ask({ body });
  await edge.ask();
  assert.deepEqual(edge.results, ["forwarded pass", "forwarded pass", "forwarded miss"]);
});

Deno.test("two ways of writing one resource are one, and two hosts, ports or schemes are not", async () => {
  const edge = new CachedEdge();
  edge.answer = () => ({ status: 200, fields: [fresh], body: pieces("kept") });
  const check = async (expected: string, target: string, more = {}, host?: string) => {
    await edge.ask({ target, ...more }, host);
    assert.equal(edge.events.at(-1)?.cache, expected, target);
  };
  await check("miss", "/a/b");
  await check("hit", "/a/./b");
  await check("hit", "http://a.example/a/b");
  await check("hit", "/a/b?");
  await check("hit", "/a/b", {}, "A.Example:80");
  await check("miss", "/a/b?x");
  await check("miss", "/a/b", { scheme: "https" });
  await check("miss", "/a/b", {}, "a.example:8080");
  await check("miss", "/a/b", {}, "b.example");
});

/** A program that answers with its environment, which may be kept. */
async function environmentShown(): Promise<Service> {
  const head = "Content-Type: text/plain\\nCache-Control: max-age=60\\n\\n";
  const module = await parse(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
    (memory (export "memory") 2) (data (i32.const 256) "${head}")
    (func (export "_start")
      (drop (call $sizes (i32.const 0) (i32.const 28)))
      (drop (call $get (i32.const 8192) (i32.const 16384)))
      (i32.store (i32.const 16) (i32.const 256)) (i32.store (i32.const 20) (i32.const 52))
      (i32.store (i32.const 24) (i32.const 16384))
      (drop (call $write (i32.const 1) (i32.const 16) (i32.const 2) (i32.const 8)))))`);
  const compiled = await compile(new Uint8Array(module), {
    interfaces: [wasiPreview1 as never],
    ...{ memoryBytesMax: 2 ** 20, tableElementsMax: 10, engineHeap: "refused" },
  });
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return {
    ...{ name: "shop/api", program: compiled.value, env: new Map(), preopens: () => [] },
    ...{ wallMsMax: 5_000, cpuMsMax: 5_000, tenant: new Tenant({ name: "shop" }) },
  };
}

Deno.test("a program whose answers are kept is not shown what its client claims to be", async () => {
  const edge = new CachedEdge();
  edge.program = await environmentShown();
  const fields: Field[] = [
    ...[["X-Forwarded-Host", "evil.test"], ["Forwarded", "host=evil.test"]] as const,
    ["X-Own", "one"],
  ];
  const { text } = await edge.ask({ fields });
  assert.match(text, /HTTP_X_OWN=one/);
  assert.match(text, /SERVER_NAME=a\.example/);
  assert.doesNotMatch(text, /evil|FORWARDED/);
  const again = await edge.ask();
  assert.equal(again.text, text);
});

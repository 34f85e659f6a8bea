/**
 * A storm on a real node: clients of all kinds, changes and purges, at once, through two cells of two threads. Whatever comes,
 * each answer is what its origin said for that path and that client, byte for byte, and nothing older than what was purged before
 * it was asked for. What happens when is chance; the seed is told.
 */

import assert from "node:assert/strict";
import { fieldValue, parseContentRange } from "@skerry/http";
import { program } from "../node/guests.ts";
import { type RunningNode, withRunningNode } from "../node/running_node.ts";
import { askRaw, type RawAnswer } from "./raw_client.ts";
import { representation, StormOrigin } from "./storm_origin.ts";

const paths = Array.from({ length: 8 }, (_, index) => `/${"r".repeat(index + 1)}`);
const lastsMs = 8_000;
const clients = 16;
/** Four of them are a representation: who asks for one after another has asked for all of it. */
const chunkBytes = 17_500;

Deno.test("INV-15: in a storm of requests, changes and purges each answer is its own, byte for byte, and no older than it may be", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = randomOf(seed);
  const origin = new StormOrigin(random);
  try {
    await withRunningNode({ cells: 2, threads: 2 }, async (node) => {
      await node.tenant("acme", { privateBackends: ["127.0.0.0/8"] });
      await node.deploy("acme/storm", await program(), {
        routes: [{ host: "storm.test", prefix: "", backend: "origin" }],
        backends: { origin: { origin: `http://127.0.0.1:${origin.port}` } },
      });
      const storm = new Storm(node, origin, random);
      await storm.rage();
      assert.deepEqual(storm.wrong, [], `seed ${seed}`);
      const { hits, cut, parts, purges, validated } = storm;
      const told = JSON.stringify({ hits, cut, parts, purges, validated, asked: origin.answers });
      // It is no proof of anything if nothing happened.
      assert.ok(hits > 20 && parts > 5 && purges > 5 && validated > 0, told);
    });
  } finally {
    origin.close();
  }
});

class Storm {
  readonly wrong: string[] = [];
  hits = 0;
  cut = 0;
  parts = 0;
  purges = 0;
  validated = 0;
  readonly #node: RunningNode;
  readonly #origin: StormOrigin;
  readonly #random: () => number;
  /** No client that comes now may be given an older version. */
  readonly #floors = new Map<string, number>();
  #endMs = 0;

  constructor(node: RunningNode, origin: StormOrigin, random: () => number) {
    [this.#node, this.#origin, this.#random] = [node, origin, random];
  }

  async rage(): Promise<void> {
    this.#endMs = performance.now() + lastsMs;
    const all = Array.from({ length: clients }, () => this.#until(() => this.#ask()));
    await Promise.all([...all, this.#until(() => this.#purge()), this.#until(() => this.#post())]);
  }

  async #until(act: () => Promise<void>): Promise<void> {
    while (performance.now() < this.#endMs) await act();
  }

  async #ask(): Promise<void> {
    const path = this.#one(paths);
    const foo = this.#one(["a", "b"]);
    const method = this.#random() < 0.1 ? "HEAD" : "GET";
    const floor = this.#floors.get(path) ?? 0;
    const first = Math.floor(this.#random() * 4) * chunkBytes;
    // Some paths are mostly asked for in parts, so that parts are all that is kept of them.
    const kind = this.#random() * (path.length % 4 === 2 ? 0.35 : 1);
    const asked = kind < 0.3
      ? [["Range", `bytes=${first}-${first + chunkBytes - 1}`] as const]
      : kind < 0.4
      ? [["If-None-Match", `"${path}-${this.#origin.version(path)}-${foo}"`] as const]
      : kind < 0.45
      ? [["Cache-Control", "no-cache"] as const]
      : [];
    const answer = await askRaw(this.#node.port, method, path, [
      ["Host", "storm.test"],
      ["Foo", foo],
      ...asked,
    ]);
    const why = this.#judge(answer, path, foo, method, floor);
    if (why !== undefined) {
      const status = fieldValue(answer.fields, "cache-status");
      this.wrong.push(`${method} ${path} ${asked} ${answer.status} ${status}: ${why}`);
    }
  }

  /** Why an answer is none that may be given. */
  #judge(
    { status, fields, body }: RawAnswer,
    path: string,
    foo: string,
    method: string,
    floor: number,
  ): string | undefined {
    if (status === 416 || status >= 500) return undefined;
    const told = fieldValue(fields, "cache-status") ?? "";
    if (/; hit/.test(told)) this.hits += 1;
    if (/fwd-status=304/.test(told)) this.validated += 1;
    const version = Number(fieldValue(fields, "x-version"));
    if (!(version >= floor)) return `version ${version} after ${floor} was purged`;
    if (fieldValue(fields, "etag") !== `"${path}-${version}-${foo}"`) return "another's tag";
    const whole = representation(path, version, foo);
    if (status === 304 || method === "HEAD") return body === "" ? undefined : "a body";
    const range = parseContentRange(fieldValue(fields, "content-range") ?? "");
    if (status === 206 && range?.complete !== whole.length) return "another length";
    if (status === 206) this.parts += 1;
    const wanted = range === undefined ? whole : whole.slice(range.first, range.last + 1);
    const length = Number(fieldValue(fields, "content-length") ?? wanted.length);
    if (length !== wanted.length) return `told ${length} of ${wanted.length} bytes`;
    // What breaks off at its origin breaks off at its client too, and what came is right; what is kept is whole.
    const isCut = body.length < wanted.length && !/; hit/.test(told);
    if (isCut) this.cut += 1;
    if (body === wanted || isCut && wanted.startsWith(body)) return undefined;
    const at = [...body].findIndex((character, index) => character !== wanted[index]);
    return `${body.length} of ${wanted.length} bytes, another at ${at}`;
  }

  async #purge(): Promise<void> {
    const path = this.#one(paths);
    const version = this.#random() < 0.7 ? this.#origin.change(path) : this.#origin.version(path);
    const soft = this.#random() < 0.2;
    const order = this.#random() < 0.5
      ? { urls: [`http://storm.test${path}`] }
      : { keys: [`key${path.slice(1)}`] };
    await this.#node.ok("POST", "/v1/tenants/acme/services/storm/purge", { ...order, soft });
    this.purges += 1;
    if (!soft) this.#raise(path, version);
    await pause(this.#random() * 150);
  }

  async #post(): Promise<void> {
    const path = this.#one(paths);
    // Some changes nobody is told of: what is kept may be served, but not together with what is new.
    if (this.#random() < 0.5) this.#origin.change(path);
    await pause(this.#random() * 200);
    const before = this.#origin.version(path);
    const fields = [["Host", "storm.test"], ["Content-Length", "0"]] as const;
    const { status } = await askRaw(this.#node.port, "POST", path, fields);
    // RFC 9111 §4.4: what was there before is invalid.
    if (status === 204) this.#raise(path, before + 1);
    await pause(this.#random() * 200);
  }

  #raise(path: string, version: number): void {
    this.#floors.set(path, Math.max(this.#floors.get(path) ?? 0, version));
  }

  #one<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] ?? assert.fail("there is none");
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

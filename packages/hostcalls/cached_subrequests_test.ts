import { deepEqual, equal, match } from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import {
  CacheServer,
  defaultCacheSettings,
  HttpCache,
  type KeptSet,
  type Owner,
  Purges,
  S3Fifo,
  SharedStore,
} from "@skerry/cache";
import { type Field, fieldValue } from "@skerry/http";
import { systemClock } from "@skerry/platform";
import { CachedSubrequests } from "./cached_subrequests.ts";
import type { Subrequest, SubrequestCaching, SubrequestOutcome } from "./subrequests_port.ts";
import { type Received, TestBackends } from "./testing/backends.ts";

const owner = { tenant: "t", service: "s" };
const signal = new AbortController().signal;

/** Backends behind a cache of their own. */
class Scene {
  readonly cache: HttpCache;
  readonly backends: TestBackends;
  readonly server: CacheServer;
  readonly results: string[] = [];

  constructor(answer: (received: Received, asked: number) => void) {
    const backends: TestBackends = new TestBackends(
      ["api", "other", "plain"],
      (received) => answer(received, backends.received.length),
    );
    this.backends = backends;
    this.cache = new HttpCache({
      store: new SharedStore<KeptSet>({
        bytesMax: 1e7,
        valueBytesMax: 1e7,
        weightOf: () => 1,
        newPolicy: () => new S3Fifo<KeptSet>(),
      }),
      purges: new Purges(1000),
      newBoundary: () => "BOUNDARY",
    });
    this.server = new CacheServer({ cache: this.cache, clock: systemClock });
  }

  get asked(): number {
    return this.backends.received.length;
  }

  of(whose: Owner = owner): CachedSubrequests {
    return new CachedSubrequests({
      backends: this.backends,
      cache: this.server,
      onResult: (result) => void this.results.push(result),
      cachingOf: (backend) =>
        backend === "plain" ? undefined : {
          owner: whose,
          settings: defaultCacheSettings,
          scheme: "https",
          host: "api.example",
          passes: ({ path }) => path.startsWith("/admin"),
        },
    });
  }

  /** Status, body, and what the cache says; or why there is no response. */
  async ask(
    target: string,
    caching?: SubrequestCaching,
    more: Partial<Subrequest> = {},
    backend = "api",
    whose = owner,
  ): Promise<string> {
    const request = { method: "GET", target, fields: [], body: undefined, bodyBytes: undefined };
    const asked = { ...request, ...more, ...(caching !== undefined && { caching }) };
    return await told(await this.of(whose).send(backend, asked, signal));
  }
}

async function told(outcome: SubrequestOutcome): Promise<string> {
  if (outcome.kind === "failed") return outcome.why;
  const { status, fields, body = new Uint8Array(0) } = outcome.response;
  let text = "";
  if (body instanceof Uint8Array) text = decodeUtf8(body);
  else for await (const piece of body) text += decodeUtf8(piece);
  const [, decision = ""] = /^Skerry; (\w+(?:=[a-z-]+)?)/.exec(
    fieldValue(fields, "cache-status") ?? "",
  ) ?? [];
  return `${status} ${text} ${decision}`.trim();
}

/** Says how often it was asked. */
const counting = (...fields: Field[]) => (received: Received, asked: number) =>
  received.answer({ fields, body: encodeUtf8(`${asked}`) });

const minute: Field = ["cache-control", "max-age=60"];

Deno.test("what a backend's response lets be kept answers the next request, with its age", async () => {
  const scene = new Scene(counting(minute));
  equal(await scene.ask("/a?b"), "200 1 fwd=uri-miss");
  equal(await scene.ask("/a?b"), "200 1 hit");
  equal(await scene.ask("/a?c"), "200 2 fwd=uri-miss");
  const request = { method: "GET", target: "/a?b", fields: [], body: undefined };
  const outcome = await scene.of().send("api", { ...request, bodyBytes: undefined }, signal);
  if (outcome.kind === "response") {
    match(fieldValue(outcome.response.fields, "age") ?? "none", /^\d+$/);
  }
  equal(outcome.kind, "response");
  deepEqual(scene.results, ["miss", "hit", "miss", "hit"]);
});

Deno.test("what says nothing of a lifetime, and what is another's, is asked for each time", async () => {
  const scene = new Scene(counting());
  equal(await scene.ask("/a"), "200 1 fwd=uri-miss");
  equal(await scene.ask("/a"), "200 2 fwd=uri-miss");
  const kept = new Scene(counting(minute));
  await kept.ask("/a");
  equal(await kept.ask("/a", undefined, {}, "other"), "200 2 fwd=uri-miss");
  equal(
    await kept.ask("/a", undefined, {}, "api", { ...owner, service: "b" }),
    "200 3 fwd=uri-miss",
  );
  const fields: Field[] = [["host", "else.example"]];
  equal(await kept.ask("/a", undefined, { fields }), "200 4 fwd=uri-miss");
  // What clients of the service ask for by the same URL is none of these.
  const action = kept.cache.ask({
    owner,
    request: {
      method: "GET",
      scheme: "https",
      host: "api.example",
      path: "/a",
      query: undefined,
      fields: [],
    },
    settings: defaultCacheSettings,
  }, Date.now());
  equal(action.kind, "forward");
});

Deno.test("a backend that is not cached, a path that passes, and a guest that says so go straight through", async () => {
  const scene = new Scene(counting(minute));
  equal(await scene.ask("/a", undefined, {}, "plain"), "200 1");
  equal(await scene.ask("/a", undefined, {}, "plain"), "200 2");
  equal(await scene.ask("/admin/a"), "200 3 fwd=bypass");
  equal(await scene.ask("/admin/a"), "200 4 fwd=bypass");
  await scene.ask("/b");
  equal(await scene.ask("/b", { passes: true }), "200 6 fwd=bypass");
  equal(await scene.ask("/b"), "200 5 hit");
});

Deno.test("a guest says how long a response is kept, but not that what may not be kept is", async () => {
  const scene = new Scene((received, asked) =>
    received.answer({
      body: encodeUtf8(`${asked}`),
      fields: received.request.target === "/private" ? [["cache-control", "private"]] : [],
    })
  );
  await scene.ask("/a", { lifetimeMs: 60_000 });
  equal(await scene.ask("/a"), "200 1 hit");
  await scene.ask("/private", { lifetimeMs: 60_000 });
  equal(await scene.ask("/private", { lifetimeMs: 60_000 }), "200 3 fwd=uri-miss");
});

Deno.test("what may be served stale is, and another is fetched besides", async () => {
  const scene = new Scene(counting());
  const caching = { lifetimeMs: 60_000, staleWhileRevalidateMs: 60_000, surrogateKeys: ["x"] };
  await scene.ask("/a", caching);
  scene.cache.purge([{ kind: "surrogate key", owner, key: "x" }], "soft", Date.now());
  equal(await scene.ask("/a", caching), "200 1 hit");
  await new Promise((resolve) => setTimeout(resolve, 0));
  equal(await scene.ask("/a", caching), "200 2 hit");
});

Deno.test("responses are purged by the guest's surrogate keys and by their own, also once they were validated", async () => {
  const scene = new Scene((received, asked) => {
    const { fields } = received.request;
    if (fieldValue(fields, "if-none-match") !== undefined) {
      return received.answer({ status: 304, fields: [["etag", '"1"'], minute] });
    }
    const own: Field[] = [["surrogate-key", "own"], ["etag", '"1"'], minute];
    received.answer({ body: encodeUtf8(`${asked}`), fields: own });
  });
  const purge = (key: string, mode: "hard" | "soft") =>
    scene.cache.purge([{ kind: "surrogate key", owner, key }], mode, Date.now());
  for (const key of ["own", "mine"]) {
    const before = scene.asked;
    await scene.ask("/a", { surrogateKeys: ["mine"] });
    purge("own", "soft");
    equal(await scene.ask("/a", { surrogateKeys: ["mine"] }), `200 ${before + 1} fwd=stale`);
    equal(await scene.ask("/a"), `200 ${before + 1} hit`);
    purge(key, "hard");
  }
  equal(await scene.ask("/a"), `200 ${scene.asked} fwd=uri-miss`);
});

Deno.test("a backend is told that Surrogate-Control is heeded, by whom and by nobody else", async () => {
  const scene = new Scene(counting(["surrogate-control", "max-age=60, no-store;other"]));
  const fields: Field[] = [["Surrogate-Capability", 'other="ESI/1.0"'], ["x-a", "1"]];
  await scene.ask("/a", undefined, { fields });
  deepEqual(scene.backends.received[0]?.request.fields, [
    ["x-a", "1"],
    ["surrogate-capability", 'skerry="Surrogate/1.0"'],
  ]);
  equal(await scene.ask("/a"), "200 1 hit");
  await scene.ask("/a", undefined, { fields }, "plain");
  await scene.ask("/a", { passes: true }, { fields });
  for (const { request } of scene.backends.received.slice(1)) deepEqual(request.fields, fields);
});

Deno.test("the guest sees a response's surrogate keys, for one of its own", async () => {
  const scene = new Scene(counting(minute, ["Surrogate-Key", "own"]));
  const request = {
    method: "GET",
    target: "/a",
    fields: [],
    body: undefined,
    bodyBytes: undefined,
  };
  for (let time = 0; time < 2; time += 1) {
    const outcome = await scene.of().send("api", request, signal);
    const fields = outcome.kind === "response" ? outcome.response.fields : [];
    equal(fieldValue(fields, "surrogate-key"), "own");
  }
});

Deno.test("a request that changes something goes through with its body, and takes what is kept of its URL", async () => {
  const scene = new Scene((received, asked) => {
    void received.body().then((text) =>
      received.answer({ fields: [minute], body: encodeUtf8(`${asked}${text}`) })
    );
  });
  await scene.ask("/a");
  const body = { read: once(encodeUtf8("!")) };
  equal(
    await scene.ask("/a", undefined, { method: "POST", body, bodyBytes: 1 }),
    "200 2! fwd=method",
  );
  deepEqual(scene.backends.received[1]?.request.bodyBytes, 1);
  equal(await scene.ask("/a"), "200 3 fwd=uri-miss");
});

Deno.test("many who ask at once are one request, and each has all of the body", async () => {
  const scene = new Scene(() => {});
  const answers = Array.from({ length: 10 }, () => scene.ask("/a"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  equal(scene.asked, 1);
  scene.backends.received[0]?.answer({
    fields: [minute],
    body: (async function* () {
      yield encodeUtf8("some ");
      yield encodeUtf8("text");
    })(),
  });
  for (const answer of await Promise.all(answers)) match(answer, /^200 some text /);
});

Deno.test("a backend that fails is told as it would be without a cache, or what is kept instead", async () => {
  for (const why of ["timeout", "forbidden", "unavailable"] as const) {
    const scene = new Scene((received) => received.fail(why));
    equal(await scene.ask("/a"), why);
    equal(await scene.ask("/a", { passes: true }), why);
  }
  const scene = new Scene((received, asked) => {
    if (asked > 1) received.fail("unreachable");
    else {received.answer({
        fields: [["cache-control", "max-age=0, stale-if-error=60"]],
        body: encodeUtf8("kept"),
      });}
  });
  await scene.ask("/a");
  equal(await scene.ask("/a"), "200 kept fwd=stale");
});

Deno.test("a guest that lets go of its request has it given up where nobody else waits for it", async () => {
  const scene = new Scene(() => {});
  const giving = new AbortController();
  const request = {
    method: "GET",
    target: "/a",
    fields: [],
    body: undefined,
    bodyBytes: undefined,
  };
  const outcome = scene.of().send("api", request, giving.signal);
  await new Promise((resolve) => setTimeout(resolve, 0));
  giving.abort();
  equal(scene.backends.received[0]?.signal.aborted, true);
  scene.backends.received[0]?.fail("reset");
  equal((await outcome).kind, "failed");
});

function once(bytes: Uint8Array): () => Uint8Array {
  let left = bytes;
  return () => {
    const piece = left;
    left = new Uint8Array(0);
    return piece;
  };
}

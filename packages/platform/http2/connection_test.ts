/** What HTTP/2 serves, asked by a client that is not ours: Node's. What it refuses is tested in `abuse_test.ts`. */

import assert from "node:assert/strict";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { BugError } from "@skerry/base";
import type { Field, HttpRequest } from "@skerry/http";
import type { Handler, Listener } from "../listen.ts";
import { answer, gone, latin1, pieces, readAll, streamed } from "../listen_testing.ts";
import { Certificates } from "../tls/certificates.ts";
import { listenTls, type ListenTlsOptions } from "../tls/listen_tls.ts";
import { frameType } from "./frames.ts";
import { data, frame, headers, hello, request, withHttp2 } from "./http2_testing.ts";
import { shopCertificate } from "../tls/testing/certificates.ts";

/** Runs a server, and a client that is connected to it, for as long as `use` takes. */
async function withClient(
  handler: Handler,
  use: (session: ClientHttp2Session, listener: Listener) => Promise<void>,
  options: Partial<ListenTlsOptions> = {},
): Promise<void> {
  const certificates = new Certificates();
  certificates.replace({ "*": shopCertificate });
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener = await listenTls(address, handler, { certificates, ...options });
  const session = connectHttp2(`https://localhost:${listener.address.port}`, {
    ca: shopCertificate.certPem,
  });
  session.on("error", () => {});
  try {
    await use(session, listener);
  } finally {
    session.destroy();
    await listener.close(0);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
  readonly interim: readonly IncomingHttpHeaders[];
}

/** All of a response; rejects where it is cut off. */
function whole(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const interim: IncomingHttpHeaders[] = [];
    let body = "";
    stream.setEncoding("latin1");
    stream.on("headers", (more) => interim.push(more));
    stream.on("response", (got) => headers = got);
    stream.on("trailers", (got) => trailers = got);
    stream.on("data", (piece) => body += piece);
    stream.on("end", () => {
      resolve({ status: Number(headers[":status"]), headers, body, trailers, interim });
    });
    stream.on("error", reject);
    stream.on("close", () => reject(new Error(`closed by ${stream.rstCode}`)));
  });
}

function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Uint8Array,
): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return whole(stream);
}

const post = { ":method": "POST", ":path": "/" };

Deno.test("a request is what the client sent, with one host and one cookie", async () => {
  const seen: HttpRequest[] = [];
  await withClient(async (request) => {
    seen.push(request);
    return answer(await readAll(request.body));
  }, async (session, { address }) => {
    const { status, headers, body } = await ask(session, {
      ...post,
      ":path": "/a//b?c=%20",
      "X-Many": ["1", "2"],
      cookie: ["a=1", "b=2"],
    }, "hello");
    assert.deepEqual([status, body, headers["content-length"]], [200, "hello", "5"]);
    const [request] = seen;
    assert.ok(request !== undefined);
    assert.deepEqual([request.method, request.target], ["POST", "/a//b?c=%20"]);
    assert.deepEqual([request.scheme, request.version], ["https", "2"]);
    assert.deepEqual(
      request.fields.filter(([name]) => ["host", "cookie", "x-many"].includes(name)),
      [
        ["host", `localhost:${address.port}`],
        ["x-many", "1"],
        ["x-many", "2"],
        ["cookie", "a=1; b=2"],
      ],
    );
    assert.equal(request.peer.address, "127.0.0.1");
  });
});

Deno.test("requests are answered as they are done, not in their order", async () => {
  const release = Promise.withResolvers<void>();
  await withClient(async ({ target }) => {
    if (target === "/slow") await release.promise;
    return answer(target);
  }, async (session) => {
    const slow = ask(session, { ":path": "/slow" });
    const others = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(session, { ":path": `/${index}` })),
    );
    assert.deepEqual(others.map(({ body }) => body), others.map((_, index) => `/${index}`));
    release.resolve();
    assert.equal((await slow).body, "/slow");
  });
});

Deno.test("a body of any size goes both ways at once, and waits for who reads it", async () => {
  const size = 10_000_000;
  await withClient(({ body }) => streamed(pieces(body)), async (session) => {
    const stream = session.request(post);
    stream.end(new Uint8Array(size));
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    assert.equal(bytes, size);
  });
});

Deno.test("what no handler reads keeps its client from sending more", async () => {
  const read = Promise.withResolvers<void>();
  await withHttp2(async ({ body }) => {
    await read.promise;
    return answer(String((await readAll(body)).length));
  }, async (connect) => {
    const client = await connect();
    const pieces = Array.from({ length: 8 }, () => data(1, new Uint8Array(16 * 1024)));
    await client.send(hello, headers(1, request("/"), "more"), ...pieces);
    await client.send(frame(frameType.ping, 0, 0, "12345678"));
    await client.until("PING 0 ack");
    assert.ok(!client.has("WINDOW_UPDATE 1 *"), client.lines.join());
    read.resolve();
    await client.until("WINDOW_UPDATE 1 *");
    await client.send(data(1, "end", true));
    await client.until("DATA 1 6 end");
    assert.ok(client.has("HEADERS 1 200"));
  });
});

Deno.test("what a client does not read is not made", async () => {
  let made = 0;
  async function* body() {
    for (; made < 1_000; made += 1) yield new Uint8Array(10_000);
  }
  await withClient(() => streamed(body()), async (session) => {
    const stream = session.request({ ":path": "/" });
    await new Promise((resolve) => stream.once("response", resolve));
    stream.pause();
    for (let before = -1; before !== made;) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(made < 500, `${made} pieces were made for a client that reads nothing`);
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    assert.equal(bytes, 10_000_000);
  });
});

Deno.test("fields after a body go both ways", async () => {
  await withClient(async (request) => {
    assert.deepEqual(request.trailers?.(), []);
    await readAll(request.body);
    const trailers = request.trailers?.() ?? [];
    async function* body() {
      yield latin1("body");
    }
    const more: Field[] = [["X-More", "there"], ["Set-Cookie", "a=1"], ["Content-Length", "9"]];
    return { ...streamed(body()), trailers: () => [...trailers, ...more] };
  }, async (session) => {
    const stream = session.request(post, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "123", "cookie": "b=2" }));
    stream.end("hello");
    const { body, trailers } = await whole(stream);
    assert.equal(body, "body");
    // Node adds a symbol of its own.
    const told = Object.fromEntries(Object.entries(trailers ?? {}));
    assert.deepEqual(told, { "x-sum": "123", "x-more": "there" });
  });
});

Deno.test("interim responses come before the response, and a client that waits for 100 is told to go on", async () => {
  await withClient(async (request) => {
    request.inform?.(103, [["Link", "</style.css>; rel=preload"]]);
    assert.throws(() => request.inform?.(101, []));
    assert.throws(() => request.inform?.(200, []));
    return answer(await readAll(request.body));
  }, async (session) => {
    const early = await ask(session, { ":path": "/" });
    assert.deepEqual(early.interim.map((headers) => [headers[":status"], headers["link"]]), [
      [103, "</style.css>; rel=preload"],
    ]);
    const stream = session.request({ ...post, expect: "100-continue" });
    await new Promise<void>((resolve) => stream.once("continue", resolve));
    stream.end("body");
    assert.equal((await whole(stream)).body, "body");
  });
});

Deno.test("responses to HEAD, and those of 204 and 304, have no body", async () => {
  await withClient(({ method, target }) => ({
    status: Number(target.slice(1)),
    fields: target === "/204" ? [] : [["content-length", "5"]],
    body: method === "HEAD" ? latin1("hello") : undefined,
  }), async (session) => {
    for (const [method, status] of [["HEAD", 200], ["GET", 204], ["GET", 304]] as const) {
      const { headers, body } = await ask(session, { ":method": method, ":path": `/${status}` });
      assert.deepEqual([headers[":status"], body], [status, ""]);
    }
  });
});

Deno.test("a handler is told that its client is gone, by a reset and by the end of the connection", async () => {
  const told: string[] = [];
  const waiting = {
    "/reset": Promise.withResolvers<void>(),
    "/end": Promise.withResolvers<void>(),
  };
  await withClient(async (request) => {
    if (request.target === "/other") return answer("other");
    const asked = gone(request);
    waiting[request.target === "/reset" ? "/reset" : "/end"].resolve();
    await asked;
    told.push(request.target);
    await assert.rejects(readAll(request.body), /ended before its body/);
    told.push("cut off");
    return answer("late");
  }, async (session) => {
    const stream = session.request({ ...post, ":path": "/reset" });
    stream.on("error", () => {});
    stream.write("begin");
    await waiting["/reset"].promise;
    stream.close(8);
    assert.equal((await ask(session, { ":path": "/other" })).body, "other");
    const last = session.request({ ...post, ":path": "/end" });
    last.on("error", () => {});
    last.write("begin");
    await waiting["/end"].promise;
    session.destroy();
  });
  assert.deepEqual(told, ["/reset", "cut off", "/end", "cut off"]);
});

Deno.test("an answer that comes before the end of its request is whole, and no error", async () => {
  await withClient(() => answer("enough"), async (session) => {
    const stream = session.request(post);
    stream.write("begin");
    const { status, body } = await whole(stream);
    assert.deepEqual([status, body, stream.rstCode], [200, "enough", 0]);
    assert.equal((await ask(session, { ":path": "/" })).body, "enough");
  });
});

Deno.test("a handler that throws is answered 500, and a response that breaks off is reset", async () => {
  const faults: unknown[] = [];
  async function* broken() {
    yield latin1("begin");
    throw new Error("broken");
  }
  await withClient(({ target }) => {
    if (target === "/throw") throw new Error("thrown");
    if (target === "/short") {
      return { status: 200, fields: [["content-length", "9"]], body: broken() };
    }
    if (target === "/bad") return { status: 200, fields: [["x", "a\r\nb"]], body: undefined };
    return target === "/broken" ? streamed(broken()) : answer("fine");
  }, async (session) => {
    assert.equal((await ask(session, { ":path": "/throw" })).status, 500);
    for (const path of ["/broken", "/short", "/bad"]) {
      await assert.rejects(ask(session, { ":path": path }), path);
    }
    assert.equal((await ask(session, { ":path": "/fine" })).body, "fine");
  }, { onFault: (error) => faults.push(error) });
  assert.equal(faults.length, 1);
});

Deno.test("a mistake of ours is reported also where its response had begun, what else breaks off is not", async () => {
  const [faults, mistake] = [[] as unknown[], new BugError("a mistake")];
  async function* broken(error: Error) {
    yield latin1("begin");
    throw error;
  }
  await withClient(
    ({ target }) => streamed(broken(target === "/ours" ? mistake : new Error("cut off"))),
    async (session) => {
      for (const path of ["/origin", "/ours"]) {
        await assert.rejects(ask(session, { ":path": path }), path);
      }
    },
    { onFault: (error) => faults.push(error) },
  );
  assert.deepEqual(faults, [mistake]);
});

Deno.test("a server that goes lets each request end that was begun, and says so to its client", async () => {
  const release = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await withClient(async ({ body }) => {
    begun.resolve();
    await release.promise;
    return answer(`<${await readAll(body)}>`);
  }, async (session, listener) => {
    const stream = session.request(post);
    stream.write("first ");
    await begun.promise;
    const told = new Promise<void>((resolve) => session.once("goaway", () => resolve()));
    const closed = listener.close(10_000);
    await told;
    release.resolve();
    stream.end("second");
    assert.equal((await whole(stream)).body, "<first second>");
    await closed;
  });
});

Deno.test("requests that are on their way when the server goes are answered", async () => {
  for (let round = 0; round < 10; round += 1) {
    await withClient(() => answer("fine"), async (session, listener) => {
      await ask(session, { ":path": "/" });
      const asked: Promise<Answer>[] = [];
      for (let count = 0; count < 20; count += 1) asked.push(ask(session, { ":path": "/" }));
      const closed = listener.close(10_000);
      const answers = await Promise.all(asked);
      assert.ok(answers.every(({ body }) => body === "fine"));
      await closed;
    });
  }
});

/** What goes between a client and a handler beside fields and bodies: trailers, interim responses, other protocols. */

import assert from "node:assert/strict";
import type { Field, HttpRequest, HttpResponse, Tunnel } from "@skerry/http";
import {
  answer,
  describe,
  gone,
  latin1,
  pieces,
  RawClient,
  readAll,
  serverTest,
  streamed,
  withServer,
} from "./listen_testing.ts";

const host = "Host: a\r\n";
const last = "Connection: close\r\n";
const chunkedHead = `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n${last}`;

/** What the fields after a request's body are, before and after it is read. */
async function trailersOf(request: HttpRequest): Promise<HttpResponse> {
  const before = request.trailers?.();
  await readAll(request.body);
  return answer(JSON.stringify([before, request.trailers?.()]));
}

function bodyOf(response: string): string {
  return response.slice(response.indexOf("\r\n\r\n") + 4);
}

serverTest("the fields after a body are known once it is read, but none that decides", async () => {
  await withServer(trailersOf, async ({ exchange }) => {
    const ask = async (trailers: string) =>
      JSON.parse(bodyOf(await exchange(`${chunkedHead}\r\n1\r\nx\r\n0\r\n${trailers}\r\n`)));
    assert.deepEqual(await ask(""), [[], []]);
    assert.deepEqual(await ask("Digest:  a b \r\ndigest: c\r\n"), [[], [["Digest", "a b"], [
      "digest",
      "c",
    ]]]);
    assert.deepEqual(
      await ask("Host: evil\r\nAuthorization: x\r\nX-Forwarded-For: y\r\nok: 1\r\n"),
      [[], [["ok", "1"]]],
    );
  });
});

serverTest("the fields after a body of counted bytes are none", async () => {
  await withServer(trailersOf, async ({ exchange }) => {
    const all = await exchange(`POST / HTTP/1.1\r\n${host}${last}Content-Length: 1\r\n\r\nx`);
    assert.deepEqual(JSON.parse(bodyOf(all)), [[], []]);
  });
});

serverTest(
  "the fields after a response go to a client that takes them, and to no other",
  async () => {
    let isAsked = false;
    async function* body() {
      yield latin1("x");
      await Promise.resolve();
      isAsked = true;
    }
    const trailers = (): Field[] => {
      assert.ok(isAsked, "trailers were asked for before the body had ended");
      return [["Digest", "a"], ["Content-Length", "7"], ["Set-Cookie", "b"]];
    };
    await withServer(() => ({ ...streamed(body()), trailers }), async ({ exchange }) => {
      for (const te of ["TE: trailers\r\n", "TE: gzip\r\nte: Trailers ,x\r\n"]) {
        isAsked = false;
        const all = await exchange(`GET / HTTP/1.1\r\n${host}${last}${te}\r\n`);
        assert.equal(bodyOf(all), "1\r\nx\r\n0\r\nDigest: a\r\n\r\n", te);
      }
      for (const te of ["", "TE: gzip\r\n"]) {
        const all = await exchange(`GET / HTTP/1.1\r\n${host}${last}${te}\r\n`);
        assert.equal(bodyOf(all), "1\r\nx\r\n0\r\n\r\n", te);
      }
      assert.equal(bodyOf(await exchange("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n")), "x");
    });
  },
);

serverTest("a field after a response that would break its line breaks the connection", async () => {
  async function* body() {
    yield await Promise.resolve(latin1("x"));
  }
  const trailers = (): Field[] => [["a", "b\r\nSet-Cookie: c"]];
  await withServer(() => ({ ...streamed(body()), trailers }), async ({ exchange }) => {
    const all = await exchange(`GET / HTTP/1.1\r\n${host}TE: trailers\r\n\r\n`);
    assert.equal(bodyOf(all), "1\r\nx\r\n");
  });
});

const expecting = `POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 3\r\n`;

serverTest("a client is told to send its body when somebody waits for it, and once", async () => {
  const wanted = Promise.withResolvers<void>();
  await withServer(async (request) => {
    await wanted.promise;
    request.inform?.(100, []);
    request.inform?.(100, []);
    return describe(request);
  }, async ({ connect, exchange }) => {
    const client = await connect();
    await client.send(`${expecting}\r\n`);
    // Round trips of another one, in which it is told nothing.
    for (let trips = 0; trips < 20; trips++) await exchange("GET HTTP/1.0\r\n\r\n");
    wanted.resolve();
    assert.equal(await client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    await client.send(`abcGET / HTTP/1.1\r\n${host}${last}\r\n`);
    assert.match(
      await client.all(),
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*<POST \/ abc>HTTP\/1\.1 200 [^]*<GET \/ >$/,
    );
  });
});

serverTest("a body that nobody wants is never asked for, and its connection ends", async () => {
  const seen: string[] = [];
  await withServer(({ target }) => {
    seen.push(target);
    return answer("no", 401);
  }, async ({ exchange }) => {
    const all = await exchange(`${expecting}\r\n`);
    assert.match(all, /^HTTP\/1\.1 401 [^]*\r\nConnection: close\r\n\r\nno$/);
    // What is there already is the body, as its length says, and no request (RFC 9112 §6.3).
    const more = await exchange(`${expecting}\r\nGET /smuggled HTTP/1.1\r\n${host}\r\n`);
    assert.match(more, /^HTTP\/1\.1 401 [^]*\r\n\r\nnoHTTP\/1\.1 400 /);
    assert.deepEqual(seen, ["/", "/"]);
  });
});

serverTest("a client that sends its body unasked is not told to, nor one of HTTP/1.0", async () => {
  await withServer(describe, async ({ exchange }) => {
    assert.match(
      await exchange(`${expecting}${last}\r\nabc`),
      /^HTTP\/1\.1 200 [^]*<POST \/ abc>$/,
    );
    const old = expecting.replace("1.1", "1.0");
    assert.match(await exchange(`${old}\r\nabc`), /^HTTP\/1\.1 200 [^]*<POST \/ abc>$/);
  });
});

serverTest("a client that waits to be told is not too slow", async () => {
  await withServer(async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return describe(request);
  }, async ({ connect }) => {
    const client = await connect();
    await client.send(`${expecting}${last}\r\n`);
    await client.until("100 Continue\r\n\r\n");
    await client.send("abc");
    assert.match(await client.all(), /<POST \/ abc>$/);
  }, { limits: { receiveWallMsMax: 100 } });
});

serverTest("a response may have others ahead of it, in their order", async () => {
  await withServer((request) => {
    assert.equal(request.inform === undefined, request.version === "1.0");
    request.inform?.(103, [["Link", "</a>; rel=preload"]]);
    request.inform?.(102, []);
    for (let count = 0; count < 100; count += 1) request.inform?.(103, []);
    return answer("whole");
  }, async ({ exchange }) => {
    const all = await exchange(`GET / HTTP/1.1\r\n${host}${last}\r\n`);
    assert.match(
      all,
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 103 /,
    );
    assert.match(all, /103 Early Hints\r\n\r\nHTTP\/1\.1 200 [^]*whole$/);
    assert.equal(all.match(/HTTP\/1\.1 10[23]/g)?.length, 32);
    assert.match(await exchange(`GET / HTTP/1.0\r\n\r\n`), /^HTTP\/1\.1 200 [^]*whole$/);
  });
});

serverTest("nothing goes ahead of a response that has begun", async () => {
  await withServer((request) => {
    async function* body() {
      yield await Promise.resolve(latin1("begin "));
      request.inform?.(103, []);
      yield latin1("end");
    }
    return streamed(body());
  }, async ({ exchange }) => {
    const all = await exchange(`GET / HTTP/1.1\r\n${host}${last}\r\n`);
    assert.equal(bodyOf(all), "6\r\nbegin \r\n3\r\nend\r\n0\r\n\r\n");
  });
});

serverTest("what cannot go ahead of a response is a mistake of ours", async () => {
  const faults: string[] = [];
  await withServer((request) => {
    const [status = 0, fields = []] = JSON.parse(decodeURIComponent(request.target.slice(1)));
    request.inform?.(status, fields);
    return answer("unseen");
  }, async ({ exchange }) => {
    const bad = [[101, []], [200, []], [99, []], [103, [["Content-Length", "0"]]]];
    for (const given of [...bad, [103, [["a", "b\r\nc: d"]]], [103, [["Upgrade", "x"]]]]) {
      const target = encodeURIComponent(JSON.stringify(given));
      assert.match(await exchange(`GET /${target} HTTP/1.1\r\n${host}\r\n`), /^HTTP\/1\.1 500 /);
    }
  }, { onFault: (fault) => faults.push(String(fault)) });
  assert.equal(faults.length, 6);
});

const offer = `Connection: Upgrade\r\nUpgrade: echo, other\r\n`;
const offering = `GET /tunnel HTTP/1.1\r\n${host}${offer}\r\n`;

function switching(takeOver: (tunnel: Tunnel) => void, fields: readonly Field[] = []) {
  return {
    status: 101,
    fields: [["Upgrade", "echo"], ...fields] as Field[],
    body: undefined,
    takeOver,
  };
}

/** Sends back what comes, to its end. */
async function echo(tunnel: Tunnel): Promise<void> {
  for await (const piece of pieces(tunnel.source)) await tunnel.sink.write(piece);
  await tunnel.closeWrite();
}

serverTest("a connection changes to a protocol that its client offers", async () => {
  const response = switching((tunnel) => void echo(tunnel), [["Sec-Key", "k"]]);
  await withServer(() => response, async ({ connect, listener }) => {
    const client = await connect();
    // What stands behind the request is the first of the other protocol, whatever it looks like.
    await client.send(`${offering}GET / HTTP/1.1\r\n\r\n`);
    assert.equal(
      await client.until("GET / HTTP/1.1\r\n\r\n"),
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\nSec-Key: k\r\n\r\n" +
        "GET / HTTP/1.1\r\n\r\n",
    );
    await client.send("\0\xff");
    await client.until("\0\xff");
    await client.send("last");
    await client.finish();
    assert.match(await client.all(), /\0\xfflast$/);
    await listener.close(60_000);
  });
});

serverTest("a tunnel is as fast as whoever reads it, both ways, and loses nothing", async () => {
  const bytes = 20 * 1024 * 1024;
  await withServer(() => switching((tunnel) => void echo(tunnel)), async ({ listener }) => {
    const connection = await Deno.connect(listener.address);
    const client = new RawClient(connection);
    await client.send(offering);
    await client.until("\r\n\r\n");
    let sent = 0;
    const sending = (async () => {
      const piece = new Uint8Array(64 * 1024).fill(7);
      for (; sent < bytes; sent += piece.length) await client.send(piece);
      await client.finish();
    })();
    // Nothing is read for some time: nobody may hold all of it meanwhile.
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(sent < bytes, "all of it was taken in");
    let received = 0;
    const buffer = new Uint8Array(256 * 1024);
    for (let count; (count = await connection.read(buffer)) !== null;) {
      assert.ok(buffer.subarray(0, count).every((byte) => byte === 7));
      received += count;
    }
    await sending;
    assert.equal(received, bytes);
    connection.close();
  });
});

serverTest(
  "a change that the client has not offered, or cannot make, is a mistake of ours",
  async () => {
    const faults: string[] = [];
    const requests = [
      `GET / HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/1.1\r\n${host}Upgrade: echo\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: another\r\n\r\n`,
      `GET / HTTP/1.0\r\n${offer}\r\n`,
      `POST / HTTP/1.1\r\n${host}${offer}Content-Length: 1\r\n\r\nx`,
    ];
    await withServer(
      () => switching(() => assert.fail("it was handed over")),
      async ({ exchange }) => {
        for (const request of requests) assert.equal(await exchange(request), "", request);
      },
      { onFault: (fault) => faults.push(String(fault)) },
    );
    assert.equal(faults.length, requests.length);
  },
);

serverTest("a handler that does not take the offer answers, and nothing more is read", async () => {
  await withServer(({ target }) => answer(target), async ({ exchange }) => {
    const all = await exchange(`${offering}GET /smuggled HTTP/1.1\r\n${host}\r\n`);
    assert.match(all, /^HTTP\/1\.1 200 [^]*Connection: close\r\n\r\n\/tunnel$/);
  });
});

serverTest(
  "a tunnel in which nothing goes is cut off, one in which something goes is not",
  async () => {
    const ends: string[] = [];
    const watch = async (tunnel: Tunnel) => {
      try {
        await readAll(tunnel.source);
        ends.push("ended");
      } catch {
        ends.push("cut off");
      }
      await assert.rejects(async () => await tunnel.sink.write(latin1("x")));
      tunnel.close();
    };
    await withServer(() => switching((tunnel) => void watch(tunnel)), async ({ connect }) => {
      const [silent, busy] = [await connect(), await connect()];
      let isOver = false;
      await busy.send(offering);
      await silent.send(offering);
      const sending = (async () => {
        while (!isOver) {
          await busy.send("x");
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      assert.match(await silent.all(), /^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
      assert.deepEqual(ends, ["cut off"]);
      isOver = true;
      await sending;
      await busy.all();
      assert.deepEqual(ends, ["cut off", "cut off"]);
    }, { limits: { tunnelIdleMsMax: 500 } });
  },
);

serverTest("a tunnel counts as a connection, and is cut off at the end of the grace", async () => {
  const opened = Promise.withResolvers<Tunnel>();
  await withServer(() => switching(opened.resolve), async ({ connect, exchange, listener }) => {
    const client = await connect();
    await client.send(offering);
    const tunnel = await opened.promise;
    assert.equal(await exchange(offering), "");
    const closing = listener.close(300);
    await tunnel.sink.write(latin1("still here"));
    await client.until("still here");
    await closing;
    await assert.rejects(async () => await tunnel.source.read(1));
    await client.all();
  }, { limits: { connectionsMax: 1 } });
});

serverTest(
  "a client that leaves its tunnel ends it, and is not taken for gone before",
  async () => {
    const ended = Promise.withResolvers<string>();
    let isGone = false;
    await withServer((request) => {
      void gone(request).then(() => isGone = true);
      return switching((tunnel) => void readAll(tunnel.source).then(ended.resolve));
    }, async ({ connect }) => {
      const client = await connect();
      await client.send(`${offering}first`);
      await client.until("\r\n\r\n");
      client.close();
      assert.equal(await ended.promise, "first");
      assert.equal(isGone, false);
    });
  },
);

serverTest(
  "a handler that fails in a tunnel's hand-over is reported, and the tunnel closed",
  async () => {
    const faults: string[] = [];
    const response = switching(() => {
      throw new Error("no tunnel");
    });
    await withServer(() => response, async ({ exchange }) => {
      assert.match(await exchange(offering), /^HTTP\/1\.1 101 /);
    }, { onFault: (fault) => faults.push(String(fault)) });
    assert.deepEqual(faults, ["Error: no tunnel"]);
  },
);

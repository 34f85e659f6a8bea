/** The server as its clients see it, over bare TCP; what it refuses is tested in `listen_refusal_test.ts`. */

import assert from "node:assert/strict";
import { BugError, isSkerryError } from "@skerry/base";
import type { HttpResponse } from "@skerry/http";
import { listen } from "./listen.ts";
import {
  answer,
  describe,
  gone,
  latin1,
  listenHere,
  pieces,
  readAll,
  serverTest,
  streamed,
  withServer,
} from "./listen_testing.ts";

const host = "Host: a\r\n";
const last = `Connection: close\r\n`;

serverTest(
  "requests of one connection are answered in their order, one after another",
  async () => {
    let underWay = 0;
    let mostUnderWay = 0;
    await withServer(async (request) => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      // The first one takes the longest.
      for (let turns = request.target === "/1" ? 20 : 0; turns > 0; turns--) await turn();
      const response = await describe(request);
      underWay--;
      return response;
    }, async ({ exchange }) => {
      const all = await exchange(
        `GET /1 HTTP/1.1\r\n${host}\r\n` +
          `POST /2 HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc` +
          `\r\nPOST /3 HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n` +
          `GET /4 HTTP/1.1\r\n${host}${last}\r\n` +
          `GET /5 HTTP/1.1\r\n${host}\r\n`,
      );
      assert.deepEqual(all.match(/<[^>]*>/g), [
        "<GET /1 >",
        "<POST /2 abc>",
        "<POST /3 x>",
        "<GET /4 >",
      ]);
      assert.equal(mostUnderWay, 1);
    });
  },
);

serverTest(
  "a connection is kept for a request that comes later, but not with HTTP/1.0",
  async () => {
    await withServer(describe, async ({ connect, exchange }) => {
      const client = await connect();
      await client.send(`GET /1 HTTP/1.1\r\n${host}\r\n`);
      await client.until("<GET /1 >");
      await client.send(`GET /2 HTTP/1.1\r\n${host}\r\n`);
      await client.until("<GET /2 >");
      assert.match(
        await exchange("GET / HTTP/1.0\r\n\r\n"),
        /\r\nConnection: close\r\n[^]*<GET \/ >$/,
      );
    });
  },
);

serverTest("HTTP/1.0 is sent no chunks", async () => {
  await withServer(() => Promise.resolve(streamed(piecesOf("a", "b"))), async ({ exchange }) => {
    const all = await exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert.match(all, /\r\n\r\nab$/);
    assert.doesNotMatch(all, /transfer-encoding/i);
  });
});

serverTest("responses to HEAD, and those of 204 and 304, have no body", async () => {
  await withServer((request) => {
    const status = Number(request.target.slice(1));
    const fields = status === 204 ? [] : [["content-length", "5"] as const];
    return Promise.resolve({
      status,
      fields,
      body: request.method === "HEAD" ? latin1("hello") : undefined,
    });
  }, async ({ connect }) => {
    for (const [method, status] of [["HEAD", 200], ["GET", 204], ["GET", 304]] as const) {
      const client = await connect();
      await client.send(`${method} /${status} HTTP/1.1\r\n${host}\r\n`);
      await client.until("\r\n\r\n");
      await client.send(`HEAD /200 HTTP/1.1\r\n${host}${last}\r\n`);
      const heads = (await client.all()).split("\r\n\r\n");
      assert.equal(heads.length, 3);
      assert.match(heads[0] ?? "", new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(heads[1] ?? "", /^HTTP\/1\.1 200 [^]*content-length: 5/);
      assert.equal(heads[2], "");
    }
  });
});

serverTest("a client that waits for 100 Continue is told to go on", async () => {
  await withServer(describe, async ({ connect }) => {
    const client = await connect();
    await client.send(
      `POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    assert.equal(await client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("abc");
    await client.until("<POST / abc>");
  });
});

serverTest(
  "the fields of a request come in their order, and its trailers are not among them",
  async () => {
    await withServer(async (request) => {
      await readAll(request.body);
      return answer(JSON.stringify(request.fields));
    }, async ({ exchange }) => {
      const all = await exchange(
        `POST / HTTP/1.1\r\n${host}b: 1\r\nA: \xe9\xff \r\nB: 2\r\nTransfer-Encoding: chunked\r\n${last}\r\n` +
          "4;x=y\r\nabcd\r\n0\r\nHost: evil\r\nT: u\r\n\r\n",
      );
      assert.deepEqual(JSON.parse(all.split("\r\n\r\n")[1] ?? ""), [
        ["Host", "a"],
        ["b", "1"],
        ["A", "\xe9\xff"],
        ["B", "2"],
        ["Transfer-Encoding", "chunked"],
        ["Connection", "close"],
      ]);
    });
  },
);

serverTest("the fields of a response go out byte for byte, repeated ones too", async () => {
  const every = String.fromCharCode(...Array.from({ length: 128 }, (_, at) => at + 128));
  await withServer(() =>
    Promise.resolve({
      status: 200,
      fields: [["x-bytes", every], ["Set-Cookie", "a=1"], ["x", "y"], ["set-cookie", "b=2"]],
      body: latin1("\x00\x80\xff"),
    }), async ({ exchange }) => {
    const all = await exchange(`GET / HTTP/1.0\r\n\r\n`);
    assert.ok(
      all.includes(`x-bytes: ${every}\r\nSet-Cookie: a=1\r\nx: y\r\nset-cookie: b=2\r\n`),
    );
    assert.ok(all.endsWith("\r\n\r\n\x00\x80\xff"));
  });
});

serverTest("a large body is echoed both ways at once", async () => {
  const bytes = 60 * 1024 * 1024;
  await withServer(({ body }) => Promise.resolve(streamed(pieces(body))), async ({ listener }) => {
    const connection = await Deno.connect(listener.address);
    const head = latin1(`POST / HTTP/1.0\r\nContent-Length: ${bytes}\r\n\r\n`);
    const sending = (async () => {
      await connection.write(head);
      const piece = new Uint8Array(256 * 1024).fill(1);
      for (let sent = 0; sent < bytes;) {
        sent += await connection.write(piece.subarray(0, Math.min(piece.length, bytes - sent)));
      }
    })();
    let ones = 0;
    let before = 0;
    void sending.then(() => before = ones);
    const buffer = new Uint8Array(256 * 1024);
    for (let length = await connection.read(buffer); length !== null;) {
      for (let at = 0; at < length; at++) ones += buffer[at] === 1 ? 1 : 0;
      length = await connection.read(buffer);
    }
    await sending;
    assert.equal(ones, bytes);
    // Some of it was back before all of it was sent.
    assert.ok(before > 0);
    connection.close();
  });
});

serverTest("a response is not made faster than its client takes it", async () => {
  const piece = new Uint8Array(64 * 1024);
  const piecesMax = 1_000;
  let pulled = 0;
  const slow = Promise.withResolvers<void>();
  async function* body() {
    for (; pulled < piecesMax; pulled++) {
      yield piece;
      await turn();
    }
  }
  await withServer((request) => {
    if (request.target === "/slow") slow.resolve();
    return Promise.resolve(request.target === "/slow" ? streamed(body()) : answer("other"));
  }, async ({ connect, exchange }) => {
    const client = await connect();
    await client.send(`GET /slow HTTP/1.0\r\n\r\n`);
    await slow.promise;
    // Waits until nothing more is pulled over many round trips of another client.
    for (let before = -1; before !== pulled;) {
      before = pulled;
      for (let trips = 0; trips < 50; trips++) await exchange("GET / HTTP/1.0\r\n\r\n");
    }
    // What the kernel's buffers hold is out of our hands; on Linux that may be 10 MB.
    assert.ok(pulled < 400, `${pulled} of ${piecesMax} pieces were pulled`);
    const all = await client.all();
    assert.equal(all.length - all.indexOf("\r\n\r\n") - 4, piecesMax * piece.length);
  });
});

serverTest("a client that takes nothing of its response is cut off", async () => {
  const ended = Promise.withResolvers<void>();
  async function* body() {
    try {
      for (;;) yield new Uint8Array(64 * 1024);
    } finally {
      ended.resolve();
    }
  }
  await withServer(() => Promise.resolve(streamed(body())), async ({ connect }) => {
    const client = await connect();
    await client.send("GET / HTTP/1.0\r\n\r\n");
    await ended.promise;
  }, { limits: { sendStallWallMsMax: 200 } });
});

serverTest("a client that goes before the response is known to be gone", async () => {
  const begun = Promise.withResolvers<void>();
  const noticed = Promise.withResolvers<void>();
  await withServer(async (request) => {
    begun.resolve();
    await gone(request);
    noticed.resolve();
    return answer("nobody reads this");
  }, async ({ connect }) => {
    const client = await connect();
    await client.send(`GET / HTTP/1.1\r\n${host}\r\n`);
    await begun.promise;
    client.close();
    await noticed.promise;
  });
});

serverTest(
  "a client that goes during the response is known to be gone, and ends the body",
  async () => {
    const noticed = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await withServer((request) => {
      void gone(request).then(noticed.resolve);
      async function* body() {
        try {
          yield latin1("begin");
          await noticed.promise;
          for (;;) yield latin1("more");
        } finally {
          ended.resolve();
        }
      }
      return Promise.resolve(streamed(body()));
    }, async ({ connect }) => {
      const client = await connect();
      await client.send(`GET / HTTP/1.1\r\n${host}\r\n`);
      await client.until("begin");
      client.close();
      await noticed.promise;
      await ended.promise;
    });
  },
);

serverTest("a client that goes with its body half sent leaves no whole body behind", async () => {
  const failure = Promise.withResolvers<unknown>();
  await withServer(async ({ body }) => {
    await readAll(body).then(failure.resolve, failure.resolve);
    return answer("late");
  }, async ({ connect }) => {
    const client = await connect();
    await client.send(`POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`);
    client.close();
    assert.match(String(await failure.promise), /ended before its body/);
  });
});

serverTest("a client that says it will send no more still gets its response", async () => {
  await withServer(describe, async ({ connect }) => {
    const client = await connect();
    await client.send(`GET / HTTP/1.1\r\n${host}\r\n`);
    await client.finish();
    assert.match(await client.all(), /<GET \/ >$/);
  });
});

serverTest("a client that has its whole response is not taken for gone", async () => {
  let isGone = false;
  await withServer((request) => {
    request.whenGone(() => isGone = true);
    return Promise.resolve(answer("whole"));
  }, async ({ exchange }) => {
    await exchange(`GET / HTTP/1.1\r\n${host}\r\nGET / HTTP/1.1\r\n${host}${last}\r\n`);
    assert.equal(isGone, false);
  });
});

serverTest(
  "a mistake of ours is reported also where its response had begun, what else breaks off is not",
  async () => {
    const [faults, mistake] = [[] as unknown[], new BugError("a mistake")];
    async function* broken(error: Error) {
      yield latin1("begin");
      await turn();
      throw error;
    }
    await withServer(
      ({ target }) => streamed(broken(target === "/ours" ? mistake : new Error("cut off"))),
      async ({ exchange }) => {
        for (const target of ["/origin", "/ours"]) {
          const all = await exchange(`GET ${target} HTTP/1.1\r\n${host}\r\n`);
          assert.match(all, /begin\r\n$/, target);
        }
      },
      { onFault: (error) => faults.push(error) },
    );
    assert.deepEqual(faults, [mistake]);
  },
);

serverTest(
  "a response that breaks off, or keeps not to its length, breaks the connection",
  async () => {
    const short = [["content-length", "9"]] as const;
    const responses: Readonly<Record<string, () => HttpResponse>> = {
      "/chunks": () => streamed(broken()),
      "/length": () => ({ status: 200, fields: short, body: broken() }),
      "/short": () => ({ status: 200, fields: short, body: latin1("begin") }),
      "/long": () => ({ status: 200, fields: short, body: piecesOf("begin", "longer") }),
    };
    async function* broken() {
      yield latin1("begin");
      await turn();
      throw new Error("broken");
    }
    await withServer(
      ({ target }) => Promise.resolve(responses[target]?.() ?? answer("none")),
      async ({ exchange }) => {
        for (const target of Object.keys(responses)) {
          const next = `GET /next HTTP/1.1\r\n${host}\r\n`;
          const all = await exchange(`GET ${target} HTTP/1.1\r\n${host}\r\n${next}`);
          assert.doesNotMatch(all, /\r\n0\r\n|longer|none/, target);
        }
      },
    );
  },
);

serverTest("a handler that throws is reported, and its client answered 500", async () => {
  const faults: unknown[] = [];
  const fault = new Error("a mistake");
  await withServer(() => Promise.reject(fault), async ({ exchange }) => {
    const all = await exchange(`GET / HTTP/1.1\r\n${host}\r\n`);
    assert.match(all, /^HTTP\/1\.1 500 [^]*\r\n\r\n$/);
    assert.doesNotMatch(all, /mistake/);
  }, { onFault: (error) => faults.push(error) });
  assert.deepEqual(faults, [fault]);
});

serverTest(
  "a response that cannot be sent breaks the connection, and the server goes on",
  async () => {
    const bad: readonly HttpResponse[] = [
      { status: 200, fields: [["x", "a\r\nSet-Cookie: b"]], body: undefined },
      { status: 200, fields: [["x y", "a"]], body: undefined },
      { status: 200, fields: [["x", "\u0100"]], body: undefined },
      { status: 200, fields: [["x\r\ny", "a"]], body: undefined },
      { status: 200, fields: [["", "a"]], body: undefined },
      { status: 200, fields: [["x", "\0"]], body: undefined },
      { status: 99, fields: [], body: undefined },
      { status: 100, fields: [], body: undefined },
      { status: 101, fields: [], body: undefined },
      { status: 1000, fields: [], body: undefined },
      { status: 200.5, fields: [], body: undefined },
    ];
    await withServer(
      ({ target }) => Promise.resolve(bad[Number(target.slice(1))] ?? answer("good")),
      async ({ exchange }) => {
        for (const at of bad.keys()) {
          assert.equal(await exchange(`GET /${at} HTTP/1.1\r\n${host}\r\n`), "");
        }
        assert.match(await exchange(`GET /good HTTP/1.1\r\n${host}${last}\r\n`), /good$/);
      },
    );
  },
);

serverTest("a body that nobody reads is dropped, and the next request answered", async () => {
  const body = "x".repeat(300_000);
  await withServer(({ target }) => Promise.resolve(answer(target)), async ({ exchange }) => {
    const all = await exchange(
      `POST /1 HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}` +
        `GET /2 HTTP/1.1\r\n${host}${last}\r\n`,
    );
    assert.match(all, /\r\n\r\n\/1HTTP[^]*\r\n\r\n\/2$/);
  });
});

serverTest("a body that nobody reads and that does not end has its connection closed", async () => {
  for (const first of [0, 1]) {
    await withServer(async ({ body }) => {
      // Not read at all, or begun and left.
      if (first > 0) await body?.read(first);
      return answer("enough");
    }, async ({ connect }) => {
      const client = await connect();
      await client.send(`POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`);
      const chunk = `ffff\r\n${"x".repeat(0xffff)}\r\n`;
      await assert.rejects(async () => {
        for (;;) await client.send(chunk);
      });
    });
  }
});

serverTest("an offer to change the protocol is ignored, and its connection ends", async () => {
  await withServer(describe, async ({ exchange }) => {
    const all = await exchange(
      `POST / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc`,
    );
    assert.match(all, /^HTTP\/1\.1 200 [^]*<POST \/ abc>$/);
  });
});

serverTest("slow heads, slow bodies and idle connections are cut off", async () => {
  await withServer(describe, async ({ exchange }) => {
    assert.doesNotMatch(await exchange(""), /200/);
    assert.doesNotMatch(await exchange(`GET / HTTP/1.1\r\n${host}X: `), /200/);
    const body = `POST / HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\nabc`;
    assert.doesNotMatch(await exchange(body), /200/);
    assert.match(await exchange(`GET / HTTP/1.1\r\n${host}\r\n`), /^HTTP\/1\.1 200 [^]*<GET \/ >$/);
  }, { limits: { headerWallMsMax: 200, receiveWallMsMax: 400, connectionIdleMsMax: 200 } });
});

serverTest("what never becomes a request is told, with its reason and its client", async () => {
  const refused: string[] = [];
  await withServer(describe, async ({ exchange }) => {
    await exchange(`GET / HTTP/1.1\r\n\r\n`);
    await exchange(`GET / HTTP/1.1\r\n${host}X: `);
    // A connection that never says anything is no request that was refused.
    await exchange("");
  }, {
    limits: { headerWallMsMax: 50 },
    onRefused: ({ status, why }, { address }) => refused.push(`${status} ${why} ${address}`),
  });
  assert.deepEqual(refused, [
    "400 there must be one Host field 127.0.0.1",
    "408 the request took too long to arrive 127.0.0.1",
  ]);
});

serverTest("more connections than the limit are closed as they come, and told", async () => {
  const refused: string[] = [];
  await withServer(describe, async ({ connect, exchange }) => {
    const first = await connect();
    await first.send(`GET / HTTP/1.1\r\n${host}\r\n`);
    await first.until("<GET / >");
    assert.equal(await exchange(`GET / HTTP/1.1\r\n${host}${last}\r\n`), "");
    await first.send(`GET /again HTTP/1.1\r\n${host}\r\n`);
    await first.until("<GET /again >");
  }, { limits: { connectionsMax: 1 }, onRefused: ({ why }) => refused.push(why) });
  assert.deepEqual(refused, ["there are too many connections"]);
});

serverTest("an address in use is an operating error with its place", async () => {
  await withServer(describe, async ({ listener }) => {
    await assert.rejects(
      listen(listener.address, describe),
      (error) =>
        isSkerryError(error) && error.code === "SKERRY_LISTEN_FAILED" &&
        error.where === `http://127.0.0.1:${listener.address.port}`,
    );
  });
});

serverTest("closing waits for what is under way and for nothing else", async () => {
  const asked = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await withServer(async (request) => {
    if (request.target === "/long") {
      begun.resolve();
      await asked.promise;
    }
    return describe(request);
  }, async ({ listener, connect }) => {
    const [silent, half, idle, long] = [
      await connect(),
      await connect(),
      await connect(),
      await connect(),
    ];
    await half.send("GET / HT");
    await idle.send(`GET / HTTP/1.1\r\n${host}\r\n`);
    await idle.until("<GET / >");
    await long.send(`GET /long HTTP/1.1\r\n${host}\r\nGET /next HTTP/1.1\r\n${host}\r\n`);
    await begun.promise;

    const closing = listener.close(600_000);
    for (const client of [silent, half, idle]) await client.all();
    await assert.rejects(Deno.connect(listener.address));
    asked.resolve();
    assert.match(await long.all(), /\r\nConnection: close\r\n[^]*<GET \/long >$/);
    await closing;
  });
});

serverTest("closing cuts off what takes longer than its grace", async () => {
  const noticed = Promise.withResolvers<void>();
  await withServer(async (request) => {
    const reading = assert.rejects(readAll(request.body));
    await gone(request);
    await reading;
    noticed.resolve();
    return answer("late");
  }, async ({ listener, connect }) => {
    const client = await connect();
    await client.send(
      `POST / HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 1\r\n\r\n`,
    );
    await client.until("100 Continue");
    await listener.close(50);
    await noticed.promise;
    assert.doesNotMatch(await client.all(), /late/);
  });
});

async function* piecesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await turn();
    yield latin1(text);
  }
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

serverTest(
  "requests that arrive together and take long do not all start in one turn of the loop",
  async () => {
    let turn = 0;
    const count = () => {
      turn += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const starts = new Set<number>();
    const listener = await listenHere(() => {
      starts.add(turn);
      for (const startMs = performance.now(); performance.now() - startMs < 15;);
      return Promise.resolve({ status: 200, fields: [], body: new Uint8Array() });
    });
    const { hostname, port } = listener.address;
    await Promise.all(Array.from({ length: 10 }, async () => {
      await (await fetch(`http://${hostname}:${port}/`)).text();
    }));
    clearImmediate(timer);
    await listener.close(1000);
    assert.equal(starts.size, 10);
  },
);

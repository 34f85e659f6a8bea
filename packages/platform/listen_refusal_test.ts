/** What the server must not let through to a handler: requests that somebody else may read differently. */

import assert from "node:assert/strict";
import {
  answer,
  describe,
  latin1,
  readAll,
  serverTest,
  streamed,
  withServer,
} from "./listen_testing.ts";

const host = "Host: a\r\n";
const chunkedHead = `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`;
const smuggled = `GET /smuggled HTTP/1.1\r\n${host}\r\n`;

serverTest(
  "a malformed head is refused, its connection closed, and no handler sees it",
  async () => {
    const fields: readonly (readonly [text: string, status: number])[] = [
      ["Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400],
      ["Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400],
      ["Content-Length: 3\r\nContent-Length: 3\r\n", 400],
      ["Content-Length: 3\r\nContent-Length: 4\r\n", 400],
      ["Content-Length: 3, 3\r\n", 400],
      ["Content-Length: +3\r\n", 400],
      ["Content-Length: 0x3\r\n", 400],
      ["Content-Length: 99999999999999999999\r\n", 400],
      ["Content-Length: 9007199254740993\r\n", 400],
      ["Content-Length: \r\n", 400],
      ["Content-Length : 3\r\n", 400],
      ["Transfer-Encoding: gzip, chunked\r\n", 501],
      ["Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", 501],
      ["Transfer-Encoding: ,chunked\r\n", 501],
      ["Transfer-Encoding: chunked, chunked\r\n", 400],
      ["Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400],
      ["Transfer-Encoding: \x0bchunked\r\n", 400],
      ["X: a\rb\r\n", 400],
      ["X: a\nY: b\r\n", 400],
      ["X: a\r\r\n", 400],
      ["X: a\0b\r\n", 400],
      ["X: a\x7fb\r\n", 400],
      ["X: a\r\n folded\r\n", 400],
      ["X: a\r\n\tfolded\r\n", 400],
      [" X: a\r\n", 400],
      ["X : a\r\n", 400],
      ["X\t: a\r\n", 400],
      ["X\0: a\r\n", 400],
      ["X\xe9: a\r\n", 400],
      [": a\r\n", 400],
      ["no colon\r\n", 400],
      ["Expect: the-unexpected\r\n", 417],
      [`X: ${"x".repeat(70_000)}\r\n`, 431],
      ["X: y\r\n".repeat(128), 431],
      ["X: y\r\n".repeat(5_000), 431],
    ];
    const lines: readonly (readonly [line: string, status: number])[] = [
      ["GET /", 505],
      ["GET / HTTP/2.0", 505],
      ["GET / HTTP/1.2", 505],
      ["GET / HTTP/1.1 ", 400],
      ["GET / HTTP/1.1\rX: y", 400],
      ["GET / HTTP/1.1\nX: y", 400],
      ["GET /a b HTTP/1.1", 400],
      ["GET /\0 HTTP/1.1", 400],
      ["GET /\xe9 HTTP/1.1", 400],
      ["G\0T / HTTP/1.1", 400],
      ["get / HTTP/1.1", 400],
      [" GET / HTTP/1.1", 400],
      [`GET /${"x".repeat(70_000)} HTTP/1.1`, 431],
    ];
    const requests = [
      ...fields.map(([field, status]) =>
        [`POST / HTTP/1.1\r\n${host}${field}\r\n`, status] as const
      ),
      ...lines.map(([line, status]) => [`${line}\r\n${host}\r\n`, status] as const),
      [
        `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n`,
        400,
      ] as const,
      ["GET / HTTP/1.1\r\n\r\n", 400] as const,
    ];
    const seen: string[] = [];
    await withServer(async (request) => {
      seen.push(request.target);
      return await describe(request);
    }, async ({ connect }) => {
      for (const [request, status] of requests) {
        const client = await connect();
        await client.send(request).catch(() => {});
        const response = await client.all();
        assert.match(response, new RegExp(`^HTTP/1\\.1 ${status} `), request.slice(0, 200));
        client.close();
      }
    });
    assert.deepEqual(seen, []);
  },
);

serverTest("nothing that follows a refused request is taken for another", async () => {
  const heads = ["gzip, chunked", "identity\r\nTransfer-Encoding: chunked", ",chunked", ""];
  const requests = heads.map((coding) =>
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n${smuggled}`
  );
  requests.push(
    `POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `GET / HTTP/1.1\r\n${host}${"X: y\r\n".repeat(128)}\r\n${smuggled}`,
    `POST / HTTP/1.1\r\n${host}Expect: x\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  );
  const seen: string[] = [];
  await withServer((request) => {
    seen.push(request.target);
    return Promise.resolve(answer("taken"));
  }, async ({ exchange }) => {
    for (const request of requests) assert.doesNotMatch(await exchange(request), /taken/);
  });
  assert.deepEqual(seen, []);
});

serverTest(
  "a malformed chunk ends the connection, and no handler takes the body for a whole one",
  async () => {
    const bodies = [
      "3\nabc\r\n0\r\n\r\n",
      "3\r\nabc\n0\r\n\r\n",
      "3\r\nabcX\r\n0\r\n\r\n",
      "3\r\nabc0\r\n\r\n",
      "g\r\nabc\r\n0\r\n\r\n",
      "-3\r\nabc\r\n0\r\n\r\n",
      "3 \r\nabc\r\n0\r\n\r\n",
      " 3\r\nabc\r\n0\r\n\r\n",
      "0x3\r\nabc\r\n0\r\n\r\n",
      "3;a\nb\r\nabc\r\n0\r\n\r\n",
      "3;a\rb\r\nabc\r\n0\r\n\r\n",
      "10000000000000003\r\nabc\r\n0\r\n\r\n",
      "\r\nabc\r\n0\r\n\r\n",
      "3\r\nabc\r\n0\r\nX : y\r\n\r\n",
      `3\r\nabc\r\n0\r\nX: ${"y".repeat(70_000)}\r\n\r\n`,
    ];
    const seen: string[] = [];
    await withServer(async (request) => {
      seen.push(request.target);
      await assert.rejects(readAll(request.body), /ended before its body/);
      seen.push("cut off");
      return answer("late");
    }, async ({ connect }) => {
      for (const body of bodies) {
        for (const head of [chunkedHead, ""]) {
          // At once with its head, and after it.
          const client = await connect();
          if (head === "") await client.send(chunkedHead);
          await client.send(head + body + smuggled).catch(() => {});
          assert.match(
            await client.all(),
            /^HTTP\/1\.1 4(00|31) [^]*\r\n\r\n$/,
            body.slice(0, 100),
          );
        }
      }
    });
    assert.equal(seen.filter((what) => what === "/smuggled").length, 0);
    assert.equal(seen.filter((what) => what === "cut off").length, seen.length / 2);
  },
);

serverTest("a refusal never stands within the response to another request", async () => {
  const asked = Promise.withResolvers<void>();
  async function* body() {
    yield latin1("begin ");
    await asked.promise;
    yield latin1("end");
  }
  await withServer(
    ({ target }) => Promise.resolve(target === "/other" ? answer("other") : streamed(body())),
    async ({ connect, exchange }) => {
      const client = await connect();
      await client.send(`GET / HTTP/1.1\r\n${host}\r\n`);
      await client.until("begin ");
      await client.send("what is this\r\n\r\n");
      // Gives the server the time to read it; should it do so only later, the refusal comes after the end.
      await exchange(`GET /other HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
      asked.resolve();
      assert.match(
        await client.all(),
        /6\r\nbegin \r\n3\r\nend\r\n0\r\n\r\n(HTTP\/1.1 400 (.*\r\n)+\r\n)?$/,
      );
    },
  );
});

serverTest("pipelined requests wait with their client, and are all answered", async () => {
  const asked = Promise.withResolvers<void>();
  const count = 2_000;
  let begun = 0;
  await withServer(async () => {
    begun++;
    await asked.promise;
    return answer("taken");
  }, async ({ connect, exchange }) => {
    const client = await connect();
    let isSent = false;
    const request = `GET / HTTP/1.1\r\n${host}X: ${"x".repeat(16 * 1024)}\r\n\r\n`;
    const sending = client.send(request.repeat(count)).then(() => isSent = true);
    // Many round trips of others, in which nothing more of it is taken.
    for (let trips = 0; trips < 200; trips++) await exchange("GET HTTP/1.0\r\n\r\n");
    assert.deepEqual([begun, isSent], [1, false]);
    asked.resolve();
    const last = sending.then(() =>
      client.send(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
    );
    const all = await client.all();
    await last;
    assert.equal(all.match(/HTTP\/1\.1 200 /g)?.length, count + 1);
  });
});

/** What goes between a client and a handler beside fields and bodies: trailers, interim responses, other protocols. */

import assert from "node:assert/strict";
import type { Field, HttpRequest, HttpResponse } from "@skerry/http";
import { answer, latin1, readAll, serverTest, streamed, withServer } from "./listen_testing.ts";

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

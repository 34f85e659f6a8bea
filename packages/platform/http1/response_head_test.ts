import assert from "node:assert/strict";
import { decodeUtf8 } from "@skerry/base";
import type { Field, HttpResponse } from "@skerry/http";
import { HeadBytes } from "./head_bytes.ts";
import { responseHead } from "./response_head.ts";

const date = "Thu, 01 Jan 1970 00:00:00 GMT";

async function* stream(): AsyncGenerator<Uint8Array> {}

interface Asked {
  readonly method?: string;
  readonly version?: "1.0" | "1.1";
  readonly keepAlive?: boolean;
}

/** The lines of a head, how its body is framed, and whether the connection is kept. */
function check(
  response: Partial<HttpResponse>,
  asked: Asked,
  expected: readonly [lines: readonly string[], body: string, keepAlive: boolean],
): void {
  const { method = "GET", version = "1.1", keepAlive = true } = asked;
  const whole = { status: 200, fields: [], body: undefined, ...response };
  const head = responseHead(whole, { method, version }, keepAlive, date, new HeadBytes());
  const [status, ...lines] = decodeUtf8(head.bytes.all()).split("\r\n");
  assert.match(status ?? "", new RegExp(`^HTTP/1.1 ${whole.status} `));
  assert.deepEqual(lines, [...expected[0], "", ""]);
  const { body } = head;
  assert.equal(body.kind === "counted" ? String(body.bytes) : body.kind, expected[1]);
  assert.equal(head.keepAlive, expected[2]);
}

Deno.test("the head tells where the body ends, to each client in its way", () => {
  const body = new Uint8Array(3);
  const length: readonly Field[] = [["content-length", "3"]];
  const dated = `Date: ${date}`;
  const chunked = "Transfer-Encoding: chunked";
  const close = "Connection: close";
  const old: Asked = { version: "1.0", keepAlive: false };
  check({ body }, {}, [[dated, "Content-Length: 3"], "3", true]);
  check({ body, fields: length }, {}, [["content-length: 3", dated], "3", true]);
  check({}, {}, [[dated, "Content-Length: 0"], "0", true]);
  check({ body: stream() }, {}, [[dated, chunked], "chunked", true]);
  check({ body: stream(), fields: length }, {}, [["content-length: 3", dated], "3", true]);
  check({ body: stream() }, old, [[dated, close], "until the end", false]);
  check({ body: stream(), fields: length }, old, [["content-length: 3", dated, close], "3", false]);
  check({ body }, { keepAlive: false }, [[dated, "Content-Length: 3", close], "3", false]);
  check({ fields: length }, { method: "HEAD" }, [["content-length: 3", dated], "none", true]);
  check({ body, status: 304, fields: length }, {}, [["content-length: 3", dated], "none", true]);
  check({ status: 204, body: stream() }, {}, [[dated], "none", true]);
  check({ fields: [["date", "x"]] }, {}, [["date: x", "Content-Length: 0"], "0", true]);
});

Deno.test("what would break the connection's framing, or another's, cannot be sent", () => {
  const body = new Uint8Array(3);
  const bad: readonly Partial<HttpResponse>[] = [
    ...[99, 100, 101, 199, 600, 1000, 200.5, Number.NaN].map((status) => ({ status })),
    ...([
      ["x", "a\r\nSet-Cookie: b"],
      ["x", "a\nb"],
      ["x", "\0"],
      ["x", "\u0100"],
      ["x y", "a"],
      ["x\r\ny", "a"],
      ["", "a"],
      ["Transfer-Encoding", "chunked"],
      ["connection", "keep-alive"],
      ["Upgrade", "h2c"],
    ] as const).map((field) => ({ fields: [field] })),
    ...["", "x", "-1", "4", "3, 3", "1e0"].map((value) => ({
      fields: [["Content-Length", value] as const],
      body,
    })),
    { fields: [["content-length", "3"], ["Content-Length", "3"]], body },
    { fields: [["content-length", "3"]] },
  ];
  for (const response of bad) {
    const whole = { status: 200, fields: [], body: undefined, ...response };
    const asked = { method: "GET", version: "1.1" } as const;
    const made = () => responseHead(whole, asked, true, date, new HeadBytes());
    assert.throws(made, JSON.stringify(response));
  }
});

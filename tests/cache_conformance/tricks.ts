/**
 * What those try who want a cache to keep, or to give, what it must not: each as bytes of a client, what the origin says to
 * it if it is asked, and what must come of it. `{host}` stands for the case's own host.
 */

import { caseField } from "./scripted_origin.ts";

/** One exchange over a connection of its own. */
export interface TrickStep {
  readonly sent: string;
  /** A whole response, as bytes; after it the connection ends. */
  readonly says?: string;
  readonly from: "cache" | "origin" | "nobody";
  readonly status: number;
  readonly body?: string;
  /** Fields of the answer, as patterns; `absent` where there is none. */
  readonly answer?: Readonly<Record<string, RegExp>>;
  /** The statuses of interim responses before it. */
  readonly interim?: readonly number[];
  /** Of the first request that the origin got: its line, and fields as patterns. */
  readonly asked?: { readonly line?: string; readonly fields?: Readonly<Record<string, RegExp>> };
}

/** A trick, and the section or the name by which it is known. */
export interface Trick {
  readonly name: string;
  readonly why: string;
  readonly steps: readonly TrickStep[];
}

export const own = `Host: {host}\r\n${caseField}: {host}\r\n`;

/** A request of this case. */
export function get(target: string, fields = "", body = ""): string {
  return `GET ${target} HTTP/1.1\r\n${own}${fields}\r\n${body}`;
}

/** A response that is fresh, with this body. */
export function fresh(body: string, fields = "", status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nCache-Control: max-age=60\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The same without a lifetime. */
function plain(body: string, status: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export const asks = (sent: string, says: string, more: Partial<TrickStep> = {}): TrickStep => ({
  ...{ sent, says, from: "origin", status: 200 },
  ...more,
});
export const hits = (sent: string, body: string): TrickStep => ({
  ...{ sent, says: fresh("not this"), from: "cache", status: 200, body },
});
const refused = (sent: string, status = 400): TrickStep => ({ sent, from: "nobody", status });

/** After the trick everybody gets what the origin says then. */
const untouched = asks(get("/"), fresh("good"), { body: "good" });

const evil =
  "X-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.test\r\n";

/** See the head of this file. */
export const tricks: readonly Trick[] = [
  {
    name: "another host in X-Forwarded-Host reaches no origin, so it poisons nothing",
    why: "unkeyed fields",
    steps: [
      asks(get("/", `${evil}X_Forwarded_Host: evil.test\r\n`), fresh("good"), {
        asked: {
          fields: {
            "x-forwarded-host": /^{host}$/,
            "x-forwarded-proto": /^http$/,
            "forwarded": /^for=127\.0\.0\.1;host="{host}";proto=http$/,
            "x_forwarded_host": /^absent$/,
          },
        },
      }),
      hits(get("/"), "good"),
    ],
  },
  {
    name: "two hosts are refused",
    why: "RFC 9112 §3.2",
    steps: [refused(get("/", "Host: evil.test\r\n")), untouched],
  },
  {
    name: "a target with another host than Host is refused, with the same it is the same",
    why: "RFC 9112 §3.2",
    steps: [refused(get("http://other-{host}/")), untouched, hits(get("http://{host}/"), "good")],
  },
  {
    name: "one host written in two ways is one",
    why: "RFC 3986 §6.2.2.1",
    steps: [
      asks(`GET / HTTP/1.1\r\nHost: {HOST}:80\r\n${caseField}: {host}\r\n\r\n`, fresh("good")),
      hits(get("/"), "good"),
    ],
  },
  {
    name: "paths that some take for one another are kept apart",
    why: "RFC 3986 §6.2.2",
    steps: [
      asks(get("/a/b"), fresh("good")),
      ...["/a%2fb", "/a%5cb", "/a//b", "//a/b", "/a/b/", "/A/b", "/a/b;x", "/a/%62"].map(
        (
          target,
        ) => asks(get(target), fresh(target), { body: target, asked: { line: `GET ${target}` } }),
      ),
      hits(get("/a/b"), "good"),
    ],
  },
  {
    name: "a path is kept as its origin is asked for it, without its dots",
    why: "RFC 3986 §6.2.2.3",
    steps: ["/a/./b", "/a/c/../b", "/a/c/%2e%2E/b", "/../a/b"].flatMap((
      target,
      index,
    ) => [
      asks(get(`${target}?${index}`), fresh("good"), { asked: { line: `GET /a/b?${index}` } }),
      hits(get(`/a/b?${index}`), "good"),
    ]),
  },
  {
    name: "an empty query is none, for the key as for the origin",
    why: "RFC 3986 §6.2.3",
    steps: [
      asks(get("/a?"), fresh("good"), { asked: { line: "GET /a" } }),
      hits(get("/a"), "good"),
    ],
  },
  {
    name: "a target with a fragment or a NUL is refused",
    why: "RFC 9112 §3.2",
    steps: [refused(get("/#a")), refused(get("/%00")), untouched],
  },
  {
    name: "an error that a malformed or oversized request has made is not kept",
    why: "cache-poisoned denial of service",
    steps: [
      asks(get("/", `X-Large: ${"x".repeat(8000)}\r\n`), plain("too large", "400 Bad Request"), {
        status: 400,
      }),
      asks(get("/", "X-HTTP-Method-Override: DELETE\r\n"), plain("no", "405 Method Not Allowed"), {
        status: 405,
      }),
      asks(get("/", "X-Original-URL: /nothing\r\n"), plain("no", "404 Not Found"), { status: 404 }),
      refused(get("/", "X-Meta: a\u0001b\r\n")),
      refused(get("/", `X-Larger: ${"x".repeat(200_000)}\r\n`), 431),
      untouched,
    ],
  },
  {
    name: "what looks like a file is not kept for its name",
    why: "web cache deception",
    steps: ["/account/a.css", "/account;a.js", "/account%3fa.png"].flatMap((target) => [
      asks(get(target, "Cookie: session=1\r\n"), plain("of the first", "200 OK")),
      asks(get(target), plain("of the second", "200 OK"), { body: "of the second" }),
    ]),
  },
  {
    name: "a response with a line that ends in the middle is none",
    why: "RFC 9112 §2.2, response splitting",
    steps: [
      asks(get("/"), fresh("bad", "X-A: 1\rSet-Cookie: a=1\r\n"), { status: 502 }),
      asks(get("/"), fresh("bad", "X-A: 1\u0000\r\n"), { status: 502 }),
      untouched,
    ],
  },
  {
    name: "what follows a response is not the next one",
    why: "RFC 9112 §9.2, response queue poisoning",
    steps: [
      asks(get("/a"), fresh("good") + fresh("evil"), { body: "good" }),
      asks(get("/b"), fresh("next"), { body: "next" }),
      hits(get("/a"), "good"),
    ],
  },
  {
    name: "a chunked body that is cut short is not kept",
    why: "RFC 9111 §3.3",
    steps: [
      asks(
        get("/"),
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        { body: "part" },
      ),
      untouched,
    ],
  },
  {
    name: "a GET with a body is answered by nothing that is kept, and its answer is not kept",
    why: "RFC 9110 §9.3.1, fat GET",
    steps: [
      asks(get("/", "Content-Length: 5\r\n", "evil!"), fresh("evil")),
      untouched,
      asks(get("/", "Content-Length: 5\r\n", "evil!"), fresh("evil"), { body: "evil" }),
      asks(get("/", "Transfer-Encoding: chunked\r\n", "5\r\nevil!\r\n0\r\n\r\n"), fresh("evil"), {
        body: "evil",
      }),
      hits(get("/"), "good"),
    ],
  },
  {
    name: "a request in the body of a request is none",
    why: "RFC 9112 §11.2, request smuggling",
    steps: [
      asks(get("/", `Content-Length: ${get("/evil").length}\r\n`, get("/evil")), fresh("good"), {
        asked: { line: "GET /" },
      }),
      asks(get("/evil"), fresh("asked now"), { body: "asked now" }),
    ],
  },
  {
    name: "a field that is declared to be of the connection chooses no variant",
    why: "RFC 9110 §7.6.1, hop-by-hop fields",
    steps: [
      asks(get("/", "Connection: foo\r\nFoo: 1\r\n"), fresh("for none", "Vary: foo\r\n"), {
        asked: { fields: { foo: /^absent$/ } },
      }),
      asks(get("/", "Foo: 1\r\n"), fresh("for one", "Vary: foo\r\n"), { body: "for one" }),
      hits(get("/"), "for none"),
    ],
  },
  {
    name: "nobody purges without a token that may",
    why: "purging by strangers",
    steps: [
      asks(get("/"), fresh("good")),
      refused(get("/").replace("GET", "PURGE"), 401),
      refused(get("/", "Authorization: Bearer nothing\r\n").replace("GET", "PURGE"), 401),
      refused(get("/", "Fastly-Key: nothing\r\n").replace("GET", "PURGE"), 401),
      hits(get("/"), "good"),
    ],
  },
  {
    name: "a 304 that a client has asked for is nobody else's answer",
    why: "RFC 9111 §4.3.2",
    steps: [
      asks(
        get("/", 'If-None-Match: "a"\r\n'),
        'HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\nETag: "a"\r\n\r\n',
        { status: 304 },
      ),
      untouched,
    ],
  },
  {
    name: "a Vary of thousands of names keeps nothing",
    why: "RFC 9111 §4.1",
    steps: [
      asks(
        get("/"),
        fresh("one", `Vary: ${Array.from({ length: 2000 }, (_, at) => `x-${at}`)}\r\n`),
      ),
      untouched,
    ],
  },
];

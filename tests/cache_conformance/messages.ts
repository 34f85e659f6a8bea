/** How messages that a cache keeps come and go (RFC 9112), and what is of one exchange alone. */

import { asks, fresh, get, hits, own, type Trick } from "./tricks.ts";

const head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";

/** See the head of this file. */
export const messages: readonly Trick[] = [
  {
    name: "interim responses are passed on, and are of the one who asked",
    why: "RFC 9110 §15.2 MUST",
    steps: [
      asks(
        get("/"),
        "HTTP/1.1 102 Processing\r\n\r\n" +
          `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n${fresh("good")}`,
        { interim: [102, 103], body: "good", answer: { link: /^absent$/ } },
      ),
      { ...hits(get("/"), "good"), interim: [] },
    ],
  },
  {
    name: "a chunked body is kept, and has a length then",
    why: "RFC 9112 §7.1 MUST",
    steps: [
      asks(
        get("/"),
        `${head}Transfer-Encoding: chunked\r\n\r\n2\r\ngo\r\n2;x=y\r\nod\r\n0\r\n\r\n`,
        {
          body: "good",
        },
      ),
      {
        ...hits(get("/"), "good"),
        answer: { "content-length": /^4$/, "transfer-encoding": /^absent$/ },
      },
    ],
  },
  {
    name: "fields after a body are not taken for those before it",
    why: "RFC 9110 §6.5.1 MUST",
    steps: [
      asks(
        get("/"),
        `${head}Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\nX-After: 1\r\nCache-Control: no-store\r\n\r\n`,
        { body: "good" },
      ),
      {
        ...hits(get("/"), "good"),
        answer: { "x-after": /^absent$/, "cache-control": /^max-age=60$/ },
      },
    ],
  },
  {
    name: "a body that ends with its connection is whole",
    why: "RFC 9112 §8 MAY",
    steps: [asks(get("/"), `${head}\r\ngood`, { body: "good" }), hits(get("/"), "good")],
  },
  {
    name: "a response from the cache has an Age, one from its origin has none",
    why: "RFC 9111 §5.1 MUST",
    steps: [
      asks(get("/"), fresh("good"), { answer: { age: /^absent$/ } }),
      { ...hits(get("/"), "good"), answer: { age: /^\d+$/ } },
    ],
  },
  {
    name: "a client of HTTP/1.0 is answered by what is kept",
    why: "RFC 9110 §2.5 MUST",
    steps: [
      asks(get("/"), fresh("good")),
      hits(`GET / HTTP/1.0\r\n${own}\r\n`, "good"),
    ],
  },
  {
    name: "each answer has a number of its own, which is not kept",
    why: "OURS",
    steps: [
      asks(get("/"), fresh("good", "X-Request-Id: of-the-origin\r\n")),
      { ...hits(get("/"), "good"), answer: { "x-request-id": /^[0-9a-f]{32}$/ } },
    ],
  },
  {
    name: "HEAD has the length of what is kept, and nothing else of its body",
    why: "RFC 9110 §9.3.2 MUST",
    steps: [
      asks(get("/"), fresh("good")),
      { ...hits(get("/").replace("GET", "HEAD"), ""), answer: { "content-length": /^4$/ } },
    ],
  },
  {
    name: "an origin's own Cache-Status stands before ours",
    why: "RFC 9211 §2 MUST",
    steps: [
      asks(get("/"), fresh("good", "Cache-Status: inner; hit; ttl=5\r\n"), {
        answer: { "cache-status": /^inner; hit; ttl=5, Skerry; fwd=uri-miss; ttl=\d+; stored$/ },
      }),
      {
        ...hits(get("/"), "good"),
        answer: { "cache-status": /^inner; hit; ttl=5, Skerry; hit; ttl=\d+$/ },
      },
    ],
  },
];

/** What may be kept (RFC 9111 §3, §5.2.2), and which of its fields (§3.1). */

import { type Case, type CaseFields, fresh, type Level, reuse } from "../case.ts";

const storing = "RFC 9111 §3";

const table: readonly [string, string, Level, CaseFields, "cache" | "origin"][] = [
  [
    "no-store is not kept",
    "RFC 9111 §5.2.2.5",
    "MUST",
    { "cache-control": "no-store, max-age=60" },
    "origin",
  ],
  [
    "NO-STORE is not kept",
    "RFC 9111 §5.2",
    "MUST",
    { "cache-control": "max-age=60, NO-STORE" },
    "origin",
  ],
  ["no-store with an argument is not kept", "RFC 9111 §5.2", "MUST", {
    "cache-control": "no-store=1, max-age=60",
  }, "origin"],
  ["no-store in a second field is not kept", "RFC 9110 §5.3", "MUST", {
    "cache-control": ["max-age=60", "no-store"],
  }, "origin"],
  [
    "private is not kept",
    "RFC 9111 §5.2.2.7",
    "MUST",
    { "cache-control": "private, max-age=60" },
    "origin",
  ],
  ["private beside s-maxage is not kept", "RFC 9111 §5.2.2.7", "MUST", {
    "cache-control": "private, s-maxage=60",
  }, "origin"],
  ["private beside public is not kept", "RFC 9111 §5.2.2.7", "MUST", {
    "cache-control": "public, private, max-age=60",
  }, "origin"],
  ["private for some fields is kept", "RFC 9111 §5.2.2.7", "MAY", {
    "cache-control": 'private="x-a", max-age=60',
  }, "cache"],
  ["no-cache is not used as it is", "RFC 9111 §5.2.2.4", "MUST", {
    "cache-control": "no-cache, max-age=60",
  }, "origin"],
  ["no-cache for some fields is used without them", "RFC 9111 §5.2.2.4", "MAY", {
    "cache-control": 'no-cache="x-a", max-age=60',
  }, "cache"],
  ["no-cache for what is no field is for all", "RFC 9111 §5.2.2.4", "MUST", {
    "cache-control": 'no-cache="", max-age=60',
  }, "origin"],
  ["must-revalidate is kept while it is fresh", "RFC 9111 §5.2.2.2", "MAY", {
    "cache-control": "must-revalidate, max-age=60",
  }, "cache"],
  [
    "must-understand of a status that is understood undoes no-store",
    "RFC 9111 §5.2.2.3",
    "SHOULD",
    { "cache-control": "must-understand, no-store, max-age=60" },
    "cache",
  ],
  ["no-transform changes nothing here", "RFC 9111 §5.2.2.6", "MAY", {
    "cache-control": "no-transform, max-age=60",
  }, "cache"],
  [
    "Pragma of a response means nothing",
    "RFC 9111 §5.4",
    "MUST",
    { ...fresh, pragma: "no-cache" },
    "cache",
  ],
  ["Set-Cookie is not kept where nothing says that it is for all", "RFC 9111 §7.3", "OURS", {
    ...fresh,
    "set-cookie": "a=1",
  }, "origin"],
  ["Set-Cookie is kept where public says so", "RFC 9111 §7.3", "MAY", {
    "cache-control": "public, max-age=60",
    "set-cookie": "a=1",
  }, "cache"],
  ["Set-Cookie that is left out stands in no way", "RFC 9111 §5.2.2.4", "MAY", {
    "cache-control": 'no-cache="set-cookie", max-age=60',
    "set-cookie": "a=1",
  }, "cache"],
  ["a length that is not the body's is a response cut short", "RFC 9111 §3.3", "MUST", {
    ...fresh,
    "content-length": "5000",
  }, "origin"],
  ["a length that is the body's is whole", "RFC 9111 §3.3", "MAY", {
    ...fresh,
    "content-length": "14",
  }, "cache"],
];

/** RFC 9110 §15: final statuses, with a lifetime of their own. */
const statuses = [
  ...[
    200,
    203,
    204,
    299,
    300,
    301,
    302,
    303,
    307,
    308,
    400,
    403,
    404,
    405,
    410,
    414,
    418,
    451,
    499,
  ],
  ...[500, 501, 502, 503, 504, 599],
];

/** §15.1: what may be kept without a lifetime, where a service sets one. */
const heuristic = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

const guess = { heuristic: { fraction: 0.1, msMax: 86_400_000 } };

/** RFC 9111 §3.1: what is of a connection, or of this use of a response, is not kept. */
const droppedFields: CaseFields = {
  "connection": "x-hop",
  "x-hop": "1",
  "keep-alive": "timeout=5",
  "proxy-authenticate": "Basic",
  "proxy-authentication-info": "x",
  "proxy-connection": "close",
  "te": "trailers",
  "upgrade": "h2c",
};

/** What has to be there again. */
const keptNames = [
  ...["content-type", "content-language", "content-location", "etag", "last-modified", "x-test"],
  ...[
    "link",
    "clear-site-data",
    "content-security-policy",
    "content-range",
    "access-control-allow-origin",
    "retry-after",
  ],
];

const authorized = { authorization: "Basic YTpi" };

function authorization(
  name: string,
  control: string,
  level: Level,
  from: "cache" | "origin",
): Case {
  return {
    name,
    section: "RFC 9111 §3.5",
    level,
    steps: [
      {
        fields: authorized,
        origin: { fields: { "cache-control": control } },
        expect: { from: "origin" },
      },
      { fields: authorized, origin: {}, expect: { from } },
      { origin: {}, expect: { from, ...(from === "cache" ? {} : { bodyOf: 2 }) } },
    ],
  };
}

/** An answer to POST, and then what GET is answered. */
function posted(name: string, level: Level, fields: CaseFields, from: "cache" | "origin"): Case {
  return {
    name,
    section: "RFC 9110 §9.3.3",
    level,
    isAlone: from === "cache",
    steps: [
      { method: "POST", target: "/a?b", origin: { fields }, expect: { from: "origin" } },
      { target: "/a?b", origin: {}, expect: { from } },
    ],
  };
}

const located: CaseFields = { ...fresh, "content-location": "/a?b" };

/** See the head of this file. */
export const storingCases: readonly Case[] = [
  ...table.map(([name, section, level, fields, from]) =>
    reuse(name, section, level, { fields }, from)
  ),
  {
    ...reuse("a length that is told twice, differently, is not whole", "RFC 9110 §8.6", "MUST", {
      fields: { ...fresh, "content-length": ["14", "15"] },
    }, "origin"),
    inProcessOnly: "RFC 9112 §6.3 has it taken for no response at all",
  },
  ...statuses.map((status) =>
    reuse(
      `a ${status} with a lifetime is kept`,
      storing,
      "MAY",
      { status, fields: fresh },
      "cache",
      {
        expect: { from: "cache", status },
      },
    )
  ),
  ...statuses.map((status) =>
    reuse(
      `a ${status} that is stale is not used`,
      "RFC 9111 §4",
      "MUST",
      {
        status,
        fields: { "cache-control": "max-age=1" },
      },
      "origin",
      { afterSeconds: 2 },
    )
  ),
  ...heuristic.map((status): Case => ({
    ...reuse(`a ${status} may have a lifetime guessed`, "RFC 9110 §15.1", "MAY", {
      status,
      fields: { "last-modified": "<now-864000>" },
    }, "cache"),
    settings: guess,
  })),
  ...[201, 202, 303, 307, 403, 500, 502, 503].map((status): Case => ({
    ...reuse(`a ${status} has no lifetime guessed`, "RFC 9110 §15.1", "MUST", {
      status,
      fields: { "last-modified": "<now-864000>" },
    }, "origin"),
    settings: guess,
  })),
  reuse(
    "must-understand of a status that is not understood is not kept",
    "RFC 9111 §5.2.2.3",
    "MUST",
    {
      status: 299,
      fields: { "cache-control": "must-understand, max-age=60" },
    },
    "origin",
  ),
  reuse(
    "what is of a connection is not kept",
    "RFC 9111 §3.1",
    "MUST",
    { fields: { ...fresh, ...droppedFields } },
    "cache",
    {
      expect: {
        from: "cache",
        answer: Object.fromEntries(Object.keys(droppedFields).map((name) => [name, "absent"])),
      },
    },
  ),
  ...keptNames.map((name) =>
    reuse(
      `${name} is kept`,
      "RFC 9111 §3.1",
      "MUST",
      { fields: { ...fresh, [name]: '"v"' } },
      "cache",
      {
        expect: { from: "cache", answer: { [name]: '"v"' } },
      },
    )
  ),
  reuse(
    "fields of one name are kept in their order",
    "RFC 9110 §5.3",
    "MUST",
    {
      fields: { ...fresh, "x-test": ["1", "2"] },
    },
    "cache",
    { expect: { from: "cache", answer: { "x-test": "1, 2" } } },
  ),
  reuse(
    "a field that is private is not kept",
    "RFC 9111 §5.2.2.7",
    "MUST",
    {
      fields: { "cache-control": 'private="x-a", max-age=60', "x-a": "1", "x-b": "2" },
    },
    "cache",
    { expect: { from: "cache", answer: { "x-a": "absent", "x-b": "2" } } },
  ),
  reuse(
    "a field that is no-cache is not used",
    "RFC 9111 §5.2.2.4",
    "MUST",
    {
      fields: { "cache-control": 'no-cache="x-a, x-c", max-age=60', "x-a": "1", "x-b": "2" },
    },
    "cache",
    { expect: { from: "cache", answer: { "x-a": "absent", "x-b": "2" } } },
  ),
  authorization(
    "an answer to who is authorised is for nobody else",
    "max-age=60",
    "MUST",
    "origin",
  ),
  authorization("unless public says so", "public, max-age=60", "MAY", "cache"),
  authorization("or s-maxage does", "s-maxage=60", "MAY", "cache"),
  authorization("or must-revalidate does", "must-revalidate, max-age=60", "MAY", "cache"),
  authorization("proxy-revalidate does not", "proxy-revalidate, max-age=60", "MUST", "origin"),
  ...["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "UNKNOWN"].map((method): Case => ({
    name: `an answer to ${method} is not kept for GET`,
    section: storing,
    level: "MUST",
    steps: [
      { method, origin: { fields: fresh }, expect: { from: "origin" } },
      { origin: {}, expect: { from: "origin" } },
    ],
  })),
  posted("an answer to POST that names what was asked is kept for GET", "MAY", located, "cache"),
  posted("as a whole URI too", "MAY", {
    ...fresh,
    "content-location": "http://example.com/a?b",
  }, "cache"),
  posted("one that names something else is not", "MUST", {
    ...located,
    "content-location": "/a?c",
  }, "origin"),
  posted("one of another origin is not", "MUST", {
    ...located,
    "content-location": "http://example.net/a?b",
  }, "origin"),
  posted("one without a lifetime of its own is not", "MUST", {
    "content-location": "/a?b",
    "last-modified": "<now-864000>",
  }, "origin"),
  posted("one that is private is not", "MUST", {
    ...located,
    "cache-control": "private, max-age=60",
  }, "origin"),
  {
    name: "POST takes the place of what GET was answered, and is not answered by it",
    section: "RFC 9110 §9.3.3",
    level: "MUST",
    isAlone: true,
    steps: [
      { target: "/a?b", origin: { fields: fresh }, expect: { from: "origin" } },
      { method: "POST", target: "/a?b", origin: { fields: located }, expect: { from: "origin" } },
      { target: "/a?b", expect: { from: "cache", bodyOf: 1 } },
      { method: "POST", target: "/a?b", origin: {}, expect: { from: "origin" } },
      { target: "/a?b", origin: {}, expect: { from: "origin" } },
    ],
  },
  ...["POST", "PUT", "DELETE", "OPTIONS", "UNKNOWN"].map((method): Case => ({
    name: `${method} is not answered by what is kept of GET`,
    section: "RFC 9111 §4",
    level: "MUST",
    steps: [
      { origin: { fields: fresh }, expect: { from: "origin" } },
      { method, origin: {}, expect: { from: "origin" } },
    ],
  })),
  {
    name: "a query is part of what is asked for",
    section: "RFC 9111 §2",
    level: "MUST",
    steps: [
      { target: "/?a", origin: { fields: fresh }, expect: { from: "origin" } },
      { target: "/?b", origin: { fields: fresh }, expect: { from: "origin" } },
      { target: "/", origin: { fields: fresh }, expect: { from: "origin" } },
      { target: "/?a", expect: { from: "cache" } },
    ],
  },
  {
    name: "a body that is larger than the bound is not kept",
    section: storing,
    level: "OURS",
    settings: { bodyBytesMax: 1000 },
    steps: [
      { origin: { fields: fresh, body: "x".repeat(1001) }, expect: { from: "origin" } },
      {
        origin: { fields: { ...fresh, "content-length": "1001" }, body: "y".repeat(1001) },
        expect: { from: "origin" },
      },
      { origin: { fields: fresh, body: "x".repeat(1000) }, expect: { from: "origin" } },
      { expect: { from: "cache", bodyOf: 2 } },
    ],
  },
  reuse("a response with more surrogate keys than can be purged by is not kept", storing, "OURS", {
    fields: { ...fresh, "surrogate-key": Array.from({ length: 3000 }, (_, key) => key).join(" ") },
  }, "origin"),
  {
    name: "Set-Cookie is left out where it is set so",
    section: "RFC 9111 §7.3",
    level: "OURS",
    settings: { setCookie: "stripped" },
    steps: [
      { origin: { fields: { ...fresh, "set-cookie": "a=1" } }, expect: { from: "origin" } },
      { expect: { from: "cache", answer: { "set-cookie": "absent" } } },
    ],
  },
];

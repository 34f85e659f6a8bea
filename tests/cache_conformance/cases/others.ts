/** Invalidation, HEAD, targeted fields, and what the cache says of itself. */

import { type Case, type CaseFields, fresh, type Level, reuse, type Step } from "../case.ts";

const invalidation = "RFC 9111 §4.4";

/** Kept at `target`, then changed by a request, then asked for again. */
function change(
  name: string,
  level: Level,
  target: string,
  changing: Step,
  from: "cache" | "origin",
): Case {
  return {
    name,
    section: invalidation,
    level,
    steps: [
      { target, origin: { fields: fresh }, expect: { from: "origin" } },
      changing,
      { target, origin: { fields: fresh }, expect: { from } },
    ],
  };
}

function by(method: string, status: number, fields: CaseFields = {}, target = "/"): Step {
  return { method, target, origin: { status, fields }, expect: { from: "origin", status } };
}

const invalidationCases: readonly Case[] = [
  ...["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"].map((method) =>
    change(`${method} makes what is kept invalid`, "MUST", "/", by(method, 200), "origin")
  ),
  ...[201, 204, 301, 303].map((status) =>
    change(`POST that is answered ${status} does`, "MUST", "/", by("POST", status), "origin")
  ),
  ...[400, 404, 500, 503].map((status) =>
    change(`POST that is answered ${status} does not`, "SHOULD", "/", by("POST", status), "cache")
  ),
  change("OPTIONS is safe, and does not", "SHOULD", "/", by("OPTIONS", 200), "cache"),
  {
    ...change("TRACE is safe, and does not", "SHOULD", "/", by("TRACE", 200), "cache"),
    inProcessOnly: "a node passes no TRACE on",
  },
  change("POST makes nothing else invalid", "SHOULD", "/other", by("POST", 200), "cache"),
  change(
    "POST with another query makes nothing else invalid",
    "SHOULD",
    "/?a",
    by("POST", 200, {}, "/?b"),
    "cache",
  ),
  ...["location", "content-location"].flatMap((name) => [
    change(
      `${name} is invalid too`,
      "MAY",
      "/other",
      by("POST", 201, { [name]: "/other" }),
      "origin",
    ),
    change(
      `${name} as a whole is invalid too`,
      "MAY",
      "/other",
      by("POST", 201, { [name]: "http://example.com/other" }),
      "origin",
    ),
    change(
      `${name} beside the target is invalid too`,
      "MAY",
      "/a/other",
      by("POST", 201, { [name]: "other" }, "/a/b"),
      "origin",
    ),
    change(
      `${name} of another origin is not`,
      "MUST",
      "/other",
      by("POST", 201, { [name]: "http://example.net/other" }),
      "cache",
    ),
    change(
      `${name} of another port is not`,
      "MUST",
      "/other",
      by("POST", 201, { [name]: "http://example.com:81/other" }),
      "cache",
    ),
    change(
      `${name} of a failure is not`,
      "SHOULD",
      "/other",
      by("POST", 500, { [name]: "/other" }),
      "cache",
    ),
  ]),
  {
    name: "all variants are invalid",
    section: invalidation,
    level: "MUST",
    steps: [
      {
        fields: { foo: "1" },
        origin: { fields: { ...fresh, vary: "foo" } },
        expect: { from: "origin" },
      },
      {
        fields: { foo: "2" },
        origin: { fields: { ...fresh, vary: "foo" } },
        expect: { from: "origin" },
      },
      by("PUT", 200),
      { fields: { foo: "1" }, origin: { fields: fresh }, expect: { from: "origin" } },
    ],
  },
];

const head = "RFC 9111 §4.3.5";

function afterHead(
  name: string,
  level: Level,
  answer: CaseFields,
  status: number,
  last: Step,
): Case {
  return {
    name,
    section: head,
    level,
    steps: [
      {
        origin: {
          fields: { "cache-control": "max-age=1, stale-if-error=60", etag: '"a"', "x-a": "1" },
        },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        method: "HEAD",
        origin: { status, fields: answer },
        expect: { from: "origin", status },
      },
      last,
    ],
  };
}

const headCases: readonly Case[] = [
  {
    ...reuse(
      "HEAD is answered by what is kept of GET",
      "RFC 9110 §9.3.2",
      "MAY",
      { fields: fresh },
      "cache",
      {
        method: "HEAD",
        expect: { from: "cache", status: 200, body: "", answer: { "content-length": "14" } },
      },
    ),
  },
  {
    name: "an answer to HEAD is not kept for GET",
    section: "RFC 9111 §3",
    level: "MUST",
    steps: [
      { method: "HEAD", origin: { fields: fresh }, expect: { from: "origin" } },
      { origin: { fields: fresh }, expect: { from: "origin" } },
    ],
  },
  afterHead(
    "an answer to HEAD with the same tag freshens",
    "MAY",
    { "cache-control": "max-age=60", etag: '"a"', "x-a": "2" },
    200,
    {
      origin: "down",
      expect: { from: "cache", answer: { "x-a": "2" } },
    },
  ),
  afterHead(
    "one with the same length freshens",
    "MAY",
    { "cache-control": "max-age=60", etag: '"a"', "content-length": "14" },
    200,
    {
      origin: "down",
      expect: { from: "cache" },
    },
  ),
  afterHead(
    "one with another tag does not",
    "SHOULD",
    { "cache-control": "max-age=60", etag: '"b"' },
    200,
    {
      origin: {},
      expect: { from: "origin" },
    },
  ),
  afterHead(
    "one with another length does not",
    "SHOULD",
    { "cache-control": "max-age=60", etag: '"a"', "content-length": "15" },
    200,
    {
      origin: {},
      expect: { from: "origin" },
    },
  ),
  afterHead(
    "one with another status does not",
    "SHOULD",
    { "cache-control": "max-age=60", etag: '"a"' },
    404,
    {
      origin: {},
      expect: { from: "origin" },
    },
  ),
];

const targeted = "RFC 9213 §2.2";

const targetedTable: readonly [string, string, Level, CaseFields, "cache" | "origin"][] = [
  [
    "CDN-Cache-Control makes it fresh",
    targeted,
    "MUST",
    { "cdn-cache-control": "max-age=60" },
    "cache",
  ],
  ["CDN-Cache-Control goes before Cache-Control", targeted, "MUST", {
    "cdn-cache-control": "max-age=60",
    "cache-control": "max-age=0",
  }, "cache"],
  ["CDN-Cache-Control that is shorter too", targeted, "MUST", {
    "cdn-cache-control": "max-age=0",
    "cache-control": "max-age=60",
  }, "origin"],
  ["CDN-Cache-Control goes before Expires", targeted, "MUST", {
    "cdn-cache-control": "max-age=60",
    expires: "<now-60>",
  }, "cache"],
  ["CDN-Cache-Control without a lifetime goes before Expires", targeted, "MUST", {
    "cdn-cache-control": "public",
    expires: "<now+60>",
  }, "origin"],
  ["CDN-Cache-Control undoes no-store", targeted, "MUST", {
    "cdn-cache-control": "max-age=60",
    "cache-control": "no-store",
  }, "cache"],
  ["CDN-Cache-Control undoes private", targeted, "MUST", {
    "cdn-cache-control": "max-age=60",
    "cache-control": "private",
  }, "cache"],
  ["CDN-Cache-Control: no-store is not kept", targeted, "MUST", {
    "cdn-cache-control": "no-store",
    ...fresh,
  }, "origin"],
  ["CDN-Cache-Control: private is not kept", targeted, "MUST", {
    "cdn-cache-control": "private, max-age=60",
    ...fresh,
  }, "origin"],
  ["CDN-Cache-Control: no-cache is validated", targeted, "MUST", {
    "cdn-cache-control": "no-cache",
    ...fresh,
  }, "origin"],
  ["CDN-Cache-Control that is empty is absent", "RFC 9213 §2.1", "MUST", {
    "cdn-cache-control": "",
    ...fresh,
  }, "cache"],
  ["CDN-Cache-Control that cannot be parsed is absent", "RFC 9213 §2.1", "MUST", {
    "cdn-cache-control": "max-age=60, !",
    "cache-control": "max-age=0",
  }, "origin"],
  ["CDN-Cache-Control with capitals cannot be parsed", "RFC 9213 §2.1", "MUST", {
    "cdn-cache-control": "Max-Age=60",
    "cache-control": "max-age=0",
  }, "origin"],
  ["parameters are passed over", "RFC 9213 §2.1", "MUST", {
    "cdn-cache-control": "max-age=60;foo=bar",
  }, "cache"],
  ["unknown directives are passed over", "RFC 9213 §2.1", "MUST", {
    "cdn-cache-control": "foo, max-age=60, bar=(1 2)",
  }, "cache"],
  ["a lifetime of the wrong type is none", "RFC 9213 §2.1", "OURS", {
    "cdn-cache-control": 'max-age="60"',
  }, "origin"],
  ["several fields are one Dictionary", "RFC 9651 §4.2", "MUST", {
    "cdn-cache-control": ["foo", "max-age=60"],
  }, "cache"],
  ["Age takes from a targeted lifetime", "RFC 9111 §4.2.3", "MUST", {
    "cdn-cache-control": "max-age=60",
    age: "60",
  }, "origin"],
  ["the most special field is heard", targeted, "MUST", {
    "skerry-cache-control": "max-age=0",
    "cdn-cache-control": "max-age=60",
  }, "origin"],
  ["Surrogate-Control makes it fresh", "Edge Architecture §2.3", "MAY", {
    "surrogate-control": "max-age=60",
  }, "cache"],
  ["Surrogate-Control goes before Cache-Control", "Edge Architecture §2.3", "MAY", {
    "surrogate-control": "max-age=60",
    "cache-control": "no-store",
  }, "cache"],
  ["Surrogate-Control: no-store is not kept", "Edge Architecture §2.3", "MUST", {
    "surrogate-control": "no-store",
    ...fresh,
  }, "origin"],
  ["Surrogate-Control for this one is heard before that for all", "Edge Architecture §2.3", "MAY", {
    "surrogate-control": "max-age=0, max-age=60;skerry, no-store;abc",
    "cache-control": "no-store",
  }, "cache"],
  ["Surrogate-Control for another is not heard", "Edge Architecture §2.3", "MUST", {
    "surrogate-control": "max-age=60;abc",
    "cache-control": "max-age=0",
  }, "origin"],
];

const targetedCases: readonly Case[] = [
  ...targetedTable.map(([name, section, level, fields, from]) =>
    reuse(name, section, level, { fields }, from)
  ),
  reuse(
    "Surrogate-Control and keys are not for clients",
    "Edge Architecture §2.3",
    "SHOULD",
    {
      fields: { "surrogate-control": "max-age=60", "surrogate-key": "a b", "cache-tag": "c" },
    },
    "cache",
    {
      expect: {
        from: "cache",
        answer: { "surrogate-control": "absent", "surrogate-key": "absent", "cache-tag": "absent" },
      },
    },
  ),
  reuse(
    "CDN-Cache-Control goes on to other caches",
    "RFC 9213 §3.1",
    "MAY",
    {
      fields: { "cdn-cache-control": "max-age=60" },
    },
    "cache",
    { expect: { from: "cache", answer: { "cdn-cache-control": "max-age=60" } } },
  ),
];

/** What `Cache-Status` says of the last of some steps. */
function status(
  name: string,
  section: string,
  steps: readonly Step[],
  last: Step,
  told: string,
): Case {
  const answer = { ...last.expect.answer, "cache-status": told };
  return {
    name,
    section,
    level: "OURS",
    steps: [...steps, { ...last, expect: { ...last.expect, answer } }],
  };
}

const kept: Step = {
  origin: { fields: { ...fresh, vary: "foo", etag: '"a"' } },
  expect: { from: "origin" },
};

const statusCases: readonly Case[] = [
  status("a hit is told with what is left", "RFC 9211 §2.1", [kept], {
    afterSeconds: 5,
    expect: { from: "cache" },
  }, "Skerry; hit; ttl=3595"),
  status("nothing kept is uri-miss", "RFC 9211 §2.2", [], {
    origin: { fields: fresh },
    expect: { from: "origin" },
  }, "Skerry; fwd=uri-miss; ttl=3600; stored"),
  status("nothing that fits is vary-miss", "RFC 9211 §2.2", [kept], {
    fields: { foo: "1" },
    origin: {},
    expect: { from: "origin" },
  }, "/^Skerry; fwd=vary-miss/"),
  status("another method is method", "RFC 9211 §2.2", [], {
    method: "POST",
    expect: { from: "origin" },
  }, "/^Skerry; fwd=method/"),
  status("a client's wish is request", "RFC 9211 §2.2", [kept], {
    fields: { "cache-control": "no-cache" },
    origin: {},
    expect: { from: "origin" },
  }, "/^Skerry; fwd=request/"),
  status(
    "what was validated is stale",
    "RFC 9211 §2.2",
    [{
      origin: { fields: { "cache-control": "max-age=1", etag: '"a"' } },
      expect: { from: "origin" },
    }],
    { afterSeconds: 2, origin: { status: 304, fields: fresh }, expect: { from: "validated" } },
    "Skerry; fwd=stale; fwd-status=304; ttl=3600; stored; detail=stale",
  ),
  status("why nothing was kept is told", "RFC 9211 §2.8", [], {
    origin: { fields: { "cache-control": "private" } },
    expect: { from: "origin" },
  }, "/detail=private$/"),
  status(
    "that nothing could be kept before is told",
    "RFC 9211 §2.8",
    [{ origin: { fields: { "cache-control": "private" } }, expect: { from: "origin" } }],
    { origin: {}, expect: { from: "origin" } },
    "/detail=hit-for-miss$/",
  ),
  status(
    "why something stale is served is told",
    "RFC 9211 §2.8",
    [{ origin: { fields: { "cache-control": "max-age=1" } }, expect: { from: "origin" } }],
    { afterSeconds: 2, origin: "down", expect: { from: "instead" } },
    "/detail=disconnected$/",
  ),
];

/** See the head of this file. */
export const otherCases: readonly Case[] = [
  ...invalidationCases,
  ...headCases,
  ...targetedCases,
  ...statusCases,
];

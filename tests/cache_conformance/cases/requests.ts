/** What a client may ask of a cache (RFC 9111 §5.2.1, §5.4). */

import {
  type Case,
  type CaseFields,
  fresh,
  type Level,
  type OriginScript,
  reuse,
} from "../case.ts";

const aged: OriginScript = { fields: { "cache-control": "max-age=60", age: "30" } };
const stale: OriginScript = { fields: { "cache-control": "max-age=60", age: "70", etag: '"a"' } };
const strict: OriginScript = {
  fields: { "cache-control": "max-age=60, must-revalidate", age: "70", etag: '"a"' },
};
const immutable: OriginScript = {
  fields: { "cache-control": "max-age=3600, immutable", age: "30" },
};

type Row = readonly [
  string,
  string,
  Level,
  CaseFields,
  OriginScript,
  "cache" | "origin" | "nobody",
];

const table: readonly Row[] = [
  ["no-cache is validated", "RFC 9111 §5.2.1.4", "SHOULD", { "cache-control": "no-cache" }, {
    fields: fresh,
  }, "origin"],
  ["Pragma: no-cache is validated", "RFC 9111 §5.4", "SHOULD", { pragma: "no-cache" }, {
    fields: fresh,
  }, "origin"],
  [
    "Pragma is passed over beside Cache-Control",
    "RFC 9111 §5.4",
    "SHOULD",
    { pragma: "no-cache", "cache-control": "max-age=9999" },
    { fields: fresh },
    "cache",
  ],
  ["max-age=0 is validated", "RFC 9111 §5.2.1.1", "SHOULD", { "cache-control": "max-age=0" }, {
    fields: fresh,
  }, "origin"],
  [
    "max-age below the age is validated",
    "RFC 9111 §5.2.1.1",
    "SHOULD",
    { "cache-control": "max-age=29" },
    aged,
    "origin",
  ],
  [
    "max-age above the age is answered",
    "RFC 9111 §5.2.1.1",
    "MAY",
    { "cache-control": "max-age=45" },
    aged,
    "cache",
  ],
  [
    "max-age does not make a stale response fresh",
    "RFC 9111 §5.2.1.1",
    "MUST",
    { "cache-control": "max-age=9999" },
    stale,
    "origin",
  ],
  [
    "min-fresh beyond what is left is validated",
    "RFC 9111 §5.2.1.3",
    "SHOULD",
    { "cache-control": "min-fresh=31" },
    aged,
    "origin",
  ],
  [
    "min-fresh within what is left is answered",
    "RFC 9111 §5.2.1.3",
    "MAY",
    { "cache-control": "min-fresh=15" },
    aged,
    "cache",
  ],
  [
    "max-stale of enough takes what is stale",
    "RFC 9111 §5.2.1.2",
    "MAY",
    { "cache-control": "max-stale=60" },
    stale,
    "cache",
  ],
  [
    "max-stale without a bound takes what is stale",
    "RFC 9111 §5.2.1.2",
    "MAY",
    { "cache-control": "max-stale" },
    stale,
    "cache",
  ],
  [
    "max-stale of too little does not",
    "RFC 9111 §5.2.1.2",
    "MUST",
    { "cache-control": "max-stale=5" },
    stale,
    "origin",
  ],
  [
    "max-stale does not undo must-revalidate",
    "RFC 9111 §5.2.2.2",
    "MUST",
    { "cache-control": "max-stale" },
    strict,
    "origin",
  ],
  [
    "max-stale does not undo s-maxage",
    "RFC 9111 §5.2.2.10",
    "MUST",
    { "cache-control": "max-stale" },
    { fields: { "cache-control": "s-maxage=60", age: "70", etag: '"a"' } },
    "origin",
  ],
  [
    "max-stale does not undo proxy-revalidate",
    "RFC 9111 §5.2.2.8",
    "MUST",
    { "cache-control": "max-stale" },
    { fields: { "cache-control": "max-age=60, proxy-revalidate", age: "70", etag: '"a"' } },
    "origin",
  ],
  [
    "max-stale does not undo no-cache",
    "RFC 9111 §5.2.2.4",
    "MUST",
    { "cache-control": "max-stale" },
    { fields: { "cache-control": "max-age=60, no-cache", etag: '"a"' } },
    "origin",
  ],
  [
    "max-stale beside max-age takes nothing older than that",
    "RFC 9111 §5.2.1.1",
    "SHOULD",
    { "cache-control": "max-stale, max-age=65" },
    stale,
    "origin",
  ],
  [
    "only-if-cached is answered by what is fresh",
    "RFC 9111 §5.2.1.7",
    "SHOULD",
    { "cache-control": "only-if-cached" },
    { fields: fresh },
    "cache",
  ],
  [
    "only-if-cached is answered 504 where that is stale",
    "RFC 9111 §5.2.1.7",
    "SHOULD",
    { "cache-control": "only-if-cached" },
    stale,
    "nobody",
  ],
  [
    "what cannot be understood is passed over",
    "RFC 9111 §5.2.1.1",
    "OURS",
    { "cache-control": "max-age=x, min-fresh=y" },
    { fields: fresh },
    "cache",
  ],
  [
    "an unknown directive is passed over",
    "RFC 9111 §5.2.3",
    "MUST",
    { "cache-control": "foo=bar" },
    { fields: fresh },
    "cache",
  ],
  [
    "no-store may be answered by what is kept",
    "RFC 9111 §5.2.1.5",
    "MAY",
    { "cache-control": "no-store" },
    { fields: fresh },
    "cache",
  ],
  [
    "immutable is not validated for max-age=0",
    "RFC 8246 §2.1",
    "SHOULD",
    { "cache-control": "max-age=0" },
    immutable,
    "cache",
  ],
  [
    "immutable is validated for no-cache",
    "RFC 8246 §2.1",
    "SHOULD",
    { "cache-control": "no-cache" },
    immutable,
    "origin",
  ],
];

/** See the head of this file. */
export const requestCases: readonly Case[] = [
  ...table.map(([name, section, level, fields, origin, from]): Case =>
    reuse(name, section, level, origin, from, {
      fields,
      origin: from === "nobody" ? "down" : {},
      expect: { from, ...(from === "nobody" ? { status: 504 } : {}) },
    })
  ),
  {
    name: "only-if-cached is answered 504 where nothing is kept",
    section: "RFC 9111 §5.2.1.7",
    level: "SHOULD",
    steps: [{
      fields: { "cache-control": "only-if-cached" },
      expect: { from: "nobody", status: 504 },
    }],
  },
  {
    name: "an answer to no-store is not kept",
    section: "RFC 9111 §5.2.1.5",
    level: "MUST",
    steps: [
      {
        fields: { "cache-control": "no-store" },
        origin: { fields: fresh },
        expect: { from: "origin" },
      },
      { origin: {}, expect: { from: "origin" } },
    ],
  },
  {
    name: "a client that wants nothing kept takes nothing from others",
    section: "RFC 9111 §5.2.1.5",
    level: "OURS",
    steps: [
      { origin: { fields: { ...fresh, etag: '"a"' } }, expect: { from: "origin" } },
      {
        fields: { "cache-control": "no-store, no-cache" },
        origin: { status: 304, fields: fresh },
        expect: { from: "validated", status: 200 },
      },
      { origin: "down", expect: { from: "cache", status: 200 } },
    ],
  },
  {
    name: "a client's directives go forward with its request",
    section: "RFC 9111 §5.2",
    level: "MUST",
    steps: [{
      fields: { "cache-control": "no-cache, foo=bar", pragma: "no-cache" },
      expect: {
        from: "origin",
        forwarded: { "cache-control": "no-cache, foo=bar", pragma: "no-cache" },
      },
    }],
  },
  {
    ...reuse(
      "a client has no say where it is set so",
      "RFC 9111 §5.2.1",
      "OURS",
      { fields: fresh },
      "cache",
      {
        fields: { "cache-control": "no-cache, max-age=0" },
      },
    ),
    settings: { requestDirectives: "ignored" },
  },
  {
    name: "nothing is kept where it is set so",
    section: "RFC 9111 §3",
    level: "OURS",
    settings: { mode: "pass" },
    steps: [
      {
        origin: { fields: fresh },
        expect: { from: "origin", answer: { "cache-status": "/fwd=bypass/" } },
      },
      { origin: {}, expect: { from: "origin" } },
    ],
  },
  {
    name: "the order of parameters does not count where it is set so, and some parameters neither",
    section: "RFC 9111 §2",
    level: "OURS",
    settings: {
      key: {
        query: "sorted",
        ignoredParameters: ["utm_*"],
        keptParameters: [],
        fields: ["x-market"],
        cookies: ["ab"],
      },
    },
    steps: [
      { target: "/?b=2&utm_source=x&a=1", origin: { fields: fresh }, expect: { from: "origin" } },
      { target: "/?a=1&b=2", expect: { from: "cache" } },
      {
        target: "/?a=1&b=2",
        fields: { "x-market": "de" },
        origin: { fields: fresh },
        expect: { from: "origin" },
      },
      {
        target: "/?a=1&b=2",
        fields: { cookie: "x=1; ab=2" },
        origin: { fields: fresh },
        expect: { from: "origin" },
      },
      {
        target: "/?a=1&b=2",
        fields: { cookie: "y=3; ab=2" },
        expect: { from: "cache", bodyOf: 3 },
      },
    ],
  },
];

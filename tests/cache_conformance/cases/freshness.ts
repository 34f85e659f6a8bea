/** How long a response is fresh, and how old it is (RFC 9111 §4.2, §5.1 to §5.3). */

import { type Case, type CaseFields, fresh, type Level, reuse } from "../case.ts";

const lifetime = "RFC 9111 §4.2.1";
const age = "RFC 9111 §4.2.3";

/** What an origin's fields make of a response: used again, or not. */
const table: readonly [string, string, Level, CaseFields, "cache" | "origin"][] = [
  ["max-age makes it fresh", lifetime, "SHOULD", fresh, "cache"],
  ["max-age=0 makes it stale", lifetime, "MUST", { "cache-control": "max-age=0" }, "origin"],
  ["s-maxage makes it fresh", lifetime, "SHOULD", { "cache-control": "s-maxage=60" }, "cache"],
  [
    "s-maxage goes before max-age",
    lifetime,
    "MUST",
    { "cache-control": "s-maxage=60, max-age=0" },
    "cache",
  ],
  ["s-maxage=0 goes before max-age", lifetime, "MUST", {
    "cache-control": "max-age=60, s-maxage=0",
  }, "origin"],
  [
    "Expires ahead makes it fresh",
    lifetime,
    "SHOULD",
    { expires: "<now+60>", date: "<now>" },
    "cache",
  ],
  [
    "Expires behind makes it stale",
    "RFC 9111 §5.3",
    "MUST",
    { expires: "<now-60>", date: "<now>" },
    "origin",
  ],
  ["Expires of just now makes it stale", "RFC 9111 §5.3", "MUST", {
    expires: "<now>",
    date: "<now>",
  }, "origin"],
  [
    "Expires counts from Date",
    lifetime,
    "MUST",
    { expires: "<now-10>", date: "<now-60>" },
    "origin",
  ],
  ["Expires counts without Date", lifetime, "SHOULD", { expires: "<now+60>" }, "cache"],
  [
    "max-age goes before Expires",
    "RFC 9111 §5.3",
    "MUST",
    { ...fresh, expires: "<now-60>" },
    "cache",
  ],
  ["max-age=0 goes before Expires", "RFC 9111 §5.3", "MUST", {
    "cache-control": "max-age=0",
    expires: "<now+60>",
  }, "origin"],
  ["s-maxage goes before Expires", "RFC 9111 §5.2.2.10", "MUST", {
    "cache-control": "s-maxage=60",
    expires: "<now-60>",
  }, "cache"],
  ["of two Expires the first counts", lifetime, "SHOULD", {
    expires: ["<now-60>", "<now+60>"],
    date: "<now>",
  }, "origin"],
  [
    "directives have any case",
    "RFC 9111 §5.2",
    "MUST",
    { "cache-control": "MaX-AgE=3600" },
    "cache",
  ],
  ["a quoted argument is an argument", "RFC 9111 §5.2", "SHOULD", {
    "cache-control": 'max-age="3600"',
  }, "cache"],
  ["an unknown directive is ignored", "RFC 9111 §5.2.3", "MUST", {
    "cache-control": "foo, max-age=3600, bar=baz",
  }, "cache"],
  ["what is quoted is no directive", "RFC 9111 §5.2", "MUST", {
    "cache-control": 'foo="max-age=3600", max-age=0',
  }, "origin"],
  ["what is quoted hides nothing", "RFC 9111 §5.2", "MUST", {
    "cache-control": 'foo="no-store, private", max-age=60',
  }, "cache"],
  ["empty members are passed over", "RFC 9110 §5.6.1.2", "MUST", {
    "cache-control": ", ,max-age=60,,",
  }, "cache"],
  ["directives may be in several fields", "RFC 9110 §5.3", "MUST", {
    "cache-control": ["public", "max-age=60"],
  }, "cache"],
  [
    "leading zeros are digits",
    "RFC 9111 §1.2.2",
    "MUST",
    { "cache-control": "max-age=0060" },
    "cache",
  ],
  ["2^31 - 1 seconds is a lifetime", "RFC 9111 §1.2.2", "MUST", {
    "cache-control": "max-age=2147483647",
  }, "cache"],
  ["2^31 seconds is a lifetime", "RFC 9111 §1.2.2", "MUST", {
    "cache-control": "max-age=2147483648",
  }, "cache"],
  ["more than 2^31 seconds is 2^31", "RFC 9111 §1.2.2", "MUST", {
    "cache-control": "max-age=99999999999",
  }, "cache"],
  ["of two max-age the first counts", lifetime, "SHOULD", {
    "cache-control": "max-age=0, max-age=60",
  }, "origin"],
  ["Age takes from the lifetime", age, "MUST", { ...fresh, age: "3600" }, "origin"],
  ["Age takes no more than it says", age, "SHOULD", { ...fresh, age: "3590" }, "cache"],
  ["Age takes from s-maxage", age, "MUST", { "cache-control": "s-maxage=60", age: "60" }, "origin"],
  [
    "Age takes from Expires",
    age,
    "MUST",
    { expires: "<now+60>", date: "<now>", age: "60" },
    "origin",
  ],
  ["Age of more than 2^31 is large", age, "MUST", { ...fresh, age: "2147483649" }, "origin"],
  ["Age of 0 is no age", age, "SHOULD", { ...fresh, age: "0" }, "cache"],
  [
    "of several ages the first counts",
    "RFC 9111 §5.1",
    "SHOULD",
    { ...fresh, age: ["7200", "0"] },
    "origin",
  ],
  ["in one field too", "RFC 9111 §5.1", "SHOULD", { ...fresh, age: "0, 7200" }, "cache"],
  ["Date behind is an age", age, "MUST", { ...fresh, date: "<now-7200>" }, "origin"],
  ["Date a little behind is a little age", age, "SHOULD", { ...fresh, date: "<now-60>" }, "cache"],
  ["Date ahead is no age", age, "SHOULD", { ...fresh, date: "<now+60>" }, "cache"],
  [
    "Date that is none is passed over",
    "RFC 9110 §6.6.1",
    "SHOULD",
    { ...fresh, date: "yesterday" },
    "cache",
  ],
  ["nothing said and no validator is not kept", "RFC 9111 §4.2.2", "OURS", {}, "origin"],
  ["Last-Modified alone is no lifetime", "RFC 9111 §4.2.2", "OURS", {
    "last-modified": "<now-864000>",
  }, "origin"],
  [
    "public alone is no lifetime",
    "RFC 9111 §4.2.2",
    "OURS",
    { "cache-control": "public" },
    "origin",
  ],
];

const invalidSpans = [
  "-1",
  "-3600",
  "1.5",
  "3600.0",
  "a",
  "3600a",
  "a3600",
  "'3600'",
  "",
  "1e3",
  "0x10",
  " 3600",
];
const invalidAges = ["abc", "-1", "1.5", "7200;a=1", "7200 7200", '"7200"', ""];
const invalidDates = [
  ...["0", "-1", "tomorrow", "3600", "Thu, 01 Jan 2099", "Thu, 1 Jan 2099 00:00:00 GMT"],
  ...[
    "Thu, 01 Jan 2099 00:00:00 UTC",
    "Thu, 01 Jan 2099 00:00:00 +0000",
    "Thu, 01-Jan-2099 00:00:00 GMT",
  ],
  ...[
    "thu, 01 jan 2099 00:00:00 gmt",
    "Thu, 01 Jan 2099 24:00:00 GMT",
    "Thu, 32 Jan 2099 00:00:00 GMT",
  ],
  ...["Thu, 01 Jan 2099 00:00 GMT", "Thu 01 Jan 2099 00:00:00 GMT", "2099-01-01T00:00:00Z"],
];
const validDates = [
  ["IMF-fixdate", "Thu, 01 Jan 2099 00:00:00 GMT"],
  ["rfc850-date", "Friday, 01-Jan-49 00:00:00 GMT"],
  ["asctime-date", "Thu Jan  1 00:00:00 2099"],
] as const;

/** See the head of this file. */
export const freshnessCases: readonly Case[] = [
  ...table.map(([name, section, level, fields, from]) =>
    reuse(name, section, level, { fields }, from)
  ),
  ...invalidSpans.map((span) =>
    reuse(`max-age=${span} is stale`, lifetime, "SHOULD", {
      fields: { "cache-control": `max-age=${span}` },
    }, "origin")
  ),
  ...invalidSpans.slice(0, 6).map((span) =>
    reuse(`s-maxage=${span} is stale`, lifetime, "SHOULD", {
      fields: { "cache-control": `s-maxage=${span}, max-age=3600` },
    }, "origin")
  ),
  ...invalidAges.map((value) =>
    reuse(`Age: ${value} is passed over`, "RFC 9111 §5.1", "SHOULD", {
      fields: { ...fresh, age: value },
    }, "cache")
  ),
  ...invalidDates.map((expires) =>
    reuse(
      `Expires: ${expires} is stale`,
      "RFC 9111 §5.3",
      "MUST",
      { fields: { expires } },
      "origin",
    )
  ),
  ...validDates.map(([form, expires]) =>
    reuse(
      `Expires as ${form} is understood`,
      "RFC 9110 §5.6.7",
      "MUST",
      { fields: { expires } },
      "cache",
    )
  ),
  reuse(
    "what was fresh becomes stale",
    lifetime,
    "MUST",
    { fields: { "cache-control": "max-age=2" } },
    "origin",
    {
      afterSeconds: 3,
    },
  ),
  reuse(
    "what is fresh stays so until its time",
    lifetime,
    "SHOULD",
    { fields: { "cache-control": "max-age=10" } },
    "cache",
    {
      afterSeconds: 2,
    },
  ),
  reuse(
    "an answer from the cache tells its Age",
    "RFC 9111 §5.1",
    "MUST",
    { fields: fresh },
    "cache",
    {
      afterSeconds: 3,
      expect: { from: "cache", answer: { age: "3" } },
    },
  ),
  reuse(
    "Age grows from what the origin said",
    "RFC 9111 §4.2.3",
    "MUST",
    { fields: { ...fresh, age: "30" } },
    "cache",
    {
      afterSeconds: 2,
      expect: { from: "cache", answer: { age: "32" } },
    },
  ),
  reuse(
    "Age grows from Date where that says more",
    "RFC 9111 §4.2.3",
    "MUST",
    {
      fields: { ...fresh, age: "3", date: "<now-30>" },
    },
    "cache",
    { expect: { from: "cache", answer: { age: "30" } } },
  ),
  reuse(
    "Date stays that of the origin",
    "RFC 9110 §6.6.1",
    "MUST",
    { fields: { ...fresh, date: "<now-30>" } },
    "cache",
    {
      afterSeconds: 2,
      expect: { from: "cache", answer: { date: "<now-32>" } },
    },
  ),
  reuse(
    "Date is added where the origin has none",
    "RFC 9110 §6.6.1",
    "MUST",
    { fields: fresh },
    "cache",
    {
      afterSeconds: 2,
      expect: { from: "cache", answer: { date: "<now-2>" } },
    },
  ),
  {
    ...reuse(
      "a share of the time since Last-Modified is a lifetime where it is set",
      "RFC 9111 §4.2.2",
      "MAY",
      {
        fields: { "last-modified": "<now-864000>" },
      },
      "cache",
    ),
    settings: { heuristic: { fraction: 0.1, msMax: 86_400_000 } },
  },
  {
    ...reuse("no guess is made beside what is said", "RFC 9111 §4.2.2", "MUST", {
      fields: { "last-modified": "<now-864000>", "cache-control": "max-age=0" },
    }, "origin"),
    settings: { heuristic: { fraction: 0.1, msMax: 86_400_000 } },
  },
  {
    ...reuse("no guess is made of a status that must say it", "RFC 9111 §4.2.2", "MUST", {
      status: 302,
      fields: { "last-modified": "<now-864000>" },
    }, "origin"),
    settings: { heuristic: { fraction: 0.1, msMax: 86_400_000 } },
  },
  {
    ...reuse("a lifetime of the service's own counts for its status", "RFC 9111 §4.2.2", "OURS", {
      status: 404,
    }, "cache"),
    settings: { lifetimeMsByStatus: new Map([[404, 10_000]]) },
  },
  {
    ...reuse("what the response says goes before it", "RFC 9111 §4.2.1", "OURS", {
      status: 404,
      fields: { "cache-control": "max-age=0" },
    }, "origin"),
    settings: { lifetimeMsByStatus: new Map([[404, 10_000]]) },
  },
  {
    ...reuse("a lifetime that is forced goes before all", "RFC 9111 §4.2.1", "OURS", {
      fields: { "cache-control": "max-age=0" },
    }, "cache"),
    settings: { lifetimeMsForced: 10_000 },
  },
];

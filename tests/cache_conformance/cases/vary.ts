/** Responses that depend on the request (RFC 9111 §4.1, RFC 9110 §12.5.5). */

import { type Case, type CaseFields, fresh, type Level, type Step } from "../case.ts";

const section = "RFC 9111 §4.1";

function vary(
  name: string,
  level: Level,
  value: string | string[],
  first: CaseFields,
  second: CaseFields,
  from: "cache" | "origin",
): Case {
  const answer = from === "cache"
    ? {}
    : { answer: { "cache-status": "/fwd=(vary-miss|uri-miss)/" } };
  return {
    name,
    section,
    level,
    steps: [
      { fields: first, origin: { fields: { ...fresh, vary: value } }, expect: { from: "origin" } },
      { fields: second, origin: { fields: fresh }, expect: { from, ...answer } },
    ],
  };
}

/** See the head of this file. */
export const varyCases: readonly Case[] = [
  vary("the same value is answered", "MAY", "foo", { foo: "1" }, { foo: "1" }, "cache"),
  vary("another value is not", "MUST", "foo", { foo: "1" }, { foo: "2" }, "origin"),
  vary("none is not the same as some", "MUST", "foo", { foo: "1" }, {}, "origin"),
  vary("some is not the same as none", "MUST", "foo", {}, { foo: "1" }, "origin"),
  vary("none is the same as none", "MAY", "foo", {}, {}, "cache"),
  vary("empty is not none", "MUST", "foo", { foo: "" }, {}, "origin"),
  vary("other fields make no difference", "MAY", "foo", { foo: "1", bar: "1" }, {
    foo: "1",
    bar: "2",
  }, "cache"),
  vary("all of several must be the same", "MUST", "foo, bar", { foo: "1", bar: "1" }, {
    foo: "1",
    bar: "2",
  }, "origin"),
  vary("all of several that are the same are answered", "MAY", "foo, bar", { bar: "1", foo: "1" }, {
    foo: "1",
    bar: "1",
  }, "cache"),
  vary("names in several fields count together", "MUST", ["foo", "bar"], { foo: "1", bar: "1" }, {
    foo: "1",
    bar: "2",
  }, "origin"),
  vary("names have any case", "MUST", "FOO", { foo: "1" }, { foo: "2" }, "origin"),
  vary("a star never matches", "MUST", "*", {}, {}, "origin"),
  vary("a star among names never matches", "MUST", "foo, *", { foo: "1" }, { foo: "1" }, "origin"),
  vary(
    "a star in a second field never matches",
    "MUST",
    ["foo", "*"],
    { foo: "1" },
    { foo: "1" },
    "origin",
  ),
  vary("a star after an empty member never matches", "MUST", ", *", {}, {}, "origin"),
  ...["forwarded", "X-Forwarded-For"].map((name) =>
    vary(`${name} is another for each client`, "MUST", `foo, ${name}`, {}, {}, "origin")
  ),
  vary("what is no name may be anything", "OURS", "foo bar", { foo: "1" }, { foo: "1" }, "origin"),
  vary("an empty Vary is none", "MAY", "", { foo: "1" }, { foo: "2" }, "cache"),
  vary("the same value in two fields and in one is the same", "MAY", "foo", { foo: ["1", "2"] }, {
    foo: "1, 2",
  }, "cache"),
  vary("whitespace around commas makes no difference", "MAY", "foo", { foo: "1,2" }, {
    foo: "1 ,  2",
  }, "cache"),
  vary(
    "whitespace in a product's comment does",
    "MUST",
    "user-agent",
    { "user-agent": "a (b,c)" },
    {
      "user-agent": "a (b, c)",
    },
    "origin",
  ),
  vary(
    "values in another order are others",
    "MUST",
    "foo",
    { foo: "1, 2" },
    { foo: "2, 1" },
    "origin",
  ),
  vary("values in other case are others", "MUST", "foo", { foo: "a" }, { foo: "A" }, "origin"),
  vary("whitespace in Accept makes no difference", "MAY", "accept", { accept: "a/b, c/d" }, {
    accept: "a/b,c/d",
  }, "cache"),
  vary(
    "the order of Accept-Language makes no difference",
    "MAY",
    "accept-language",
    { "accept-language": "en, de" },
    { "accept-language": "de, en" },
    "cache",
  ),
  vary(
    "the case of Accept-Language makes no difference",
    "MAY",
    "accept-language",
    { "accept-language": "en-US" },
    { "accept-language": "en-us" },
    "cache",
  ),
  vary(
    "the weights of Accept-Language do",
    "MUST",
    "accept-language",
    { "accept-language": "en, de;q=0.5" },
    { "accept-language": "en;q=0.5, de" },
    "origin",
  ),
  vary(
    "the order of Accept-Encoding makes no difference",
    "MAY",
    "accept-encoding",
    { "accept-encoding": "gzip, br" },
    { "accept-encoding": "br, gzip" },
    "cache",
  ),
  {
    name: "several variants are kept beside each other",
    section,
    level: "MAY",
    steps: [
      ...["1", "2", "3"].map((foo): Step => ({
        fields: { foo },
        origin: { fields: { ...fresh, vary: "foo" } },
        expect: { from: "origin" },
      })),
      ...["2", "1", "3"].map((foo): Step => ({
        fields: { foo },
        origin: { fields: fresh },
        expect: { from: "cache", bodyOf: Number(foo) - 1 },
      })),
    ],
  },
  {
    name: "of two that match, the most recent is used",
    section: "RFC 9111 §4",
    level: "MUST",
    steps: [
      {
        fields: { foo: "1" },
        origin: { fields: { ...fresh, vary: "foo", date: "<now-30>" } },
        expect: { from: "origin" },
      },
      {
        fields: { foo: "2" },
        origin: { fields: { ...fresh, date: "<now>" } },
        expect: { from: "origin" },
      },
      { fields: { foo: "1" }, expect: { from: "cache", bodyOf: 1 } },
    ],
  },
  {
    name: "a variant that is stale is validated by its own tag",
    section: "RFC 9111 §4.3.1",
    level: "MUST",
    steps: [
      {
        fields: { foo: "1" },
        origin: { fields: { "cache-control": "max-age=1", vary: "foo", etag: '"1"' } },
        expect: { from: "origin" },
      },
      {
        fields: { foo: "2" },
        origin: { fields: { "cache-control": "max-age=1", vary: "foo", etag: '"2"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        fields: { foo: "1" },
        origin: { status: 304 },
        expect: { from: "validated", bodyOf: 0, forwarded: { "if-none-match": '"1"' } },
      },
    ],
  },
];

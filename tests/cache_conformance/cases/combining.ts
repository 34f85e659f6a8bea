/** Parts of one representation, put together (RFC 9111 §3.4, RFC 9110 §15.3.7.3). */

import { type Case, type CaseFields, fresh, type Level, type Step } from "../case.ts";

const combining = "RFC 9110 §15.3.7.3";
const digits = "0123456789";

/** Asks for bytes of ten digits, and the origin answers with them, or with those that it is said to. */
function part(
  first: number,
  last: number,
  fields: CaseFields = {},
  more: Partial<Step> = {},
): Step {
  const place = `bytes ${first}-${last}/10`;
  return {
    fields: { range: `bytes=${first}-${last}` },
    origin: {
      status: 206,
      fields: { ...fresh, etag: '"a"', "content-range": place, ...fields },
      body: digits.slice(first, last + 1),
    },
    expect: { from: "origin", status: 206 },
    ...more,
  };
}

/** What comes of the parts without the origin. */
function together(
  name: string,
  level: Level,
  parts: readonly Step[],
  asked: CaseFields,
  status: number,
  body: string,
  answer: CaseFields = {},
): Case {
  const last: Step = {
    fields: asked,
    origin: "down",
    expect: { from: "cache", status, body, answer },
  };
  return { name, section: combining, level, steps: [...parts, last] };
}

/** Parts that must not be put together: who wants all of it gets it from the origin. */
function apart(name: string, level: Level, parts: readonly Step[]): Case {
  const last: Step = {
    origin: { fields: fresh, body: "all of it" },
    expect: { from: "origin", status: 200, body: "all of it" },
  };
  return { name, section: combining, level, steps: [...parts, last] };
}

/** See the head of this file. */
export const combiningCases: readonly Case[] = [
  together(
    "parts that are all of it are a 200",
    "MUST",
    [part(0, 4), part(5, 9)],
    {},
    200,
    digits,
    {
      "content-length": "10",
      "content-range": "absent",
      etag: '"a"',
    },
  ),
  together("in whatever order they came", "MAY", [part(5, 9), part(0, 4)], {}, 200, digits),
  together("three of them too", "MAY", [part(0, 2), part(7, 9), part(3, 6)], {}, 200, digits),
  together("parts may overlap", "MAY", [part(0, 6), part(3, 9)], {}, 200, digits),
  together("one may lie within another", "MAY", [part(2, 3), part(0, 9)], {}, 200, digits),
  together(
    "parts that adjoin are one part",
    "MAY",
    [part(2, 3), part(4, 6)],
    {
      range: "bytes=3-5",
    },
    206,
    "345",
    { "content-range": "bytes 3-5/10", "content-length": "3" },
  ),
  together(
    "of all of it the last bytes are known",
    "MAY",
    [part(0, 4), part(5, 9)],
    {
      range: "bytes=-3",
    },
    206,
    "789",
  ),
  together(
    "and a condition is judged by its tag",
    "MAY",
    [part(0, 4), part(5, 9)],
    {
      "if-none-match": '"a"',
    },
    304,
    "",
  ),
  together(
    "fields of the later part take the place of the earlier's",
    "MUST",
    [part(0, 4, { "x-a": "1", "x-b": "1" }), part(5, 9, { "x-a": "2" })],
    {},
    200,
    digits,
    { "x-a": "2", "x-b": "1" },
  ),
  {
    name: "HEAD is answered by parts that are all of it",
    section: combining,
    level: "MAY",
    steps: [part(0, 4), part(5, 9), {
      method: "HEAD",
      origin: "down",
      expect: { from: "cache", status: 200, body: "", answer: { "content-length": "10" } },
    }],
  },
  apart("a gap stays a gap", "MUST", [part(0, 3), part(5, 9)]),
  apart("parts with weak tags stay apart", "MUST", [
    part(0, 4, { etag: 'W/"a"' }),
    part(5, 9, { etag: 'W/"a"' }),
  ]),
  apart("parts with other tags stay apart", "MUST", [part(0, 4), part(5, 9, { etag: '"b"' })]),
  apart("parts without tags stay apart", "MUST", [
    part(0, 4, { etag: [] }),
    part(5, 9, { etag: [] }),
  ]),
  apart("parts of other lengths stay apart", "OURS", [
    part(0, 4),
    part(5, 9, { "content-range": "bytes 5-9/11" }),
  ]),
  apart("parts of other variants stay apart", "MUST", [
    part(0, 4, { vary: "foo" }, { fields: { range: "bytes=0-4", foo: "1" } }),
    part(5, 9, { vary: "foo" }),
  ]),
  {
    name: "what must be validated is, though a later part does not say so",
    section: "RFC 9111 §5.2.2.4",
    level: "MUST",
    steps: [part(0, 4, { "cache-control": "no-cache" }), part(5, 9), {
      origin: { fields: fresh, body: "all of it" },
      expect: { from: "origin", forwarded: { "if-none-match": '"a"' } },
    }],
  },
  {
    name: "what is put together is fresh as long as the later part",
    section: "RFC 9111 §3.4",
    level: "MUST",
    steps: [part(0, 4), part(5, 9, { "cache-control": "max-age=1" }), {
      afterSeconds: 2,
      origin: { status: 304, fields: fresh },
      expect: { from: "validated", status: 200, body: digits },
    }],
  },
  {
    name: "a part with more or fewer bytes than it says is not kept",
    section: "RFC 9110 §14.4",
    level: "MUST",
    steps: [
      part(2, 5, { "content-range": "bytes 2-6/10" }),
      { ...part(2, 5), expect: { from: "origin", status: 206 } },
    ],
  },
  {
    name: "a range that is asked for again and again is one that is kept",
    section: "RFC 9111 §3.4",
    level: "MAY",
    steps: [
      ...[0, 1, 2, 3, 4].flatMap((place) => [part(2 * place, 2 * place)]),
      { fields: { range: "bytes=8-8" }, origin: "down", expect: { from: "cache", body: "8" } },
      { fields: { range: "bytes=0-0" }, origin: "down", expect: { from: "cache", body: "0" } },
    ],
  },
];

/** Asking the origin whether what is kept still holds (RFC 9111 §4.3), and being asked (RFC 9110 §13). */

import { type Case, type CaseFields, fresh, type Level } from "../case.ts";

const modified = "Thu, 01 Jan 2015 00:00:00 GMT";
const later = "Fri, 02 Jan 2015 00:00:00 GMT";

/** Kept, stale, and validated by this 304; then used again. */
function update(
  name: string,
  level: Level,
  kept: CaseFields,
  changed: CaseFields,
  answer: CaseFields,
): Case {
  return {
    name,
    section: "RFC 9111 §3.2",
    level,
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"', ...kept } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { status: 304, fields: { "cache-control": "max-age=60", etag: '"a"', ...changed } },
        expect: { from: "validated", status: 200, answer },
      },
      { origin: "down", expect: { from: "cache", status: 200, answer } },
    ],
  };
}

/** What is kept fresh, and a request with conditions on it. */
function condition(
  name: string,
  section: string,
  level: Level,
  kept: CaseFields,
  fields: CaseFields,
  status: number,
): Case {
  return {
    name,
    section,
    level,
    steps: [
      { origin: { fields: { ...fresh, ...kept } }, expect: { from: "origin" } },
      { fields, expect: { from: "cache", status } },
    ],
  };
}

const ims = "RFC 9110 §13.1.3";
const inm = "RFC 9110 §13.1.2";
const both = { etag: '"a"', "last-modified": modified };

const conditions: readonly (readonly [string, string, Level, CaseFields, CaseFields, number])[] = [
  ["a tag that is kept is answered 304", inm, "SHOULD", both, { "if-none-match": '"a"' }, 304],
  ["a tag that is not kept is answered 200", inm, "MUST", both, { "if-none-match": '"b"' }, 200],
  ["a weak tag matches a strong one", inm, "MUST", both, { "if-none-match": 'W/"a"' }, 304],
  [
    "a strong tag matches a weak one",
    inm,
    "MUST",
    { etag: 'W/"a"' },
    { "if-none-match": '"a"' },
    304,
  ],
  ["one of several tags matches", inm, "MUST", both, { "if-none-match": '"x", "a" ,"y"' }, 304],
  ["one of several fields matches", inm, "MUST", both, { "if-none-match": ['"x"', '"a"'] }, 304],
  ["a tag with a comma matches itself", inm, "MUST", { etag: '"a,b"' }, {
    "if-none-match": '"a,b"',
  }, 304],
  ["a tag in other case is another", inm, "MUST", { etag: '"A"' }, { "if-none-match": '"a"' }, 200],
  ["a star matches whatever is kept", inm, "MUST", both, { "if-none-match": "*" }, 304],
  ["a tag without quotation marks is none", inm, "OURS", both, { "if-none-match": "a" }, 200],
  ["If-None-Match goes before If-Modified-Since", "RFC 9110 §13.2.2", "MUST", both, {
    "if-none-match": '"b"',
    "if-modified-since": later,
  }, 200],
  ["a match goes before If-Modified-Since", "RFC 9110 §13.2.2", "MUST", both, {
    "if-none-match": '"a"',
    "if-modified-since": "Thu, 01 Jan 2009 00:00:00 GMT",
  }, 304],
  ["what is not modified since is answered 304", ims, "SHOULD", both, {
    "if-modified-since": modified,
  }, 304],
  ["nor since a later date", ims, "SHOULD", both, { "if-modified-since": later }, 304],
  ["what is modified since is answered 200", ims, "MUST", { "last-modified": later }, {
    "if-modified-since": modified,
  }, 200],
  ["If-Modified-Since in an old form is understood", "RFC 9110 §5.6.7", "MUST", both, {
    "if-modified-since": "Thursday, 01-Jan-15 00:00:00 GMT",
  }, 304],
  [
    "If-Modified-Since that is no date is ignored",
    ims,
    "MUST",
    both,
    { "if-modified-since": "0" },
    200,
  ],
  [
    "without Last-Modified the date is compared",
    "RFC 9111 §4.3.2",
    "SHOULD",
    { date: "<now-100>" },
    { "if-modified-since": "<now-50>" },
    304,
  ],
];

/** See the head of this file. */
export const validationCases: readonly Case[] = [
  ...conditions.map((row) => condition(...row)),
  {
    ...condition(
      "a 304 has what a 200 would have, and nothing of a body",
      "RFC 9110 §15.4.5",
      "MUST",
      {
        ...both,
        "content-type": "text/plain",
        "content-location": "/x",
        vary: "accept",
        expires: "<now+60>",
      },
      { "if-none-match": '"a"' },
      304,
    ),
    steps: [
      {
        origin: {
          fields: {
            ...fresh,
            ...both,
            "content-type": "text/plain",
            "content-location": "/x",
            vary: "accept",
          },
        },
        expect: { from: "origin" },
      },
      {
        fields: { "if-none-match": '"a"' },
        expect: {
          from: "cache",
          status: 304,
          answer: {
            etag: '"a"',
            "cache-control": "max-age=3600",
            "content-location": "/x",
            vary: "accept",
            date: "/GMT/",
            "content-length": "absent",
            "content-type": "absent",
          },
        },
      },
    ],
  },
  {
    name: "a condition on a response that is no success is ignored",
    section: "RFC 9110 §13.2.1",
    level: "MUST",
    steps: [
      { origin: { status: 404, fields: { ...fresh, etag: '"a"' } }, expect: { from: "origin" } },
      { fields: { "if-none-match": '"a"' }, expect: { from: "cache", status: 404 } },
    ],
  },
  {
    name: "conditions on what is not kept are for the origin",
    section: "RFC 9111 §4.3.2",
    level: "MUST",
    steps: [
      {
        fields: { "if-none-match": '"a"' },
        origin: { status: 304, fields: { etag: '"a"', ...fresh } },
        expect: { from: "origin", status: 304, forwarded: { "if-none-match": '"a"' } },
      },
      { origin: {}, expect: { from: "origin", status: 200 } },
    ],
  },
  ...["if-match", "if-unmodified-since"].map((name): Case => ({
    name: `${name} is for the origin alone`,
    section: "RFC 9111 §4.3.2",
    level: "MUST",
    steps: [
      { origin: { fields: { ...fresh, ...both } }, expect: { from: "origin" } },
      {
        fields: { [name]: name === "if-match" ? '"a"' : modified },
        origin: { status: 412 },
        expect: { from: "origin", status: 412, forwarded: { [name]: "/./" } },
      },
    ],
  })),
  {
    name: "a stale response is validated by its tag and its date",
    section: "RFC 9111 §4.3.1",
    level: "MUST",
    steps: [
      { origin: { fields: { "cache-control": "max-age=1", ...both } }, expect: { from: "origin" } },
      {
        afterSeconds: 2,
        origin: { status: 304 },
        expect: {
          from: "validated",
          status: 200,
          forwarded: { "if-none-match": '"a"', "if-modified-since": modified },
        },
      },
    ],
  },
  {
    name: "a weak tag validates too",
    section: "RFC 9111 §4.3.1",
    level: "MUST",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: 'W/"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { status: 304 },
        expect: { from: "validated", forwarded: { "if-none-match": 'W/"a"' } },
      },
    ],
  },
  {
    name: "a tag without quotation marks is sent back as it came",
    section: "RFC 9111 §4.3.1",
    level: "OURS",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: "a" } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { status: 304 },
        expect: { from: "validated", forwarded: { "if-none-match": "a" } },
      },
    ],
  },
  {
    name: "a client's own condition is judged when what is kept was validated",
    section: "RFC 9111 §4.3.2",
    level: "SHOULD",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        fields: { "if-none-match": '"a"' },
        origin: { status: 304, fields: { "cache-control": "max-age=60" } },
        expect: { from: "validated", status: 304, forwarded: { "if-none-match": '"a"' } },
      },
      { origin: "down", expect: { from: "cache", status: 200 } },
    ],
  },
  {
    name: "a client that has something else gets what was validated",
    section: "RFC 9111 §4.3.2",
    level: "MUST",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        fields: { "if-none-match": '"old"' },
        origin: { status: 304, fields: { "cache-control": "max-age=60" } },
        expect: { from: "validated", status: 200 },
      },
    ],
  },
  {
    name: "a full answer to a validation takes the place of what is kept",
    section: "RFC 9111 §4.3.3",
    level: "MUST",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { fields: { ...fresh, etag: '"b"' } },
        expect: { from: "origin" },
      },
      { origin: "down", expect: { from: "cache", bodyOf: 1, answer: { etag: '"b"' } } },
    ],
  },
  {
    name: "a full answer that is not kept leaves nothing older to be used",
    section: "RFC 9111 §4.3.3",
    level: "OURS",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1, stale-if-error=60", etag: '"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { fields: { "cache-control": "no-store" } },
        expect: { from: "origin" },
      },
      { origin: "down", expect: { from: "failure", status: 502 } },
    ],
  },
  {
    name: "a 304 for another tag freshens nothing, and all is asked for",
    section: "RFC 9111 §4.3.4",
    level: "MUST",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"' } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { status: 304, fields: { ...fresh, etag: '"b"' } },
        expect: { from: "origin", status: 304 },
      },
      { origin: {}, expect: { from: "origin", status: 200 } },
    ],
  },
  update("a 304 freshens what is kept", "MUST", {}, {}, {
    "cache-control": "max-age=60",
    age: "0",
  }),
  update(
    "a field of the 304 takes the place of the stored",
    "MUST",
    { "x-a": "1" },
    { "x-a": "2" },
    { "x-a": "2" },
  ),
  update("a field that is new is added", "MUST", {}, { "x-a": "2" }, { "x-a": "2" }),
  update("a field that the 304 has not stays", "MUST", { "x-a": "1" }, {}, { "x-a": "1" }),
  update("several of a name take the place of one", "MUST", { "x-a": "1" }, { "x-a": ["2", "3"] }, {
    "x-a": "2, 3",
  }),
  update("Content-Type is updated", "MUST", { "content-type": "text/plain" }, {
    "content-type": "text/html",
  }, { "content-type": "text/html" }),
  update("Content-Length is not updated", "MUST", {}, { "content-length": "999" }, {
    "content-length": "14",
  }),
  update(
    "Content-Encoding is not updated: the body is as it was",
    "MUST",
    { "content-encoding": "gzip" },
    { "content-encoding": "br" },
    { "content-encoding": "gzip" },
  ),
  update("Content-Range is not made of a 304", "MUST", {}, { "content-range": "bytes 0-1/2" }, {
    "content-range": "absent",
  }),
  update("Connection is not kept of a 304", "MUST", {}, { connection: "x-h", "x-h": "1" }, {
    connection: "absent",
    "x-h": "absent",
  }),
  update("Age of the stored response is forgotten", "MUST", { age: "1" }, {}, { age: "0" }),
  update("Age of the 304 counts", "MUST", {}, { age: "5" }, { age: "5" }),
  update("Date of the 304 takes the place of the stored", "MUST", { date: "<now-60>" }, {
    date: "<now-3>",
  }, { date: "<now-3>" }),
  update("Last-Modified of the 304 is taken", "MUST", { "last-modified": modified }, {
    "last-modified": modified,
  }, { "last-modified": modified }),
];

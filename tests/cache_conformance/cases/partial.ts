/** Parts of representations (RFC 9110 §14, RFC 9111 §3.3, §3.4). */

import { type Case, type CaseFields, fresh, type Level, type Step } from "../case.ts";

const digits = "0123456789";
const modified = "Thu, 01 Jan 2015 00:00:00 GMT";
const later = "Fri, 02 Jan 2015 00:00:00 GMT";
const whole: Step = {
  origin: {
    fields: { ...fresh, etag: '"a"', "last-modified": modified, "content-type": "text/plain" },
    body: digits,
  },
  expect: { from: "origin" },
};

/** All of ten digits is kept, and some of them are asked for. */
function part(
  name: string,
  section: string,
  level: Level,
  fields: CaseFields,
  status: number,
  body: string,
  answer: CaseFields = {},
): Case {
  return {
    name,
    section,
    level,
    steps: [whole, { fields, expect: { from: "cache", status, body, answer } }],
  };
}

const range = "RFC 9110 §14.2";
const spec = "RFC 9110 §14.1.2";
const ifRange = "RFC 9110 §13.1.5";
const two = { "content-range": "bytes 2-5/10", "content-length": "4" };

const table: readonly Parameters<typeof part>[] = [
  ["a range of what is kept is answered", range, "MAY", { range: "bytes=2-5" }, 206, "2345", two],
  ["a range to the end is answered", spec, "MAY", { range: "bytes=5-" }, 206, "56789", {
    "content-range": "bytes 5-9/10",
  }],
  ["the last bytes are answered", spec, "MAY", { range: "bytes=-3" }, 206, "789", {
    "content-range": "bytes 7-9/10",
  }],
  ["more of the last than there is is all", spec, "MUST", { range: "bytes=-30" }, 206, digits, {
    "content-range": "bytes 0-9/10",
  }],
  ["a range beyond the end ends there", spec, "MUST", { range: "bytes=8-99" }, 206, "89", {
    "content-range": "bytes 8-9/10",
  }],
  [
    "a range behind the end is answered 416",
    "RFC 9110 §15.5.17",
    "SHOULD",
    { range: "bytes=10-" },
    416,
    "",
    { "content-range": "bytes */10" },
  ],
  ["the last no bytes are answered 416", spec, "SHOULD", { range: "bytes=-0" }, 416, ""],
  ["another unit is ignored", range, "MUST", { range: "lines=1-2" }, 200, digits],
  [
    "a range that ends before it begins is ignored",
    "RFC 9110 §14.1.1",
    "MUST",
    { range: "bytes=5-2" },
    200,
    digits,
  ],
  ["what is malformed is ignored", range, "SHOULD", { range: "bytes=a-b" }, 200, digits],
  ["a 206 has what a 200 has", "RFC 9110 §15.3.7", "MUST", { range: "bytes=2-5" }, 206, "2345", {
    etag: '"a"',
    "cache-control": "max-age=3600",
    date: "/GMT/",
    age: "0",
  }],
  [
    "If-Range with the same tag has the range",
    ifRange,
    "MUST",
    { range: "bytes=2-5", "if-range": '"a"' },
    206,
    "2345",
  ],
  [
    "If-Range with another tag has all",
    ifRange,
    "MUST",
    { range: "bytes=2-5", "if-range": '"b"' },
    200,
    digits,
  ],
  [
    "If-Range with a weak tag has all",
    ifRange,
    "MUST",
    { range: "bytes=2-5", "if-range": 'W/"a"' },
    200,
    digits,
  ],
  [
    "If-Range with the same date has the range",
    ifRange,
    "MUST",
    { range: "bytes=2-5", "if-range": modified },
    206,
    "2345",
  ],
  [
    "If-Range with a later date has all",
    ifRange,
    "MUST",
    { range: "bytes=2-5", "if-range": later },
    200,
    digits,
  ],
  [
    "If-None-Match goes before Range",
    "RFC 9110 §13.2.2",
    "MUST",
    { range: "bytes=2-5", "if-none-match": '"a"' },
    304,
    "",
  ],
  [
    "too many ranges are ignored",
    "RFC 9110 §14.2",
    "MAY",
    { range: `bytes=${"0-0,".repeat(40)}1-1` },
    200,
    digits,
  ],
];

const first: Step = {
  fields: { range: "bytes=2-5" },
  origin: {
    status: 206,
    fields: { ...fresh, etag: '"a"', "content-range": "bytes 2-5/10" },
    body: "2345",
  },
  expect: { from: "origin", status: 206, forwarded: { range: "bytes=2-5" } },
};

/** A part is kept, and something is asked for. */
function ofPart(name: string, section: string, level: Level, step: Step): Case {
  return { name, section, level, steps: [first, step] };
}

/** See the head of this file. */
export const partialCases: readonly Case[] = [
  ...table.map((row) => part(...row)),
  part(
    "several ranges are parts of one answer",
    "RFC 9110 §14.6",
    "MAY",
    { range: "bytes=0-1,8-9" },
    206,
    "--BOUNDARY\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n" +
      "--BOUNDARY\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--BOUNDARY--\r\n",
    { "content-type": "/^multipart\\/byteranges; boundary=/", "content-range": "absent" },
  ),
  {
    name: "Range of another method is ignored",
    section: range,
    level: "MUST",
    steps: [whole, {
      method: "HEAD",
      fields: { range: "bytes=2-5" },
      expect: { from: "cache", status: 200, answer: { "content-length": "10" } },
    }],
  },
  {
    name: "a range of what is no 200 is ignored",
    section: range,
    level: "OURS",
    steps: [
      { origin: { status: 404, fields: fresh, body: digits }, expect: { from: "origin" } },
      { fields: { range: "bytes=2-5" }, expect: { from: "cache", status: 404, body: digits } },
    ],
  },
  {
    name: "a range of what is stale is answered once that is validated",
    section: "RFC 9111 §4.3.1",
    level: "MAY",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1", etag: '"a"' }, body: digits },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        fields: { range: "bytes=2-5" },
        origin: { status: 304, fields: fresh },
        expect: { from: "validated", status: 206, body: "2345", forwarded: { range: "absent" } },
      },
    ],
  },
  ofPart("a part is not all", "RFC 9111 §3.3", "MUST", {
    origin: { fields: fresh, body: digits },
    expect: { from: "origin", status: 200 },
  }),
  ofPart("a part answers who asks for it", "RFC 9111 §3.3", "MAY", {
    fields: { range: "bytes=2-5" },
    origin: "down",
    expect: {
      from: "cache",
      status: 206,
      body: "2345",
      answer: { "content-range": "bytes 2-5/10", "content-length": "4" },
    },
  }),
  ofPart("and who asks for less", "RFC 9111 §3.3", "MAY", {
    fields: { range: "bytes=3-4" },
    origin: "down",
    expect: { from: "cache", status: 206, body: "34", answer: { "content-range": "bytes 3-4/10" } },
  }),
  ofPart("a part does not answer who asks for more", "RFC 9111 §3.3", "MUST", {
    fields: { range: "bytes=3-7" },
    origin: {
      status: 206,
      fields: { ...fresh, etag: '"a"', "content-range": "bytes 3-7/10" },
      body: "34567",
    },
    expect: { from: "origin", status: 206, answer: { "cache-status": "/fwd=partial/" } },
  }),
  ofPart("a part does not answer for the last bytes", "RFC 9111 §3.3", "MUST", {
    fields: { range: "bytes=-3" },
    origin: { status: 206, fields: { ...fresh, "content-range": "bytes 7-9/10" }, body: "789" },
    expect: { from: "origin", status: 206 },
  }),
  ofPart("a part does not answer HEAD", "RFC 9111 §3.3", "MUST", {
    method: "HEAD",
    origin: {},
    expect: { from: "origin" },
  }),
  ofPart("a part does not answer who has another tag", ifRange, "MUST", {
    fields: { range: "bytes=2-5", "if-range": '"b"' },
    origin: { fields: fresh, body: digits },
    expect: { from: "origin", status: 200 },
  }),
  {
    name: "a part that says not which it is is not kept",
    section: "RFC 9110 §15.3.7",
    level: "MUST",
    steps: [
      {
        fields: { range: "bytes=2-5" },
        origin: { status: 206, fields: fresh, body: "2345" },
        expect: { from: "origin" },
      },
      {
        fields: { range: "bytes=2-5" },
        origin: { status: 206, fields: fresh, body: "2345" },
        expect: { from: "origin" },
      },
    ],
  },
  {
    name: "several parts in one are not kept",
    section: "RFC 9111 §3.3",
    level: "OURS",
    steps: [
      {
        fields: { range: "bytes=0-1,8-9" },
        origin: {
          status: 206,
          fields: { ...fresh, "content-type": "multipart/byteranges; boundary=x" },
          body: "x",
        },
        expect: { from: "origin" },
      },
      {
        fields: { range: "bytes=0-1" },
        origin: { status: 200, fields: fresh, body: digits },
        expect: { from: "origin" },
      },
    ],
  },
  {
    name: "a place in something larger that a 200 tells is not that of its parts",
    section: "RFC 9110 §14.4",
    level: "MUST",
    steps: [
      {
        origin: { fields: { ...fresh, "content-range": "bytes 0-1/99" }, body: digits },
        expect: { from: "origin" },
      },
      {
        fields: { range: "bytes=2-5" },
        expect: { from: "cache", status: 206, body: "2345", answer: two },
      },
    ],
  },
  {
    name: "all is fetched where it is set so, and parts of it answered then",
    section: range,
    level: "OURS",
    settings: { partialMisses: "fetched whole" },
    steps: [
      {
        fields: { range: "bytes=2-5" },
        origin: { fields: fresh, body: digits },
        expect: { from: "origin", status: 206, body: "2345", forwarded: { range: "absent" } },
      },
      {
        fields: { range: "bytes=4-7" },
        origin: "down",
        expect: { from: "cache", status: 206, body: "4567" },
      },
    ],
  },
];

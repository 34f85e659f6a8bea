/** What may be served stale (RFC 9111 §4.2.4, RFC 5861), and what may not. */

import { type Case, type CaseFields, type Level, type OriginScript } from "../case.ts";

const general = "RFC 9111 §4.2.4";
const error = "RFC 5861 §4";
const revalidate = "RFC 5861 §3";

/** Kept, stale for a second, and then asked for while the origin answers so. */
function stale(
  name: string,
  section: string,
  level: Level,
  control: string,
  origin: OriginScript,
  from: "cache" | "instead" | "origin" | "failure",
  more: { readonly fields?: CaseFields; readonly seconds?: number; readonly kept?: CaseFields } =
    {},
): Case {
  const status = from === "failure"
    ? 502
    : from === "origin" && origin !== "down"
    ? origin.status ?? 200
    : 200;
  return {
    name,
    section,
    level,
    steps: [
      {
        origin: { fields: { "cache-control": control, etag: '"a"', ...more.kept } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: more.seconds ?? 3,
        fields: more.fields ?? {},
        origin,
        expect: { from, status },
      },
    ],
  };
}

const failed = (status: number): OriginScript => ({ status });

/** See the head of this file. */
export const staleCases: readonly Case[] = [
  stale(
    "a stale response is served where the origin is away",
    general,
    "MAY",
    "max-age=2",
    "down",
    "instead",
  ),
  stale(
    "not with must-revalidate",
    "RFC 9111 §5.2.2.2",
    "MUST",
    "max-age=2, must-revalidate",
    "down",
    "failure",
  ),
  stale(
    "not with proxy-revalidate",
    "RFC 9111 §5.2.2.8",
    "MUST",
    "max-age=2, proxy-revalidate",
    "down",
    "failure",
  ),
  stale("not with s-maxage", "RFC 9111 §5.2.2.10", "MUST", "s-maxage=2", "down", "failure"),
  stale("not with no-cache", "RFC 9111 §5.2.2.4", "MUST", "max-age=2, no-cache", "down", "failure"),
  stale(
    "not with no-cache, though it is fresh",
    "RFC 9111 §5.2.2.4",
    "MUST",
    "max-age=60, no-cache",
    "down",
    "failure",
  ),
  ...[500, 502, 503, 504].map((status) =>
    stale(
      `stale-if-error serves it in the place of a ${status}`,
      error,
      "MAY",
      "max-age=2, stale-if-error=60",
      failed(status),
      "instead",
    )
  ),
  ...[501, 505, 404, 410, 403].map((status) =>
    stale(
      `a ${status} is no such error`,
      error,
      "MUST",
      "max-age=2, stale-if-error=60",
      failed(status),
      "origin",
    )
  ),
  ...[500, 502, 503, 504].map((status) =>
    stale(
      `without it a ${status} is the answer`,
      general,
      "MUST",
      "max-age=2",
      failed(status),
      "origin",
    )
  ),
  stale(
    "stale-if-error serves it where the origin is away",
    error,
    "MAY",
    "max-age=2, stale-if-error=60",
    "down",
    "instead",
  ),
  stale(
    "stale-if-error ends with its time",
    error,
    "MUST",
    "max-age=1, stale-if-error=1",
    failed(503),
    "origin",
    { seconds: 4 },
  ),
  stale(
    "stale-if-error does not undo must-revalidate",
    general,
    "MUST",
    "max-age=2, stale-if-error=60, must-revalidate",
    failed(503),
    "origin",
  ),
  stale(
    "stale-if-error beside s-maxage is an extension that says so",
    error,
    "OURS",
    "s-maxage=2, stale-if-error=60",
    failed(503),
    "instead",
  ),
  stale("a client's stale-if-error counts", error, "MAY", "max-age=2", failed(503), "instead", {
    fields: { "cache-control": "stale-if-error=60" },
  }),
  stale(
    "a client's stale-if-error ends with its time",
    error,
    "MUST",
    "max-age=1",
    failed(503),
    "origin",
    { seconds: 4, fields: { "cache-control": "stale-if-error=1" } },
  ),
  stale(
    "a client's stale-if-error does not undo must-revalidate",
    general,
    "MUST",
    "max-age=2, must-revalidate",
    failed(503),
    "origin",
    { fields: { "cache-control": "stale-if-error=60" } },
  ),
  stale(
    "stale-while-revalidate serves it at once",
    revalidate,
    "MAY",
    "max-age=2, stale-while-revalidate=60",
    {},
    "cache",
  ),
  stale(
    "stale-while-revalidate ends with its time",
    revalidate,
    "SHOULD",
    "max-age=1, stale-while-revalidate=1",
    {},
    "origin",
    { seconds: 4 },
  ),
  stale(
    "stale-while-revalidate does not undo must-revalidate",
    general,
    "MUST",
    "max-age=2, stale-while-revalidate=60, must-revalidate",
    {},
    "origin",
  ),
  stale(
    "stale-while-revalidate does not undo no-cache",
    "RFC 9111 §5.2.2.4",
    "MUST",
    "max-age=2, stale-while-revalidate=60, no-cache",
    {},
    "origin",
  ),
  stale(
    "stale-while-revalidate beside s-maxage is an extension that says so",
    revalidate,
    "OURS",
    "s-maxage=2, stale-while-revalidate=60",
    {},
    "cache",
  ),
  stale(
    "stale-while-revalidate that is no number is none",
    revalidate,
    "OURS",
    "max-age=2, stale-while-revalidate=x",
    {},
    "origin",
  ),
  stale(
    "a client that wants it fresh waits",
    "RFC 9111 §5.2.1.1",
    "SHOULD",
    "max-age=2, stale-while-revalidate=60",
    {},
    "origin",
    { fields: { "cache-control": "max-age=2" } },
  ),
  {
    name: "what was fetched meanwhile is used next",
    section: revalidate,
    level: "SHOULD",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1, stale-while-revalidate=60" } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 2,
        origin: { fields: { "cache-control": "max-age=60" } },
        expect: { from: "cache", bodyOf: 0 },
      },
      {
        afterSeconds: 1,
        origin: "down",
        expect: { from: "cache", bodyOf: 1, answer: { age: "1" } },
      },
    ],
  },
  {
    name: "a stale response tells its age and that it is stale",
    section: "RFC 9211 §2.4",
    level: "MUST",
    steps: [
      {
        origin: { fields: { "cache-control": "max-age=1, stale-while-revalidate=60" } },
        expect: { from: "origin" },
      },
      {
        afterSeconds: 3,
        expect: { from: "cache", answer: { age: "3", "cache-status": "/; hit; ttl=-[2-6];/" } },
      },
    ],
  },
  {
    ...stale(
      "a grace of the service's own is served at once",
      revalidate,
      "OURS",
      "max-age=2",
      {},
      "cache",
    ),
    settings: { staleWhileRevalidateMs: 60_000 },
  },
  {
    ...stale(
      "a grace of the service's own does not undo must-revalidate",
      general,
      "MUST",
      "max-age=2, must-revalidate",
      {},
      "origin",
    ),
    settings: { staleWhileRevalidateMs: 60_000 },
  },
];

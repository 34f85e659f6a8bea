/** Holds what came of a step to what its case says, whichever way the case was run. */

import assert from "node:assert/strict";
import { type Field, fieldValues, formatHttpDate, parseHttpDate } from "@skerry/http";
import type { OriginRequest } from "../../packages/cache/testing/simulation.ts";
import type { CaseFields, Step } from "./case.ts";

/** What was seen of a step. */
export interface Seen {
  readonly index: number;
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
  /** What the origin was asked. */
  readonly asked: readonly OriginRequest[];
  /** Of all steps so far, what the origin's answer to them is. */
  readonly bodies: readonly string[];
  readonly nowMs: number;
  /** How much later than its script everything may be: ages and dates may be so much more. */
  readonly slackSeconds: number;
}

/** Fails where the step says something else. */
export function checkStep({ expect, origin, method }: Step, seen: Seen): void {
  const { index, status, fields, asked, bodies } = seen;
  const told = `step ${index}: ${status} ${fieldValues(fields, "cache-status")}`;
  const isAsked = asked.length > 0;
  const isBackground = /detail=stale-while-revalidate/.test(told);
  const { from } = expect;
  if (from === "cache" || from === "nobody") assert.ok(!isAsked || isBackground, `${told}: asked`);
  else if (origin !== "down") assert.ok(isAsked, `${told}: not asked`);
  if (from === "validated") {
    const isConditional = asked.some(({ fields }) =>
      fieldValues(fields, "if-none-match").length +
          fieldValues(fields, "if-modified-since").length > 0
    );
    assert.ok(isConditional, `${told}: asked without a condition`);
  }
  const own = from === "origin" ? index : undefined;
  const number = expect.bodyOf ?? own ?? (from === "nobody" || from === "failure" ? undefined : 0);
  const isBodiless = method === "HEAD" || status === 304 || status === 204;
  const body = expect.body ?? (number === undefined || isBodiless ? undefined : bodies[number]);
  if (body !== undefined && status !== 416) {
    assert.equal(body.includes("BOUNDARY") ? bodyOf(seen) : seen.body, body, told);
  }
  const wanted = expect.status ??
    (origin !== "down" && from === "origin" ? origin?.status ?? 200 : undefined);
  if (wanted !== undefined) assert.equal(status, wanted, told);
  checkFields(fields, expect.answer, seen, told);
  if (expect.forwarded !== undefined) {
    checkFields(asked[0]?.fields ?? [], expect.forwarded, seen, `${told}: at the origin`);
  }
}

/** Fields of a script, with their dates as of now. */
export function fieldsOf(fields: CaseFields = {}, nowMs: number): Field[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): Field => [name, dated(one, nowMs)])
  );
}

/** With a boundary that scripts can name (RFC 2046 §5.1.1). */
function bodyOf({ fields, body }: Seen): string {
  const type = fieldValues(fields, "content-type").join();
  const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(type)?.[1];
  return boundary === undefined ? body : body.replaceAll(boundary, "BOUNDARY");
}

function checkFields(
  fields: readonly Field[],
  expected: CaseFields | undefined,
  { nowMs, slackSeconds }: Seen,
  told: string,
): void {
  for (const [name, wanted] of Object.entries(expected ?? {})) {
    const values = fieldValues(fields, name);
    const value = values.length === 0 ? "absent" : values.join(", ");
    const text = dated([wanted].flat().join(", "), nowMs);
    const [, pattern] = /^\/(.*)\/$/s.exec(text) ?? [];
    if (pattern !== undefined) assert.match(value, new RegExp(pattern), `${told}: ${name}`);
    else if (!isLater(name, value, text, slackSeconds, nowMs)) {
      assert.equal(value, text, `${told}: ${name}`);
    }
  }
}

/** Whether it is the same but for the time that a real clock may have gone on meanwhile. */
function isLater(
  name: string,
  value: string,
  text: string,
  slackSeconds: number,
  nowMs: number,
): boolean {
  const isWithin = (seconds: number) => seconds >= 0 && seconds <= slackSeconds;
  if (name === "age") return isWithin(Number(value) - Number(text));
  const [told, wanted] = [parseHttpDate(value, nowMs), parseHttpDate(text, nowMs)];
  // What was written down before the step began is as much earlier.
  if (told !== undefined && wanted !== undefined) return isWithin(Math.abs(wanted - told) / 1000);
  if (name !== "cache-status") return false;
  const [rest, wantedRest] = [value, text].map((one) => one.replace(/ttl=-?\d+/, "ttl"));
  const [ttl, wantedTtl] = [value, text].map((one) => Number(/ttl=(-?\d+)/.exec(one)?.[1]));
  return rest === wantedRest && isWithin((wantedTtl ?? NaN) - (ttl ?? NaN));
}

function dated(text: string, nowMs: number): string {
  return text.replace(
    /<now([+-]\d+)?>/g,
    (_, seconds: string | undefined) => formatHttpDate(nowMs + Number(seconds ?? 0) * 1000),
  );
}

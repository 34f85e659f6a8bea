/** Runs a case against the pure core, with a clock that is set by hand. */

import assert from "node:assert/strict";
import { type Field, fieldValues, formatHttpDate } from "@skerry/http";
import {
  type OriginAnswer,
  type OriginRequest,
  Simulation,
} from "../../packages/cache/testing/simulation.ts";
import type { Case, CaseFields, Step } from "./case.ts";

/** Fails where something else comes out than the case says. */
export function runInProcess({ steps, settings = {} }: Case): void {
  let current: OriginAnswer = "down";
  let asked: OriginRequest[] = [];
  const origin = (request: OriginRequest) => {
    asked.push(request);
    return current;
  };
  const simulation = new Simulation({ origin, settings });
  const bodies: string[] = [];
  for (const [index, step] of steps.entries()) {
    simulation.nowMs += (step.afterSeconds ?? 0) * 1000;
    current = originAnswer(step, index, simulation.nowMs);
    bodies.push(current === "down" ? "" : current.body);
    asked = [];
    const [path = "/", query] = (step.target ?? "/").split("?");
    const answer = simulation.request({
      method: step.method ?? "GET",
      scheme: "http",
      host: "example.com",
      path,
      query,
      fields: fieldsOf(step.fields, simulation.nowMs),
    });
    check(step, index, answer, asked, bodies, simulation.nowMs);
  }
}

function check(
  { expect, origin, method }: Step,
  index: number,
  answer: { status: number; fields: readonly Field[]; body: string },
  asked: readonly OriginRequest[],
  bodies: readonly string[],
  nowMs: number,
): void {
  const told = `step ${index}: ${answer.status} ${fieldValues(answer.fields, "cache-status")}`;
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
  const isBodiless = method === "HEAD" || answer.status === 304 || answer.status === 204;
  const body = expect.body ?? (number === undefined || isBodiless ? undefined : bodies[number]);
  if (body !== undefined && answer.status !== 416) assert.equal(answer.body, body, told);
  const status = expect.status ??
    (origin !== "down" && from === "origin" ? origin?.status ?? 200 : undefined);
  if (status !== undefined) assert.equal(answer.status, status, told);
  checkFields(answer.fields, expect.answer, nowMs, told);
  if (expect.forwarded !== undefined) {
    checkFields(asked[0]?.fields ?? [], expect.forwarded, nowMs, `${told}: at the origin`);
  }
}

function checkFields(
  fields: readonly Field[],
  expected: CaseFields | undefined,
  nowMs: number,
  told: string,
): void {
  for (const [name, wanted] of Object.entries(expected ?? {})) {
    const values = fieldValues(fields, name);
    const value = values.length === 0 ? "absent" : values.join(", ");
    const text = dated([wanted].flat().join(", "), nowMs);
    const [, pattern] = /^\/(.*)\/$/s.exec(text) ?? [];
    if (pattern === undefined) assert.equal(value, text, `${told}: ${name}`);
    else assert.match(value, new RegExp(pattern), `${told}: ${name}`);
  }
}

function originAnswer({ origin = {}, method }: Step, index: number, nowMs: number): OriginAnswer {
  if (origin === "down") return "down";
  const { status = 200, body = `body of step ${index}` } = origin;
  const isBodiless = status === 304 || status === 204 || method === "HEAD";
  return { status, fields: fieldsOf(origin.fields, nowMs), body: isBodiless ? "" : body };
}

function fieldsOf(fields: CaseFields = {}, nowMs: number): Field[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): Field => [name, dated(one, nowMs)])
  );
}

function dated(text: string, nowMs: number): string {
  return text.replace(
    /<now([+-]\d+)?>/g,
    (_, seconds: string | undefined) => formatHttpDate(nowMs + Number(seconds ?? 0) * 1000),
  );
}

/** Runs a case against the pure core, with a clock that is set by hand. */

import {
  type OriginAnswer,
  type OriginRequest,
  Simulation,
} from "../../packages/cache/testing/simulation.ts";
import type { Case, Step } from "./case.ts";
import { checkStep, fieldsOf } from "./check.ts";

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
    const { nowMs } = simulation;
    checkStep(step, { ...answer, index, asked, bodies, nowMs, slackSeconds: 0 });
  }
}

function originAnswer({ origin = {}, method }: Step, index: number, nowMs: number): OriginAnswer {
  if (origin === "down") return "down";
  const { status = 200, body = `body of step ${index}` } = origin;
  const isBodiless = status === 304 || status === 204 || method === "HEAD";
  return { status, fields: fieldsOf(origin.fields, nowMs), body: isBodiless ? "" : body };
}

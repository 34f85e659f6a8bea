/**
 * Runs cases through a real node: over sockets, from a raw client to a scripted origin, each case under a host of its own and
 * all of them at the same time, so that those which wait do so together.
 */

import { bug } from "@skerry/base";
import { type Field, fieldValue } from "@skerry/http";
import type { OriginAnswer } from "../../packages/cache/testing/simulation.ts";
import { delay, type RunningNode, until } from "../node/running_node.ts";
import { program } from "../node/guests.ts";
import type { Case, OriginScript, Step } from "./case.ts";
import { checkStep, fieldsOf } from "./check.ts";
import { askRaw } from "./raw_client.ts";
import { caseField, type OriginCase, type ScriptedOrigin } from "./scripted_origin.ts";
import { cacheOptions } from "./cache_options.ts";
import { Turns } from "./turns.ts";

/** How much older than its script says anything may be: a machine that is busy is slow. */
const slackSeconds = 4;

/** Requests under way at the same time: fewer than a node takes for one backend. */
const askedAtOnceMax = 48;

/** What came of a case: why it failed, or nothing. */
export type Result = { readonly failure: unknown } | undefined;

/**
 * Starts all cases. Gives their results, in the same order, as they come: at last of those, one after another, for which
 * nothing else may be under way.
 */
export async function startCases(
  cases: readonly Case[],
  node: RunningNode,
  origin: ScriptedOrigin,
): Promise<readonly Promise<Result>[]> {
  const domains = await deployServices(cases, node, origin);
  const turns = new Turns(askedAtOnceMax);
  const run = (one: Case) => {
    const host = `case${cases.indexOf(one)}.${domains.get(settingsText(one))}`;
    return runCase(one, host, node.port, origin, turns).then(
      () => undefined,
      (failure: unknown) => ({ failure }),
    );
  };
  const results = new Map(cases.filter((one) => !one.isAlone).map((one) => [one, run(one)]));
  let before: Promise<unknown> = Promise.all(results.values());
  for (const one of cases) {
    if (!one.isAlone) continue;
    const result = before.then(() => run(one));
    results.set(one, result);
    before = result;
  }
  return cases.map((one) => results.get(one) ?? bug("a case was not run"));
}

/** A service for each of the settings that there are; gives its domain. */
async function deployServices(
  cases: readonly Case[],
  node: RunningNode,
  origin: ScriptedOrigin,
): Promise<ReadonlyMap<string, string>> {
  const module = await program();
  await node.tenant("cases", { privateBackends: ["127.0.0.0/8"], servicesMax: 100 });
  const domains = new Map<string, string>();
  // Tried once: that it is away is what a case wants to see.
  const scripted = { origin: `http://127.0.0.1:${origin.port}`, retriesMax: 0 };
  for (const one of cases) {
    const text = settingsText(one);
    if (domains.has(text)) continue;
    const group = `group${domains.size}`;
    const domain = `${group}.test`;
    domains.set(text, domain);
    // An origin that breaks off is left alone for a while: for such a case it has a name of its own.
    const own = cases.flatMap((other, index) =>
      settingsText(other) === text && breaksOff(other) ? [index] : []
    );
    await node.deploy(`cases/${group}`, module, {
      routes: [
        { host: `*.${domain}`, prefix: "", backend: "scripted" },
        ...own.map((index) => ({
          host: `case${index}.${domain}`,
          prefix: "",
          backend: `own${index}`,
        })),
      ],
      backends: {
        scripted,
        ...Object.fromEntries(own.map((index) => [`own${index}`, scripted])),
      },
      cache: cacheOptions(one.settings ?? {}),
    });
  }
  return domains;
}

function settingsText({ settings }: Case): string {
  return JSON.stringify(cacheOptions(settings ?? {}));
}

function breaksOff({ steps }: Case): boolean {
  return steps.some(({ origin, expect: { from } }) =>
    origin === "down"
      ? from === "instead" || from === "failure"
      : origin?.fields?.["content-length"]
  );
}

async function runCase(
  { steps }: Case,
  host: string,
  port: number,
  origin: ScriptedOrigin,
  turns: Turns,
): Promise<void> {
  const state: OriginCase = { answer: "down", asked: [] };
  origin.cases.set(host, state);
  const bodies: string[] = [];
  for (const [index, step] of steps.entries()) {
    await delay((step.afterSeconds ?? 0) * 1000);
    const nowMs = Date.now();
    const answer = originAnswer(step.origin, index, nowMs, host);
    bodies.push(answer === "down" ? "" : answer.body);
    Object.assign(state, { answer, asked: [] });
    const fields: Field[] = [
      ["Host", host],
      [caseField, host],
      ...fieldsOf(step.fields, nowMs),
      ...bodyFields(step),
    ];
    const seen = await turns.take(() =>
      askRaw(port, step.method ?? "GET", step.target ?? "/", fields)
    );
    checkStep(step, { ...seen, index, asked: state.asked, bodies, nowMs, slackSeconds });
    // What is fetched besides is there before the next step.
    const isRefreshed = /detail=stale-while-revalidate/.test(
      fieldValue(seen.fields, "cache-status") ?? "",
    );
    if (isRefreshed) {
      await until(() => state.asked[0], () => "a request besides").then(() => delay(50));
    }
  }
  origin.cases.delete(host);
}

/** A method that may have a body says that it has none (RFC 9110 §8.6). */
function bodyFields({ method = "GET" }: Step): readonly Field[] {
  return ["POST", "PUT", "PATCH"].includes(method) ? [["Content-Length", "0"]] : [];
}

function originAnswer(
  origin: OriginScript = {},
  index: number,
  nowMs: number,
  host: string,
): OriginAnswer {
  if (origin === "down") return "down";
  const { status = 200, body = `body of step ${index}` } = origin;
  const fields = fieldsOf(origin.fields, nowMs)
    .map(([name, value]): Field => [name, value.replace("example.com", host)]);
  return { status, fields, body };
}

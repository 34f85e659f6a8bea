/** Plays tricks on a real node, each under a host of its own. */

import assert from "node:assert/strict";
import { type Field, fieldValues } from "@skerry/http";
import type { RunningNode } from "../node/running_node.ts";
import { program } from "../node/guests.ts";
import { exchangeRaw, type RawAnswer } from "./raw_client.ts";
import type { OriginCase, ScriptedOrigin } from "./scripted_origin.ts";
import type { Trick, TrickStep } from "./tricks.ts";

/** Deploys what tricks are played on. */
export async function deployTricked(node: RunningNode, origin: ScriptedOrigin): Promise<void> {
  await node.deploy("cases/tricked", await program(), {
    routes: [{ host: "*.tricked.test", prefix: "", backend: "scripted" }],
    backends: { scripted: { origin: `http://127.0.0.1:${origin.port}`, retriesMax: 0 } },
  });
}

/** Fails where something else comes of it than must. */
export async function playTrick(
  { steps }: Trick,
  index: number,
  port: number,
  origin: ScriptedOrigin,
): Promise<void> {
  const host = `case${index}.tricked.test`;
  for (const [number, step] of steps.entries()) {
    const state: OriginCase = { answer: { raw: step.says ?? "" }, asked: [] };
    origin.cases.set(host, state);
    const sent = step.sent.replaceAll("{host}", host).replaceAll("{HOST}", host.toUpperCase());
    const [method = ""] = sent.split(" ", 1);
    const answer = await exchangeRaw(port, method, sent);
    check(step, answer, state, `step ${number}: ${answer.status}`, host);
  }
  origin.cases.delete(host);
}

function check(
  { from, status, body, asked, answer: fields, interim }: TrickStep,
  answer: RawAnswer,
  state: OriginCase,
  told: string,
  host: string,
): void {
  assert.equal(answer.status, status, told);
  assert.equal(state.asked.length > 0, from === "origin", `${told}: asked or not`);
  if (body !== undefined) assert.equal(answer.body, body, told);
  const [first] = state.asked;
  if (asked?.line !== undefined) {
    assert.equal(`${first?.method} ${first?.target}`, asked.line, told);
  }
  if (interim !== undefined) assert.deepEqual(answer.interim, interim, told);
  checkFields(first?.fields ?? [], asked?.fields, host, told);
  checkFields(answer.fields, fields, host, told);
}

function checkFields(
  fields: readonly Field[],
  wanted: Readonly<Record<string, RegExp>> = {},
  host: string,
  told: string,
): void {
  for (const [name, pattern] of Object.entries(wanted)) {
    const source = pattern.source.replaceAll("{host}", host.replaceAll(".", "\\."));
    const values = fieldValues(fields, name);
    const value = values.length === 0 ? "absent" : values.join(", ");
    assert.match(value, new RegExp(source), `${told}: ${name}`);
  }
}

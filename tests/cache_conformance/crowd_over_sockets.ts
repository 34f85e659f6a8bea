/** Many who ask a real node for one thing at once, while its origin takes its time. */

import assert from "node:assert/strict";
import { exchangeRaw } from "./raw_client.ts";
import { writeText } from "./raw_message.ts";
import type { OriginCase, ScriptedOrigin } from "./scripted_origin.ts";
import { fresh, get } from "./tricks.ts";

const clients = 20;

/** What each gets, and how often the origin was asked. */
async function crowd(
  name: string,
  fields: string,
  port: number,
  origin: ScriptedOrigin,
): Promise<{ readonly bodies: readonly string[]; readonly asked: number }> {
  const host = `${name}.tricked.test`;
  let serial = 0;
  const state: OriginCase = {
    answer: {
      raw: async () => {
        const mine = serial += 1;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return fresh(`body ${mine}`, `Set-Cookie: session=${mine}\r\n${fields}`);
      },
    },
    asked: [],
  };
  origin.cases.set(host, state);
  const sent = get("/").replaceAll("{host}", host);
  const answers = await Promise.all(
    Array.from({ length: clients }, () => exchangeRaw(port, "GET", sent)),
  );
  origin.cases.delete(host);
  return { bodies: answers.map(({ body }) => body), asked: state.asked.length };
}

/** RFC 9111 §5.2.2.7, and §7.3: who waits for another's answer does not get what is for that one alone. */
export async function checkPrivateCrowd(port: number, origin: ScriptedOrigin): Promise<void> {
  for (
    const [name, fields] of [["private", "Cache-Control: private\r\n"], ["cookie", ""]] as const
  ) {
    const { bodies, asked } = await crowd(name, fields, port, origin);
    assert.equal(new Set(bodies).size, clients, `${name}: two had one answer`);
    assert.equal(asked, clients, name);
  }
}

/** RFC 9111 §4: what is for all is fetched once by each thread at the most. */
export async function checkPublicCrowd(
  port: number,
  origin: ScriptedOrigin,
  threads: number,
): Promise<void> {
  const { bodies, asked } = await crowd("public", "Cache-Control: public\r\n", port, origin);
  assert.ok(asked <= threads, `asked ${asked} times`);
  assert.ok(new Set(bodies).size <= threads);
}

/** One fetch for two clients, of whom the first reads nothing: the second gets all of it. */
export async function checkIdleReader(port: number, origin: ScriptedOrigin): Promise<void> {
  const host = "idle.tricked.test";
  const body = "x".repeat(8 * 1024 * 1024);
  const state: OriginCase = { answer: { raw: fresh(body) }, asked: [] };
  origin.cases.set(host, state);
  const sent = get("/").replaceAll("{host}", host);
  using idle = await Deno.connect({ hostname: "127.0.0.1", port });
  await writeText(idle, sent);
  while (state.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const answer = await exchangeRaw(port, "GET", sent);
  assert.equal(answer.body.length, body.length);
  origin.cases.delete(host);
}

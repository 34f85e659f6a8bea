/**
 * Every attack of attacks.ts against one real server, each several times and several at once, while a neighbour is
 * asked all the time: the canary. It must answer every request rightly, with state of its own that is always fresh.
 */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { type Server, withServer } from "../end_to_end/skerry.ts";
import { type Answer, type Attack, attacks, moduleOf } from "./attacks.ts";

/** How often each attack is made at once, and in how many rounds. */
const atOnce = 3;
const rounds = 2;

const canary: Attack = {
  tries: "nothing",
  answer: { status: 200, body: /^fresh$/ },
  body: `(if (i32.or (i32.or (i32.load (i32.const 30000)) (global.get $seen))
      (i32.ne (memory.size) (i32.const 2)))
      (then (call $say_stale)) (else (call $say)))
    (i32.store (i32.const 30000) (i32.const 1)) (global.set $seen (i32.const 1))
    (drop (memory.grow (i32.const 1)))`,
  fields: "(global $seen (mut i32) (i32.const 0))",
};

Deno.test("INV-3: no attack is felt by a neighbour", async (test) => {
  assert.ok(Object.keys(attacks).length >= 25);
  const folder = await Deno.makeTempDir({ prefix: "skerry-hostile-" });
  try {
    const targets: string[] = [];
    for (const [name, attack] of [...Object.entries(attacks), ["canary", canary] as const]) {
      await Deno.writeFile(`${folder}/${name}.wasm`, await parse(moduleOf(attack)));
      await Deno.writeTextFile(`${folder}/${name}.toml`, manifestOf(name));
      targets.push(`${folder}/${name}.toml`);
    }
    await withServer(targets, async (server) => {
      const watch = watchCanary(server);
      for (const [name, attack] of Object.entries(attacks)) {
        await test.step(`${name} tries ${attack.tries}`, async () => {
          const before = watch.answered;
          for (let round = 0; round < rounds; round += 1) await makeAttack(server, name, attack);
          // The neighbour was answered meanwhile, and is answered now.
          await watch.onceMore();
          assert.ok(watch.answered > before);
          watch.check();
        });
      }
      await test.step("clients that hang up leave their guests, which end", async () => {
        for (const name of ["endless-loop", "sleeps", "grows-for-ever", "yields-for-ever"]) {
          let tries = 0;
          // A busy machine may let a guest come to its bound first.
          while (!await hangsUp(`${server.url}/${name}`, watch.onceMore)) {
            tries += 1;
            assert.ok(tries < 20, name);
          }
        }
        await server.logged((line) => line["outcome"] === "hung up");
        watch.check();
      });
      await watch.stop();
      assert.ok(watch.answered > Object.keys(attacks).length * rounds);
      // The server that was attacked is the one that was started, and it ends as it should.
      const { code, stderr } = await server.stop();
      assert.equal(code, 0, stderr);
      assert.equal(stderr.match(/serves on/g)?.length, 1, stderr);
      assert.doesNotMatch(stderr, /bug in Skerry|reason of our own/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Asks, and hangs up after something else was done; whether that was before the answer. */
async function hangsUp(url: string, meanwhile: () => Promise<void>): Promise<boolean> {
  const gone = new AbortController();
  const answer = fetch(url, { signal: gone.signal }).then((response) => response, () => undefined);
  await meanwhile();
  gone.abort();
  const response = await answer;
  await response?.body?.cancel().catch(() => {});
  return response === undefined;
}

function manifestOf(name: string): string {
  return `name = "${name}"
module = "${name}.wasm"

[limits]
memory = "16MiB"
timeout = "500ms"
cpu = "100ms"

[[routes]]
path = "/${name}/..."
`;
}

async function makeAttack(server: Server, name: string, { answer }: Attack): Promise<void> {
  const requests = Array.from({ length: atOnce }, () => fetch(`${server.url}/${name}`));
  for (const response of await Promise.all(requests)) {
    const text = await response.text().then((body) => ({ body }), (error) => ({ error }));
    checkAnswer(answer, response, text, name);
  }
}

function checkAnswer(
  answer: Answer,
  { status }: Response,
  text: { readonly body: string } | { readonly error: unknown },
  name: string,
): void {
  const told = `${name}: ${status} ${JSON.stringify(text).slice(0, 300)}`;
  if (answer === "broken or refused") {
    assert.ok("error" in text || status >= 500, told);
    return;
  }
  assert.ok("body" in text, told);
  assert.equal(status, answer.status, told);
  if (answer.body !== undefined) assert.match(text.body, answer.body, told);
}

/** Asks the canary again and again until it is told to stop. */
function watchCanary(server: Server) {
  const wrong: string[] = [];
  let answered = 0;
  let stopped = false;
  const ask = async () => {
    const response = await fetch(`${server.url}/canary`);
    const body = await response.text();
    if (response.status !== 200 || body !== "fresh") wrong.push(`${response.status}: ${body}`);
    answered += 1;
  };
  const asking = (async () => {
    while (!stopped) await ask();
  })();
  // Its failure is told by whoever waits for it; until then it is not unhandled.
  asking.catch(() => {});
  return {
    get answered() {
      return answered;
    },
    /** Asks and waits for the answer, beside the loop. */
    onceMore: ask,
    /** Fails where the neighbour felt something. */
    check: () => assert.deepEqual(wrong, []),
    stop: async () => {
      stopped = true;
      await asking;
      assert.deepEqual(wrong, []);
    },
  };
}

/** The sandbox as a library: what docs/library.md shows is what runs, and it runs the same everywhere. */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { testOnEachRuntime } from "../runtimes/runtimes.ts";
import { root } from "../runtimes/tools.ts";
import * as guests from "./examples/guests.ts";

const folder = "tests/library/examples";

await testOnEachRuntime("the library's examples come to what its page says", async (runtime) => {
  assert.deepEqual(await runtime.run({ entry: "tests/library/portable_examples.ts" }), {
    bare_wasi: { outcome: { kind: "exited", code: 3 }, printed: "hello world" },
    first: { outcome: { kind: "returned", values: [42] }, said: ["hello"] },
    bounds: ["fuel", "CPU time", "wall time"],
    questions: { asked: [1, 2], outcome: { kind: "returned", values: [4.5] } },
    recycling: { seen: Array(5).fill({ kind: "returned", values: [1] }), kept: 2 },
  });
});

Deno.test("the library's page shows the examples as they are", async () => {
  const page = await Deno.readTextFile(`${root}/docs/library.md`);
  const shown = new Map(
    [...page.matchAll(/^`([\w/.]+)`:\n\n```ts\n(.*?)```$/gms)].map(([, path = "", text = ""]) =>
      [path, text] as const
    ),
  );
  const files: string[] = [];
  for await (const { name } of Deno.readDir(`${root}/${folder}`)) {
    if (name !== "guests.ts") files.push(`${folder}/${name}`);
  }
  assert.deepEqual([...shown.keys()].sort(), files.sort());
  for (const [path, text] of shown) assert.equal(text, await Deno.readTextFile(`${root}/${path}`));
});

Deno.test("the examples' guests are what their texts say", async () => {
  const source = await Deno.readTextFile(`${root}/${folder}/guests.ts`);
  const texts = [
    ...source.matchAll(/\/\*\*(?:(?!\/\*\*).)*?(\(module.*?)\*\/\nexport const (\w+)/gs),
  ];
  assert.equal(texts.length, Object.keys(guests).length);
  for (const [, comment = "", name = ""] of texts) {
    const text = comment.replaceAll(/^ \*|```|`/gm, "");
    const assembled = await parse(text);
    const given = Object.entries(guests).find(([known]) => known === name)?.[1];
    // The names of the text are not in the bytes.
    assert.deepEqual(given, assembled.slice(0, given?.length), name);
  }
});

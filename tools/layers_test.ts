import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { violations } from "./layers/check.ts";
import { importGraph } from "./layers/graph.ts";
import { allowTable } from "./layers/table.ts";
import hostAccess from "./lint/host_access.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Judges a small tree of the given files, with the project's import map. */
async function judgeTree(files: Record<string, string>): Promise<string[]> {
  const tree = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.copyFile(`${root}/deno.json`, `${tree}/deno.json`);
    await Deno.mkdir(`${tree}/apps`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${tree}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${tree}/${path}`, text);
    }
    return violations(await importGraph(tree, ["packages", "apps"]), allowTable);
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

const sandbox = { "packages/sandbox/mod.ts": "export interface A {}; export const a = 1;" };

Deno.test("the project itself keeps the layer rules, and its graph is not empty", async () => {
  const imports = await importGraph(root, ["packages", "apps"]);
  assert.ok(
    imports.some(({ from, to }) =>
      from.startsWith("packages/sandbox/") && to === "packages/base/mod.ts"
    ),
  );
  assert.deepEqual(violations(imports, allowTable), []);
});

Deno.test("a forbidden import is found, whichever way it is written", async () => {
  const ways = {
    "static": 'import { a } from "@skerry/sandbox"; a;',
    "type-only": 'import type { A } from "@skerry/sandbox"; export type B = A;',
    "re-export": 'export * from "@skerry/sandbox";',
    "import type": 'export type B = import("@skerry/sandbox").A;',
    "dynamic": 'export const a = await import("@skerry/sandbox");',
  };
  for (const [way, text] of Object.entries(ways)) {
    const found = await judgeTree({ ...sandbox, "packages/base/mod.ts": text });
    assert.deepEqual(found, ["packages/base/mod.ts:1: base may not import sandbox"], way);
  }
});

Deno.test("a relative import into another room is found", async () => {
  const found = await judgeTree({
    ...sandbox,
    "packages/edge/mod.ts": 'import "../sandbox/mod.ts";',
  });
  assert.match(found.join(), /reached as @skerry\/sandbox/);
});

Deno.test("libraries and node: modules are for whom the table names", async () => {
  const library = await judgeTree({ "packages/base/mod.ts": 'import "valibot";' });
  assert.match(library.join(), /base may not import the library valibot/);
  const node = await judgeTree({ "packages/base/mod.ts": 'import "node:fs";' });
  assert.match(node.join(), /only platform and the apps import node:fs/);
});

Deno.test("files that import each other are found", async () => {
  const found = await judgeTree({
    "packages/base/a.ts": 'import "./b.ts";',
    "packages/base/b.ts": 'import type {} from "./a.ts";',
  });
  assert.match(found.join(), /files import each other/);
});

Deno.test("a cycle in the table itself is found", () => {
  const table = { a: { rooms: ["b"], libraries: [] }, b: { rooms: ["a"], libraries: [] } };
  assert.match(violations([], table).join(), /the table has a cycle: a → b → a/);
});

Deno.test("the host is touched by platform and the apps alone", () => {
  const messages = (path: string, source: string) =>
    Deno.lint.runPlugin(hostAccess, path, source).map(({ message }) => message);
  const forbidden = [
    "Deno.exit(1)",
    "const { env } = Deno;",
    "Date.now()",
    "new Date()",
    "performance.now()",
    "Math.random()",
    "fetch('x')",
    "globalThis.setTimeout; setTimeout(() => {}, 1)",
    "await import(name)",
    "const c = { crypto: crypto };",
  ];
  for (const source of forbidden) {
    assert.equal(messages("/x/packages/edge/a.ts", source).length, 1, source);
    assert.deepEqual(messages("/x/packages/platform/a.ts", source), [], source);
    assert.deepEqual(messages("/x/apps/cli/a.ts", source), [], source);
  }
  assert.deepEqual(
    messages("/x/packages/edge/a.ts", "new Date(5); a.fetch(); interface B { crypto: 1 }"),
    [],
  );
});

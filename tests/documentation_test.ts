import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { languages } from "@skerry/languages";
import { parseManifest } from "@skerry/manifest";
import { allowTable } from "../tools/layers/table.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const read = (path: string) => Deno.readTextFile(`${root}/${path}`);

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(`${root}/${path}`).then(() => true, () => false);
}

async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "node_modules") yield* testFiles(path);
    if (name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("INV-7: every path that the documents name exists", async () => {
  let named = 0;
  const pages = ["ARCHITECTURE.md", "SECURITY.md", "README.md"];
  for (const page of [...pages, "docs/dependencies.md", "docs/languages.md", "docs/library.md"]) {
    for (
      const [, path = ""] of (await read(page)).matchAll(
        /`((?:packages|apps|examples|bench|tests|tools|docs|scripts|bin)\/[\w./-]*)`/g,
      )
    ) {
      named += 1;
      assert.ok(await exists(path), `${page} names ${path}, which does not exist`);
    }
  }
  assert.ok(named > 10);
});

Deno.test("INV-7: the table in ARCHITECTURE.md is the one that is enforced", async () => {
  const rows = [
    ...(await read("ARCHITECTURE.md")).matchAll(/^\| (\w+) \| ?([^|]*)\| ?([^|]*)\|$/gm),
  ]
    .filter(([, room = ""]) => room in allowTable);
  const list = (cell = "") =>
    cell.split(",").map((part) => part.trim()).filter((part) => part !== "");
  const shown = Object.fromEntries(
    rows.map((
      [, room = "", rooms, libraries],
    ) => [room, { rooms: list(rooms), libraries: list(libraries) }]),
  );
  assert.deepEqual(shown, allowTable);
});

Deno.test("every invariant of ARCHITECTURE.md is cited by a test", async () => {
  const invariants = [...(await read("ARCHITECTURE.md")).matchAll(/\*\*(INV-\d+)\*\*/g)].map((
    [, name = ""],
  ) => name);
  assert.ok(invariants.length >= 10);
  const cited = new Set<string>();
  for (const folder of ["packages", "apps", "tests", "tools"]) {
    for await (const path of testFiles(folder)) {
      for (
        const [name] of (await read(path)).matchAll(/(?<=\btest\(\s*["'`][^"'`]*)INV-\d+/g)
      ) cited.add(name);
    }
  }
  assert.deepEqual(invariants.filter((name) => !cited.has(name)), []);
});

Deno.test("each program of docs/languages.md is named with the version that is installed", async () => {
  const { dependencies, devDependencies } = JSON.parse(await read("package.json"));
  const installed = { ...dependencies, ...devDependencies };
  const programs = (await read("docs/languages.md"))
    .matchAll(/^\| [^|]+ \| `([^`]+)` (\S+) \|/gm).toArray();
  assert.ok(programs.length >= 5);
  for (const [, name = "", version] of programs) assert.equal(version, installed[name], name);
});

Deno.test("every dependency has its line, and no line is left over", async () => {
  const { dependencies, devDependencies } = JSON.parse(await read("package.json"));
  const wanted = Object.keys({ ...dependencies, ...devDependencies }).sort();
  const lines = [...(await read("docs/dependencies.md")).matchAll(/^\| `([^`]+)` \|/gm)].map((
    [, name],
  ) => name);
  assert.deepEqual(lines.sort(), wanted);
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    assert.match(String(version), /^\d/, "versions are exact");
  }
});

Deno.test("the README names every verb and every language", async () => {
  const text = await read("README.md");
  for (
    const verb of [
      ...["run", "serve", "dev", "inspect", "compile", "verify", "build", "new", "doctor", "node"],
      ...["deploy", "versions", "services", "tenants", "config", "secret", "kv", "tokens"],
      ...["backup", "top", "tail"],
    ]
  ) {
    assert.match(text, new RegExp(`skerry ${verb}\\b`));
  }
  for (const language of languages) {
    assert.match(text, new RegExp(`\`${language}\``));
  }
});

Deno.test("the changelog speaks of this version", async () => {
  const { version } = JSON.parse(await read("package.json"));
  assert.match(
    await read("CHANGELOG.md"),
    new RegExp(`^## ${version.replaceAll(".", "\\.")}$`, "m"),
  );
});

Deno.test("a manifest may name just the languages that can be built", () => {
  const manifest = (language: string) =>
    parseManifest(`name = "a"\nlanguage = "${language}"\nbuild.sources = ["a"]\n`);
  for (const language of languages) assert.ok(manifest(language).ok, language);
  const refused = manifest("cobol");
  assert.ok(!refused.ok);
  assert.match(refused.error[0]?.message ?? "", new RegExp(languages.join(", ")));
});

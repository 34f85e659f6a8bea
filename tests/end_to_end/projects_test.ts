import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skerry, withServer } from "./skerry.ts";

/** For each language: its main file, what its greeting calls it, and a mistake with its place. */
const languages = {
  c: {
    main: "main.c",
    title: "C",
    mistake: "int main(void) {\n  return nothing;\n}\n",
    at: /main\.c:2:10: .*undeclared identifier 'nothing'/,
  },
  cpp: {
    main: "main.cpp",
    title: "C++",
    mistake: "struct S {};\nint main() { S s; s.x = 1; }\n",
    at: /main\.cpp:2:21: .*no member named 'x'/,
  },
  assemblyscript: {
    main: "main.ts",
    title: "AssemblyScript",
    mistake: "const a: i32 = 1;\nlet b = missing(a);\n",
    at: /main\.ts:2:9: .*Cannot find name 'missing'/,
  },
  wat: {
    main: "main.wat",
    title: "WAT",
    mistake: "(module\n  (func (call $gone)))\n",
    at: /main\.wat:2:15: .*\$gone/,
  },
  javascript: {
    main: "main.js",
    title: "JavaScript",
    mistake: "const a = 1;\n  let b = ;\n",
    at: /main\.js:2:11: .*SyntaxError/,
  },
};

/** Runs a test in a folder of its own, which is gone afterwards. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "skerry-projects-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every file below a folder, path → text. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) =>
    join(entry.parentPath, entry.name)
  );
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (file) => [file, await readFile(file, "utf8")] as const),
    ),
  );
}

for (const [language, { main, title, mistake, at }] of Object.entries(languages)) {
  Deno.test(`a new ${language} project builds and answers; a mistake is shown with its place`, async () => {
    await inFolder(async (cwd) => {
      const made = await skerry(["new", "island", "--language", language], { cwd });
      assert.equal(made.code, 0, made.stderr);
      const built = await skerry(["build", "island"], { cwd });
      assert.equal(built.code, 0, built.stderr);
      assert.match(built.stdout, /^island: island\/build\/island\.wasm, .* built in \d+ ms\n$/);

      await withServer([join(cwd, "island")], async ({ url }) => {
        const response = await fetch(`${url}/some/path`);
        assert.equal(response.status, 200);
        assert.match(response.headers.get("content-type") ?? "", /^text\/plain; ?charset=utf-8$/i);
        assert.equal(await response.text(), `Hello from ${title}!\nGET /some/path\n`);
      });

      await writeFile(join(cwd, "island", main), mistake);
      const failed = await skerry(["build", "island"], { cwd });
      assert.equal(failed.code, 1, failed.stderr);
      assert.equal(failed.stdout, "");
      assert.match(failed.stderr, at);
      assert.match(failed.stderr, /SKERRY_BUILD_FAILED/);
      // What stands at the line's start can be opened by editors.
      assert.match(failed.stderr, new RegExp(`(?:^|\\s)island/${main.replace(".", "\\.")}:2:`));
    });
  });
}

Deno.test("a second project of the same name is refused, and the first is left as it was", async () => {
  await inFolder(async (cwd) => {
    assert.equal((await skerry(["new", "island", "--language", "c"], { cwd })).code, 0);
    const before = await contents(cwd);
    const again = await skerry(["new", "island", "--language", "wat"], { cwd });
    assert.equal(again.code, 1);
    assert.match(again.stderr, /SKERRY_FILE_UNWRITABLE/);
    assert.deepEqual(await contents(cwd), before);
  });
});

Deno.test("an unknown language and an unsound name are wrong usage, and nothing is made", async () => {
  await inFolder(async (cwd) => {
    const language = await skerry(["new", "island", "--language", "cobol"], { cwd });
    assert.equal(language.code, 2);
    assert.match(language.stderr, /c, cpp, assemblyscript, wat, javascript/);
    for (const name of ["../island", "Island", "-island", ""]) {
      const { code, stderr } = await skerry(["new", name, "--language", "c"], { cwd });
      assert.equal(code, 2, `${name}: ${stderr}`);
    }
    assert.deepEqual(await contents(cwd), {});
  });
});

Deno.test("serve builds again what was edited, and only then", async () => {
  await inFolder(async (cwd) => {
    const project = join(cwd, "island");
    const source = join(project, "main.wat");
    const module = join(project, "build", "island.wasm");
    assert.equal((await skerry(["new", "island", "--language", "wat"], { cwd })).code, 0);
    const greeting = async () => {
      let text = "";
      await withServer([project], async ({ url }) => {
        text = await (await fetch(url)).text();
      });
      return text;
    };
    assert.equal(await greeting(), "Hello from WAT!\nGET /\n");

    const { mtimeMs } = await stat(module);
    assert.equal(await greeting(), "Hello from WAT!\nGET /\n");
    assert.equal((await stat(module)).mtimeMs, mtimeMs, "nothing changed, nothing was built");

    const text = await readFile(source, "utf8");
    await writeFile(source, text.replace("Hello from WAT!", "Ahoy! from WAT!"));
    // File systems differ in how finely they tell the time.
    const later = new Date(mtimeMs + 5000);
    await utimes(source, later, later);
    assert.equal(await greeting(), "Ahoy! from WAT!\nGET /\n");
  });
});

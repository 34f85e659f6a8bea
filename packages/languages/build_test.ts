import assert from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { build, type BuildOptions, type Language, languages, template } from "./mod.ts";
import { request, runProgram } from "./testing.ts";

function sourcesOf(files: Iterable<readonly [string, string]>): Map<string, Uint8Array> {
  return new Map([...files].map(([path, text]) => [path, encodeUtf8(text)]));
}

async function buildOrFail(
  language: Language,
  files: Record<string, string>,
  options?: BuildOptions,
) {
  const result = await build(language, sourcesOf(Object.entries(files)), options);
  assert.ok(result.ok, result.ok ? "" : result.error.raw);
  return result.value;
}

/** Builds, expects a failure, and gives its errors as `file:line:column: message`. */
async function errorsOf(language: Language, files: Record<string, string>, options?: BuildOptions) {
  const result = await build(language, sourcesOf(Object.entries(files)), options);
  assert.ok(!result.ok, "the build should have failed");
  return result.error.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ file, at, message }) => {
      const where = at?.kind === "text" ? `:${at.line}:${at.column}` : "";
      return `${file ?? ""}${where}: ${message}`;
    });
}

for (const language of languages) {
  Deno.test(`a fresh project in ${language} builds and answers with greeting, method and path`, async () => {
    const files = template(language, "hello");
    const sources = [...files].filter(([path]) => path !== "skerry.toml" && path !== "README.md");
    const result = await build(language, sourcesOf(sources));
    assert.ok(result.ok, result.ok ? "" : result.error.raw);
    assert.equal(result.value.raw, "", "a template gives no warnings");
    const names = WebAssembly.Module.exports(new WebAssembly.Module(result.value.wasm));
    assert.deepEqual(names.map(({ name }) => name).sort(), ["_start", "memory"]);
    const { stdout, stderr, exitCode } = await request(result.value.wasm, "PUT", "/some/path?x=1", {
      env: { GREETING: "Hei" },
    });
    assert.match(
      stdout,
      /^Status: 200.*\nContent-Type: text\/plain; ?charset=utf-8\n\nHe.*PUT \/some\/path\n$/is,
    );
    assert.equal(stderr, "");
    assert.equal(exitCode, 0);
  });

  Deno.test(`a fresh project in ${language} has a manifest that names its sources, the entry first`, () => {
    const files = template(language, "my-service");
    const manifest = files.get("skerry.toml") ?? "";
    assert.match(
      manifest,
      /^name = "my-service"\nlanguage = "\w+"\n\n\[build\]\nsources = \["main\./,
    );
    for (const path of files.keys()) {
      if (path !== "skerry.toml" && path !== "README.md") assert.ok(manifest.includes(`"${path}"`));
    }
    assert.match(files.get("README.md") ?? "", /^# my-service\n/);
  });
}

Deno.test("a mistake in C is reported with file, line and column, and so is what the linker misses", async () => {
  assert.deepEqual(
    await errorsOf("c", { "src/main.c": "int main(void) {\n  return nothing;\n}\n" }),
    [
      "src/main.c:2:10: use of undeclared identifier 'nothing'",
    ],
  );
  assert.deepEqual(
    await errorsOf("c", {
      "src/main.c": "int elsewhere(void);\nint main(void) { return elsewhere(); }",
    }),
    ["src/main.c: undefined symbol: elsewhere"],
  );
});

Deno.test("a mistake in C++ is reported with file, line and column", async () => {
  assert.deepEqual(
    await errorsOf("cpp", { "main.cpp": "struct S {};\nint main() { S s; s.x = 1; }" }),
    [
      "main.cpp:2:21: no member named 'x' in 'S'",
    ],
  );
});

Deno.test("all mistakes in AssemblyScript are reported with file, line and column", async () => {
  assert.deepEqual(
    await errorsOf("assemblyscript", {
      "main.ts": "const a = 1;\nlet s = foo(3);\nlet q: i32 = 'x';\n",
    }),
    [
      "main.ts:2:9: Cannot find name 'foo'.",
      "main.ts:3:14: Type '~lib/string/String' is not assignable to type 'i32'.",
    ],
  );
});

Deno.test("a mistake in WAT is reported with file, line and column", async () => {
  assert.deepEqual(await errorsOf("wat", { "main.wat": "(module\n  (func (call $gone)))" }), [
    "main.wat:2:15: unknown func: failed to find name `$gone`",
  ]);
});

Deno.test("mistakes in JavaScript are found when it is built, with file, line and column", async () => {
  assert.deepEqual(await errorsOf("javascript", { "main.js": "const a = 1;\n  let b = ;\n" }), [
    "main.js:2:11: SyntaxError: unexpected token in expression: ';'",
  ]);
  assert.deepEqual(
    await errorsOf("javascript", {
      "a/main.js": "import './x.js';",
      "a/x.js": "\nimport y from '../y.js'",
    }),
    ['a/x.js:2:15: cannot import "../y.js": there is no such source file'],
  );
  assert.deepEqual(await errorsOf("javascript", { "main.js": "import 'left-pad';" }), [
    'main.js:1:8: cannot import "left-pad": only files of the project, as ./name.js, and skerry',
  ]);
});

Deno.test("a build needs sources with sound paths and an entry among them", async () => {
  assert.deepEqual(await errorsOf("c", {}), [": there are no source files"]);
  assert.deepEqual(await errorsOf("c", { "a.c": "" }, { entry: "b.c" }), [
    "b.c: no such source file",
  ]);
  for (const path of ["/etc/passwd", "../a.c", "a//b.c", "./a.c", "a\\b.c"]) {
    assert.equal((await errorsOf("c", { [path]: "" })).length, 1, path);
  }
  assert.deepEqual(await errorsOf("cpp", { "a.hpp": "" }), [": there is no cpp file to compile"]);
});

Deno.test("C units are linked together, headers are found, and no path of the builder shows", async () => {
  const { wasm } = await buildOrFail("c", {
    "src/main.c":
      '#include <stdio.h>\n#include "add.h"\nint main(void) { printf("%s %d", __FILE__, add(1, 2)); }',
    "src/add.h": "int add(int, int);",
    "src/add.c": '#include "add.h"\nint add(int a, int b) { return a + b; }',
  });
  assert.equal((await runProgram(wasm)).stdout, "src/main.c 3");
});

Deno.test("flags reach the compiler, and warnings come with a module that was built", async () => {
  const { wasm, diagnostics } = await buildOrFail(
    "c",
    { "main.c": "#include <stdio.h>\nint main(void) { int unused; puts(WORD); }" },
    { flags: ['-DWORD="hi"', "-Wall"], optimize: "size" },
  );
  assert.equal((await runProgram(wasm)).stdout, "hi\n");
  assert.deepEqual(diagnostics, [{
    severity: "warning",
    file: "main.c",
    message: "unused variable 'unused' [-Wunused-variable]",
    at: { kind: "text", line: 2, column: 22 },
  }]);
});

Deno.test("a C program that recurses without end traps instead of writing over its data", async () => {
  const { wasm } = await buildOrFail("c", {
    "main.c":
      "volatile int sink; __attribute__((noinline)) int f(int n) { volatile char page[65536]; page[n & 7] = 1; return n < 0 ? 0 : f(n + 1) + page[0]; } int main(void) { sink = f(0); }",
  }, { flags: ["-fno-optimize-sibling-calls"] });
  assert.match((await runProgram(wasm)).trap ?? "", /out of bounds/);
});

Deno.test("a quick build names the program's functions, whichever compiler it is by", async () => {
  const recursion = "n == 0 ? 0 : n + unlucky(n - 1)";
  const programs = {
    c: `volatile int n = 3; __attribute__((noinline)) int unlucky(int n) { return ${recursion}; }
      int main(void) { return unlucky(n); }`,
    assemblyscript: `function unlucky(n: i32): i32 { return ${recursion}; }
      if (unlucky(process()) != 6) unreachable();
      function process(): i32 { return load<i32>(0) + 3; }`,
    wat:
      `(module (memory (export "memory") 1) (func $unlucky) (func (export "_start") (call $unlucky)))`,
  };
  const mains = { c: "main.c", assemblyscript: "main.ts", wat: "main.wat" };
  for (const language of ["c", "assemblyscript", "wat"] as const) {
    const files = { [mains[language]]: programs[language] };
    const { wasm } = await buildOrFail(language, files, { optimize: "quick" });
    const sections = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "name");
    const names = sections.map((section) => decodeUtf8(new Uint8Array(section))).join("");
    assert.match(names, /unlucky/, language);
  }
});

Deno.test("an AssemblyScript abort says where it was on stderr, and traps", async () => {
  const { wasm } = await buildOrFail("assemblyscript", {
    "main.ts":
      "import { at } from './lib';\ntrace('reading', 1, at);\nlet a = new Array<i32>(2);\na[at];\n",
    "lib.ts": "export const at: i32 = 7;\n",
  });
  const { stderr, trap } = await runProgram(wasm);
  assert.match(
    stderr,
    /^trace: reading 7(?:\.0)?\nIndex out of range in ~lib\/array\.ts:\d+:\d+\n$/,
  );
  assert.match(trap ?? "", /unreachable/);
});

Deno.test("the same sources give the same bytes", async () => {
  for (const language of ["c", "javascript"] as const) {
    const sources = sourcesOf(
      [...template(language, "x")].filter(([path]) => path.startsWith("main")),
    );
    const [first, second] = [await build(language, sources), await build(language, sources)];
    assert.ok(first.ok && second.ok);
    assert.deepEqual(first.value.wasm, second.value.wasm);
  }
});

/** `skerry dev` with real files, real edits and requests that go on meanwhile. */

import assert from "node:assert/strict";
import { type RunningCommand, skerry, withCommand } from "./skerry.ts";

/** A project's folder with these files, for the length of a test. */
async function withFiles(
  files: Record<string, string>,
  use: (folder: string, write: (path: string, text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const write = async (path: string, text: string) => {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  };
  try {
    for (const [path, text] of Object.entries(files)) await write(path, text);
    await use(folder, write);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `skerry dev` on a free port. */
async function withDev(
  args: readonly string[],
  use: (url: string, running: RunningCommand) => Promise<void>,
): Promise<void> {
  await withCommand(["dev", "--listen", "127.0.0.1:0", ...args], async (running) => {
    const [, url = ""] = await running.printed("stderr", /serves on (\S+)/);
    await running.printed("stderr", /is built and swapped in/);
    await use(url, running);
  });
}

async function answer(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  return response.status === 200 ? text : `${response.status} ${text}`;
}

/** Asks until the answer is this one; every answer on the way is one of those before it. */
async function becomes(url: string, expected: string, before: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 6000; turn += 1) {
    const text = await answer(url);
    if (text === expected) return;
    assert.ok(before.includes(text), `neither the old version nor the new: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`waited in vain for ${expected}`);
}

const watManifest = (name: string, more = "") =>
  `name = "${name}"\nlanguage = "wat"\n${more}[build]\nsources = ["main.wat"]\n`;

/** A program that answers with a text. */
function watSaying(text: string, more = ""): string {
  const response = `Content-Type: text/plain\n\n${text}`;
  return `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\\10\\00\\00\\00\\${
    response.length.toString(16).padStart(2, "0")
  }\\00\\00\\00")
  (data (i32.const 16) ${JSON.stringify(response)})
  (func (export "_start") ${more}
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))`;
}

const asLibrary = `
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, vectors: usize, count: usize, written: usize): u16;
export function say(text: string): void {
  const bytes = String.UTF8.encode("Content-Type: text/plain\\n\\n" + text);
  const vector = memory.data(12);
  store<usize>(vector, changetype<usize>(bytes), 0);
  store<usize>(vector, bytes.byteLength, 4);
  fd_write(1, vector, 1, vector + 8);
}
`;

/** For each language its files, of which one says a text; and a mistake with its place. */
const languages = {
  wat: {
    files: {},
    main: "main.wat",
    saying: watSaying,
    mistake: "(module\n  (func (call $gone)))\n",
    at: /main\.wat:2:15: .*\$gone/,
  },
  assemblyscript: {
    files: { "library.ts": asLibrary },
    main: "main.ts",
    saying: (text: string) => `import { say } from "./library";\nsay("${text}");\n`,
    mistake: "const a: i32 = 1;\nlet b = missing(a);\n",
    at: /main\.ts:2:9: .*Cannot find name 'missing'/,
  },
  javascript: {
    files: {},
    main: "main.js",
    saying: (text: string) => `export default { fetch: () => new Response("${text}") };\n`,
    mistake: "const a = 1;\n  let b = ;\n",
    at: /main\.js:2:11: .*SyntaxError/,
  },
};

for (const [language, { files, main, saying, mistake, at }] of Object.entries(languages)) {
  Deno.test(`${language}: edits are swapped in while requests go on and none fails; a mistake keeps the old version`, async () => {
    const manifest = `name = "island"\nlanguage = "${language}"\n[build]\nsources = ["${main}"]\n`;
    const all = { ...files, "skerry.toml": manifest, [main]: saying("first") };
    await withFiles(all, async (folder, write) => {
      await withDev([folder], async (url, { printed }) => {
        assert.equal(await answer(url), "first");
        const told = new Set<string>();
        let isOver = false;
        const asking = Promise.all(Array.from({ length: 4 }, async () => {
          while (!isOver) {
            told.add(await answer(url));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }));
        await write(main, saying("second"));
        await becomes(url, "second", ["first"]);
        await write(main, mistake);
        await printed("stderr", at);
        await printed(
          "stderr",
          /SKERRY_BUILD_FAILED[^]*island: the last good version goes on serving/,
        );
        assert.equal(await answer(url), "second");
        await write(main, saying("third"));
        await becomes(url, "third", ["second"]);
        await printed("stderr", /island: mended; the new version serves after \d+ ms \(built in/);
        isOver = true;
        await asking;
        assert.deepEqual(told, new Set(["first", "second", "third"]));
        // What a developer tries out is nobody else's module.
        await assert.rejects(Deno.stat(`${folder}/build`));
      });
    });
  });
}

Deno.test("a manifest's change needs no build, and one with mistakes is told with their places", async () => {
  const files = { "skerry.toml": watManifest("island"), "main.wat": watSaying("here") };
  await withFiles(files, async (folder, write) => {
    await withDev([folder], async (url, { printed }) => {
      await write("skerry.toml", `${watManifest("island")}[[routes]]\npath = "/x/..."\n`);
      await printed("stderr", /island: changed; .*\(swapped in \d+ ms\)/);
      assert.equal(await answer(`${url}/x`), "here");
      assert.equal((await answer(`${url}/y`)).slice(0, 3), "404");
      await write("skerry.toml", 'name = "Island"\n');
      await printed("stderr", /skerry\.toml:1:8: name: [^]*last good version goes on serving/);
      assert.equal(await answer(`${url}/x`), "here");
      await write("skerry.toml", watManifest("island"));
      await printed("stderr", /island: mended/);
      assert.equal(await answer(`${url}/y`), "here");
      await write(".main.wat.swp", "what an editor leaves is no new version");
      await new Promise((resolve) => setTimeout(resolve, 500));
      await write("skerry.toml", `${watManifest("island")}[env]\nA = "1"\n`);
      const { input } = await printed("stderr", /mended[^]*island: changed/);
      assert.equal(input.match(/the new version serves/g)?.length, 3);
    });
  });
});

Deno.test("files that are renamed into place, made in new folders, or removed are seen", async () => {
  const manifest = 'name = "island"\nlanguage = "javascript"\n[build]\nsources = ["main.js"]\n';
  const importing = 'import { text } from "./deep/er/text.js";\n' +
    "export default { fetch: () => new Response(text) };\n";
  const plain = 'export default { fetch: () => new Response("plain") };\n';
  const files = { "skerry.toml": manifest, "main.js": plain };
  await withFiles(files, async (folder, write) => {
    await withDev([folder], async (url, { printed }) => {
      await write("deep/er/text.js", 'export const text = "deep";');
      await write("main.js", importing);
      await becomes(url, "deep", ["plain"]);
      await Deno.writeTextFile(`${folder}/deep/er/.text.js.swp`, 'export const text = "renamed";');
      await Deno.rename(`${folder}/deep/er/.text.js.swp`, `${folder}/deep/er/text.js`);
      await becomes(url, "renamed", ["deep"]);
      await Deno.remove(`${folder}/deep/er/text.js`);
      await printed("stderr", /last good version goes on serving/);
      assert.equal(await answer(url), "renamed");
      await Deno.remove(`${folder}/deep`, { recursive: true });
      await write("deep/er/text.js", 'export const text = "again";');
      await becomes(url, "again", ["renamed"]);
    });
  });
});

Deno.test("a folder that is moved away and back is served from again", async () => {
  const files = { "a/skerry.toml": watManifest("island"), "a/main.wat": watSaying("one") };
  await withFiles(files, async (folder, write) => {
    await withDev([`${folder}/a`], async (url, { printed }) => {
      await Deno.rename(`${folder}/a`, `${folder}/b`);
      await printed("stderr", /there is no manifest here|last good version goes on serving/);
      assert.equal(await answer(url), "one");
      await write("b/main.wat", watSaying("two"));
      await Deno.rename(`${folder}/b`, `${folder}/a`);
      await becomes(url, "two", ["one"]);
      await write("a/main.wat", watSaying("three"));
      await becomes(url, "three", ["two"]);
    });
  });
});

Deno.test("after many bursts of edits the last one is what is served", async () => {
  const files = { "skerry.toml": watManifest("island"), "main.wat": watSaying("0") };
  await withFiles(files, async (folder, write) => {
    await withDev([folder], async (url) => {
      const before = ["0"];
      for (let burst = 1; burst <= 10; burst += 1) {
        for (let edit = 0; edit < 20; edit += 1) {
          const text = `${burst}-${edit}`;
          before.push(text);
          await write("beside.tmp", watSaying(text));
          if (edit % 2 === 0) await write("main.wat", watSaying(text));
          else await Deno.rename(`${folder}/beside.tmp`, `${folder}/main.wat`);
        }
        await new Promise((resolve) => setTimeout(resolve, burst * 10));
      }
      await becomes(url, "10-19", before);
      assert.equal(await answer(url), "10-19");
    });
  });
});

Deno.test("files of a bundle are watched too, and a C program is built anew", async () => {
  const program = (greeting: string) =>
    `#include <stdio.h>
    int main(void) {
      char text[64] = "";
      FILE *note = fopen("/data/note.txt", "r");
      if (note != NULL) fgets(text, sizeof text, note);
      printf("Content-Type: text/plain\\n\\n${greeting} %s", text);
    }\n`;
  const manifest = `name = "island"\nlanguage = "c"\n[build]\nsources = ["main.c"]
[[bundles]]\nguest = "/data"\npath = "build/site"\n`;
  const files = {
    "skerry.toml": manifest,
    "main.c": program("read"),
    "build/site/note.txt": "one",
  };
  await withFiles(files, async (folder, write) => {
    await withDev([folder], async (url, { printed }) => {
      assert.equal(await answer(url), "read one");
      await write("build/site/note.txt", "another");
      await becomes(url, "read another", ["read one"]);
      await printed("stderr", /island: changed; .*\(compiled in \d+ ms, swapped in/);
      await write("main.c", program("found"));
      await becomes(url, "found another", ["read another"]);
    });
  });
});

Deno.test("a request that is under way ends with the version that it began with", async () => {
  const slow = (text: string) =>
    `export default { async fetch() {
       console.log("begun");
       await new Promise((done) => setTimeout(done, 3000));
       return new Response("${text}");
     } };\n`;
  const quick = 'export default { fetch: () => new Response("new") };\n';
  const manifest = 'name = "island"\nlanguage = "javascript"\n[build]\nsources = ["main.js"]\n';
  await withFiles({ "skerry.toml": manifest, "main.js": slow("old") }, async (folder, write) => {
    await withDev([folder], async (url, { printed }) => {
      const began = answer(url);
      await printed("stdout", /is under way\n {2}\| begun\n/);
      await write("main.js", quick);
      await printed("stderr", /island: changed; the new version serves/);
      assert.equal(await answer(url), "new");
      assert.equal(await began, "old");
    });
  });
});

Deno.test("targets that change places are swapped in together, and a prebuilt module is watched too", async () => {
  const routed = (name: string, path: string) =>
    `${watManifest(name)}[[routes]]\npath = "${path}/..."\n`;
  const files = {
    "a/skerry.toml": routed("a", "/a"),
    "a/main.wat": watSaying("A"),
    "b/skerry.toml": routed("b", "/b"),
    "b/main.wat": watSaying("B"),
  };
  await withFiles(files, async (folder, write) => {
    await withDev([`${folder}/a`, `${folder}/b`], async (url, { printed }) => {
      await write("a/skerry.toml", routed("a", "/b"));
      await printed("stderr", /two programs answer the path \/b/);
      assert.deepEqual([await answer(`${url}/a`), await answer(`${url}/b`)], ["A", "B"]);
      await write("b/skerry.toml", routed("b", "/a"));
      await printed("stderr", /a: mended[^]*b: changed/);
      assert.deepEqual([await answer(`${url}/a`), await answer(`${url}/b`)], ["B", "A"]);
    });
    assert.equal((await skerry(["build", `${folder}/a`])).code, 0);
    const module = `${folder}/module.wasm`;
    await Deno.copyFile(`${folder}/a/build/a.wasm`, module);
    await withDev([module], async (url) => {
      assert.equal(await answer(url), "A");
      await write("a/main.wat", watSaying("C"));
      assert.equal((await skerry(["build", `${folder}/a`])).code, 0);
      await Deno.rename(`${folder}/a/build/a.wasm`, module);
      await becomes(url, "C", ["A"]);
    });
  });
});

Deno.test("a trap is printed with its functions by name, guest lines beneath their request, and no terminal obeys them", async () => {
  const trapping = `(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "\\10\\00\\00\\00\\0c\\00\\00\\00")
    (data (i32.const 16) "red: \\1b[31m!\\0a")
    (func $inner unreachable)
    (func $outer (call $inner))
    (func (export "_start")
      (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 0)))
      (call $outer)))`;
  const files = { "skerry.toml": watManifest("island"), "main.wat": trapping };
  await withFiles(files, async (folder) => {
    await withDev([folder], async (url, { printed }) => {
      assert.equal((await answer(`${url}/here?x=1`)).slice(0, 3), "500");
      const [text] = await printed("stdout", /^GET [^]*_start\+0x[0-9a-f]+\n/);
      const [request, line, failure, ...frames] = text.trimEnd().split("\n");
      assert.match(request ?? "", /^GET \/here 500 [\d.]+ ms, CPU \d+ µs, 64 KiB$/);
      assert.equal(line, "  | red: \\u{1b}[31m!");
      assert.match(failure ?? "", /^ {2}trapped: .*unreachable.* \(request \w+\)$/);
      assert.deepEqual(frames.map((frame) => frame.replace(/0x.*/, "")), [
        "    0: inner+",
        "    1: outer+",
        "    2: _start+",
      ]);
    });
    await withDev([folder, "--json"], async (url, { printed }) => {
      await answer(url);
      const [line] = await printed("stdout", /^.*"type":"request".*$/m);
      const { outcome, backtrace } = JSON.parse(line);
      assert.deepEqual([outcome, backtrace.length], ["trapped", 3]);
    });
  });
});

Deno.test("a manifest that begins to hand over a directory has the server start again", async () => {
  const files = {
    "skerry.toml": watManifest("island"),
    "main.wat": watSaying("here"),
    "data/note.txt": "x",
  };
  await withFiles(files, async (folder, write) => {
    await withDev([folder], async (_url, { printed }) => {
      const directory = '[[directories]]\nguest = "/data"\nhost = "data"\n';
      await write("skerry.toml", `${watManifest("island")}${directory}`);
      await printed("stderr", /to hand over a directory, the server starts again/);
      const [, again = ""] = await printed("stderr", /starts again[^]*serves on (\S+)/);
      assert.equal(await answer(again), "here");
    });
  });
});

Deno.test("what cannot be served at all is refused as `skerry serve` refuses it", async () => {
  const broken = { "skerry.toml": watManifest("island"), "main.wat": "(module (func (call $x)))" };
  await withFiles(broken, async (folder) => {
    const built = await skerry(["dev", folder, "--listen", "127.0.0.1:0"]);
    assert.equal(built.code, 1);
    assert.match(built.stderr, /main\.wat:1:\d+: [^]*SKERRY_BUILD_FAILED/);
  });
  await withFiles({ "main.wat": watSaying("here") }, async (folder, write) => {
    const absent = await skerry(["dev"], { cwd: folder });
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /there is no manifest here/);
    assert.equal((await skerry(["dev", "--listen", "nowhere"])).code, 2);
    await write("skerry.toml", watManifest("island"));
    await withDev([folder], async (url) => {
      const taken = await skerry(["dev", "--listen", new URL(url).host], { cwd: folder });
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /the address is in use[^]*SKERRY_LISTEN_FAILED/);
    });
  });
});

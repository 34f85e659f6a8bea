/** What a process in a cell's or a preparer's place can do, by its runtime's options and by the kernel's. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  bindShared,
  findBubblewrap,
  listen,
  openPrivateFolder,
  type SharedSocket,
  startChild,
} from "@skerry/platform";
import {
  cellOptions,
  type NodeFolders,
  preparerOptions,
  type ProcessOptions,
} from "./process_options.ts";
import type { Achieved, Attempts } from "./testing/intruder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bubblewrap = findBubblewrap();
const enclosure = typeof bubblewrap === "string" ? undefined : bubblewrap;

/** A state folder and a server, and what a process that is started so achieves there. */
async function achieved(
  optionsOf: (folders: NodeFolders) => ProcessOptions,
  start: (socket: SharedSocket, act: () => Promise<Achieved>) => Promise<Achieved>,
): Promise<Achieved & { readonly written: readonly string[] }> {
  const state = await Deno.makeTempDir();
  const socket = bindShared({ hostname: "127.0.0.1", port: 0 });
  const listener = await listen(socket, () => ({ status: 200, fields: [], body: undefined }));
  const folders = {
    artifacts: `${state}/artifacts`,
    keyValues: `${state}/kv`,
    cache: `${state}/cache`,
  };
  await openPrivateFolder(folders.artifacts);
  await openPrivateFolder(folders.keyValues);
  await openPrivateFolder(folders.cache);
  await Deno.writeTextFile(`${state}/secret.key`, "secret");
  await Deno.writeTextFile(`${folders.artifacts}/program`, "program");
  const attempts: Attempts = {
    read: [
      ...["/etc/passwd", `${state}/secret.key`, `${folders.artifacts}/program`],
      `${root}deno.json`,
    ],
    write: ["/", "/usr/", "/etc/", "/var/tmp/", root, `${state}/`, `${folders.artifacts}/`]
      .concat(`${folders.keyValues}/`).map((folder) => `${folder}skerry-left`),
    socket: Deno.readLinkSync(`/proc/self/fd/${socket.inherited}`),
    connect: socket.address,
  };
  const program = new URL("./testing/intruder.ts", import.meta.url);
  const intrude = () => {
    const child = startChild<Achieved, Attempts>({ program, ...optionsOf(folders) });
    const found = Promise.withResolvers<Achieved>();
    child.onMessage(found.resolve);
    void child.ended.then((end) => found.reject(new Error(JSON.stringify(end))));
    child.send(attempts);
    return found.promise.finally(() => child.kill());
  };
  try {
    const named = (paths: readonly string[]) =>
      paths.map((path) => path.replace(state, "STATE").replace(root, "ROOT/"));
    const { read, ...more } = await start(socket, intrude);
    const written = attempts.write.filter(isThere);
    for (const path of written) await Deno.remove(path);
    return { read: named(read), written: named(written), ...more };
  } finally {
    await listener.close(0);
    socket.close();
    await Deno.remove(state, { recursive: true });
  }
}

/** What it writes to a folder of its own is not there. */
function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const lent = (socket: SharedSocket, act: () => Promise<Achieved>) => socket.lend(act);
const notLent = (_: SharedSocket, act: () => Promise<Achieved>) => act();

/** As if its runtime had been overcome: what is left is the kernel's. */
function overcome({ enclosed, runtimeOptions: [config = ""] }: ProcessOptions): ProcessOptions {
  return { runtimeOptions: [config, "--allow-all"], ...(enclosed !== undefined && { enclosed }) };
}

function linuxTest(name: string, fn: () => Promise<void>) {
  const ignore = Deno.build.os !== "linux";
  Deno.test({ name: `${name}${ignore ? " (skipped: not on Linux)" : ""}`, ignore, fn });
}

function enclosedTest(name: string, fn: (by: NonNullable<typeof enclosure>) => Promise<void>) {
  const skipped = typeof bubblewrap === "string" ? ` (skipped: ${bubblewrap})` : "";
  Deno.test({
    name: `${name}${skipped}`,
    ignore: enclosure === undefined,
    fn: () => enclosure === undefined ? Promise.resolve() : fn(enclosure),
  });
}

linuxTest(
  "the runtime lets a cell read programs and write keys, and nothing else of the state",
  async () => {
    const { read, written } = await achieved((folders) => cellOptions(folders), lent);
    assert.deepEqual(read, ["STATE/artifacts/program", "ROOT/deno.json"]);
    assert.deepEqual(written, ["STATE/kv/skerry-left"]);
  },
);

linuxTest("the runtime lets what prepares versions write artifacts, and reach nobody", async () => {
  const { read, written, isConnected } = await achieved(
    (folders) => preparerOptions(folders),
    notLent,
  );
  assert.deepEqual(read, ["STATE/artifacts/program", "ROOT/deno.json"]);
  assert.deepEqual(written, ["STATE/artifacts/skerry-left"]);
  assert.equal(isConnected, false);
});

enclosedTest(
  "who breaks out of a cell's runtime finds what the cell had, and no other process",
  async (by) => {
    const found = await achieved((folders) => overcome(cellOptions(folders, by)), lent);
    assert.deepEqual(found.read, ["STATE/artifacts/program", "ROOT/deno.json"]);
    assert.deepEqual(found.written, ["STATE/kv/skerry-left"]);
    assert.equal(found.isConnected, true);
    // Itself, and the one that has shut it in.
    assert.equal(found.processes, 2);
    assert.equal(found.hasSocket, true);
  },
);

enclosedTest(
  "who breaks out of a preparer's runtime has no network either, and no socket that listens",
  async (by) => {
    const found = await achieved((folders) => overcome(preparerOptions(folders, by)), notLent);
    assert.deepEqual(found.read, ["STATE/artifacts/program", "ROOT/deno.json"]);
    assert.deepEqual(found.written, ["STATE/artifacts/skerry-left"]);
    assert.deepEqual(
      [found.isConnected, found.processes, found.hasSocket],
      [false, 2, false],
    );
  },
);

/** docs/operating.md, as an operator follows it who copies every command, on ports that are free here. */

import assert from "node:assert/strict";
import { root } from "../end_to_end/skerry.ts";
import { type CommandBlock, commandBlocks, isPrinted } from "./document_blocks.ts";

const page = await Deno.readTextFile(`${root}/docs/operating.md`);

/** What the page's commands need beside Skerry. */
const tools = ["bash", "curl", "jq", "openssl", "tar"];
const missing = tools.filter((tool) => !isInstalled(tool));

function isInstalled(tool: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${tool}`).isFile;
    } catch {
      return false;
    }
  });
}

function test(name: string, why: string | undefined, fn: () => Promise<void>): void {
  const skipped = why === undefined ? "" : ` (skipped: ${why})`;
  Deno.test({ name: `${name}${skipped}`, ignore: why !== undefined, fn });
}

const [blocks, marked] = [commandBlocks(page), page.match(/^```sh$/gm)?.length];

test(
  "every command of docs/operating.md does what the page says",
  missing.length === 0 ? undefined : `${missing.join(", ")} not installed`,
  async () => {
    assert.equal(blocks.length, marked);
    const folder = await Deno.makeTempDir({ prefix: "skerry-operating-" });
    const ports = freePorts(["7676", "7677", "7643"]);
    const here = (text: string) =>
      ports.reduce((done, [told, port]) => done.replaceAll(`:${told}`, `:${port}`), text);
    await Deno.mkdir(`${folder}/bin`);
    const skerry = `#!/bin/sh\nexec node ${root}/bin/skerry.mjs "$@"\n`;
    await Deno.writeTextFile(`${folder}/bin/skerry`, skerry, { mode: 0o755 });
    const env = {
      ...{ HOME: folder, NO_COLOR: "1", PATH: `${folder}/bin:${Deno.env.get("PATH")}` },
      ...{ SKERRY_NODE: here("http://127.0.0.1:7677"), SKERRY_TOKEN: "", XDG_CONFIG_HOME: "" },
    };
    const run = async ({ line, script, prints }: CommandBlock) => {
      const { code, stdout, stderr } = await new Deno.Command("timeout", {
        args: ["120", "bash", "-euo", "pipefail", "-c", here(script)],
        ...{ cwd: folder, env, stdin: "null", stdout: "piped", stderr: "piped" },
      }).output();
      const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      const what = `line ${line}: ${script}\nended with ${code}:\n${out}${err}`;
      assert.equal(code, 0, what);
      assert.ok(prints === undefined || isPrinted(here(prints), out), what);
    };
    try {
      for (const block of blocks) if (block.how.kind === "run") await run(block);
    } finally {
      await endNode(`${folder}/node.pid`);
      await Deno.remove(folder, { recursive: true });
    }
  },
);

for (const { line, how } of blocks) {
  if (how.kind !== "not run") continue;
  test(`the commands of docs/operating.md at line ${line}`, how.why, () => Promise.resolve());
}

test(
  "systemd takes the units of docs/operating.md",
  isInstalled("systemd-analyze") ? undefined : "systemd-analyze is not installed",
  async () => {
    const folder = await Deno.makeTempDir();
    const node = (await new Deno.Command("node", { args: ["-p", "process.execPath"] }).output())
      .stdout;
    const units = page.matchAll(/```ini\n# \/etc\/systemd\/system\/(\S+)\n([^]*?)```/g).toArray();
    assert.deepEqual(units.map(({ 1: name }) => name), ["skerry.socket", "skerry.service"]);
    for (const { 1: name = "", 2: unit = "" } of units) {
      const own = unit.replaceAll("/usr/bin/node", new TextDecoder().decode(node).trim());
      await Deno.writeTextFile(`${folder}/${name}`, own);
    }
    const { code, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", `${folder}/skerry.socket`, `${folder}/skerry.service`],
    }).output();
    await Deno.remove(folder, { recursive: true });
    const told = new TextDecoder().decode(stderr);
    assert.deepEqual([code, told.match(/.*skerry\.(?:socket|service).*/g) ?? []], [0, []], told);
  },
);

/** Ports that nobody has now, for those that the page names. */
function freePorts(told: readonly string[]): (readonly [string, string])[] {
  const listeners = told.map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }, index) => [told[index] ?? "", String(addr.port)] as const);
  for (const listener of listeners) listener.close();
  return ports;
}

async function endNode(pidFile: string): Promise<void> {
  const pid = Number(await Deno.readTextFile(pidFile).catch(() => ""));
  if (pid === 0) return;
  const isUp = () => Deno.stat(`/proc/${pid}`).then(() => true, () => false);
  if (await isUp()) Deno.kill(pid, "SIGTERM");
  while (await isUp()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A page of documentation, as somebody follows it who copies every command. */

import assert from "node:assert/strict";
import { root } from "../end_to_end/skerry.ts";
import { type CommandBlock, commandBlocks, isPrinted } from "./document_blocks.ts";
import { type TestNode, withNode } from "./harness.ts";

/** How often the block beside which another runs is tried: a server takes its time to be there. */
const triesMax = 200;

/**
 * Runs every command of a page against a node of its own, and compares what is printed.
 *
 * @param skipped how many blocks say that they are not run
 */
export async function followPage(page: string, skipped: number): Promise<void> {
  const blocks = commandBlocks(page);
  assert.equal(blocks.length, page.match(/^```sh$/gm)?.length);
  const notRun = blocks.flatMap(({ how }) => how.kind === "not run" ? [how.why] : []);
  assert.equal(notRun.length, skipped, notRun.join("\n"));
  await withNode(async (node) => {
    const shell = await shellFor(node);
    for (let at = 0; at < blocks.length; at += 1) {
      const block = blocks[at];
      if (block === undefined || block.how.kind === "not run") continue;
      if (block.how.kind === "run") {
        shell.check(block, await shell.run(block));
        continue;
      }
      const next = blocks[at += 1];
      assert.ok(next?.how.kind === "run");
      await shell.beside(block, next);
    }
  });
}

/** Runs blocks in the node's folder as the user's home, with the ports of this very node. */
async function shellFor(node: TestNode) {
  const bin = `${node.folder}/bin`;
  await Deno.mkdir(bin);
  const command = `#!/bin/sh\nexec node ${root}/bin/skerry.mjs "$@"\n`;
  await Deno.writeTextFile(`${bin}/skerry`, command, { mode: 0o755 });
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports = { 7676: portOf(node.url), 7677: portOf(node.admin), 8080: String(free.addr.port) };
  free.close();
  const here = (text: string) =>
    Object.entries(ports).reduce(
      (done, [told, port]) => done.replaceAll(`:${told}`, `:${port}`),
      text,
    );
  const started = ({ script }: CommandBlock, prefix = "") =>
    new Deno.Command("bash", {
      args: ["-euc", `${prefix}${here(script)}`],
      cwd: node.folder,
      env: {
        HOME: node.folder,
        NO_COLOR: "1",
        PATH: `${bin}:${Deno.env.get("PATH")}`,
        SKERRY_NODE: node.admin,
        SKERRY_TOKEN: "",
        XDG_CONFIG_HOME: "",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const run = async (block: CommandBlock) => {
    const { code, stdout, stderr } = await started(block).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, stdout: out ?? "", stderr: err ?? "" };
  };
  type Result = Awaited<ReturnType<typeof run>>;
  const isAsTold = ({ prints }: CommandBlock, { code, stdout }: Result) =>
    code === 0 && (prints === undefined || isPrinted(here(prints), stdout));
  const check = (block: CommandBlock, result: Result) => {
    const { code, stdout, stderr } = result;
    const what = `line ${block.line}: ${block.script}\nended with ${code}:\n${stdout}${stderr}`;
    assert.ok(isAsTold(block, result), what);
  };
  return {
    run,
    check,
    /** What serves or follows is there once what is asked of it comes back, and shows that it was asked. */
    async beside(block: CommandBlock, next: CommandBlock) {
      const child = started(block, "exec ");
      let shown = "";
      const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
        for await (const text of stream.pipeThrough(new TextDecoderStream())) shown += text;
      }));
      try {
        const asked = /\/(\w+)$/.exec(next.script)?.[1] ?? "";
        for (let tries = 1;; tries += 1) {
          const result = await run(next);
          if (isAsTold(next, result) && shown.includes(asked)) break;
          if (tries === triesMax) check(next, { ...result, code: 1, stderr: shown });
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      } finally {
        child.kill("SIGTERM");
        await Promise.all([child.status, reading]);
      }
    },
  };
}

function portOf(url: string): string {
  return new URL(url).port;
}

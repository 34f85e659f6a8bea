/** `node:wasi` as a peer: a process of Node that is asked for one use at a time, and measures each by its own clock. */

import { fileURLToPath } from "node:url";
import { findNode } from "../../tests/runtimes/tools.ts";

const script = fileURLToPath(new URL("node_wasi.mjs", import.meta.url));

/** What is asked of it. */
export interface NodeUse {
  /** The module's file. */
  readonly path: string;
  /** The directory that is the guest's `/`, where it has one. */
  readonly folder?: string | undefined;
  readonly args: readonly string[];
  readonly entry: string;
  readonly numbers: readonly number[];
}

/** A process that waits for uses. */
export interface NodePeer {
  readonly version: string;
  use(use: NodeUse): Promise<{ readonly ms: number; readonly answer: number }>;
  close(): Promise<void>;
}

/** Starts the Node that the tests use, or else the system's. */
export async function startNode(): Promise<NodePeer> {
  const node = await findNode() ?? "node";
  const { stdout } = await new Deno.Command(node, { args: ["--version"] }).output();
  const child = new Deno.Command(node, {
    args: ["--no-warnings", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = linesOf(child.stdout);
  return {
    version: new TextDecoder().decode(stdout).trim(),
    async use(use) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(use)}\n`));
      const { value, done } = await lines.next();
      if (done === true) throw new Error("node:wasi ended");
      return JSON.parse(value);
    },
    async close() {
      await writer.close();
      await child.status;
    },
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

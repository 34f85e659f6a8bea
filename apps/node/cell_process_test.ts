import { match, ok } from "node:assert/strict";
import { startChild } from "@skerry/platform";
import { CellProcess } from "./cell_process.ts";
import type { CellConfig } from "./messages.ts";

/** What a cell that somebody has broken out into may say: none of it is to reach further than that cell. */
const words = [
  "null",
  '{ kind: "telemetry", delta: { services: 1 } }',
  '{ kind: "telemetry", delta: { services: [null], refused: [] } }',
  '{ kind: "purge" }',
  '{ kind: "purge", asked: { thread: 0, number: 1, request: { owner: null } } }',
];

for (const word of words) {
  Deno.test(`a cell that says ${word} is ended, and nobody else`, async () => {
    const path = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(
      path,
      `import process from "node:process"; process.on("message", () => process.send?.(${word}));`,
    );
    const incidents: string[] = [];
    const ended = Promise.withResolvers<void>();
    const cell = new CellProcess({
      config: { cell: 0 } as CellConfig,
      startProcess: () => startChild({ program: new URL(`file://${path}`), runtimeOptions: [] }),
      certificates: () => ({}),
      everything: () => Promise.resolve([]),
      onEvent() {},
      onDisk() {},
      onTelemetry({ delta }) {
        for (const { name } of delta?.services ?? []) ok(name);
      },
      onPurge: ({ owner: { tenant } }) =>
        Promise.resolve({ kind: "refused", status: 500, why: tenant.trim() }),
      onEnded: () => ended.resolve(),
      onIncident: ({ what }) => incidents.push(what),
    });
    void cell.start();
    await ended.promise;
    await cell.stop(0);
    match(incidents[0] ?? "", /^it says what no cell says/);
    await Deno.remove(path);
  });
}

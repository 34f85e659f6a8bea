import assert from "node:assert/strict";
import { emptyModule, encodeModule } from "@skerry/wasm";
import { exitCode } from "./exit_code.ts";

/** What the thread answers to a run. */
async function answer(run: unknown): Promise<unknown> {
  const worker = new Worker(new URL("run_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(run);
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("in the watched thread too, a fault of ours is another exit code than a missing file", async () => {
  const composite = { kind: "function", params: [], results: [] } as const;
  const module = await Deno.makeTempFile({ suffix: ".wasm" });
  await Deno.writeFile(
    module,
    encodeModule({
      ...emptyModule,
      types: [{ explicit: false, types: [{ final: true, supertypes: [], composite }] }],
      functions: new Uint32Array([0]),
      exports: [{ name: "_start", kind: "function", index: 0 }],
      code: {
        bytes: new Uint8Array([0, 0x0b]),
        starts: new Uint32Array([0]),
        ends: new Uint32Array([2]),
      },
    }),
  );
  try {
    const ended = (end: number) => ({ kind: "ended", end });
    assert.deepEqual(await answer({ module: `${module}.absent` }), ended(exitCode.failed));
    // A run without its lists is no run: the types forbid it, and only a mistake of ours would send it.
    assert.deepEqual(await answer({ module }), ended(exitCode.hostFault));
  } finally {
    await Deno.remove(module);
  }
});

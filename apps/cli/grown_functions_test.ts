import assert from "node:assert/strict";
import { emptyModule, type WasmModule } from "@skerry/wasm";
import { grownFunctions } from "./grown_functions.ts";

/** A module that imports a function and has bodies of these sizes. */
function withBodies(sizes: readonly number[]): WasmModule {
  const ends = sizes.map((_size, at) => sizes.slice(0, at + 1).reduce((sum, size) => sum + size));
  return {
    ...emptyModule,
    imports: [{ module: "env", name: "f", type: { kind: "function", type: 0 } }],
    functions: new Uint32Array(sizes.length),
    exports: [{ name: "a\nb", kind: "function", index: 1 }],
    code: {
      bytes: new Uint8Array(0),
      starts: Uint32Array.from([0, ...ends.slice(0, -1)]),
      ends: Uint32Array.from(ends),
    },
  };
}

Deno.test("functions that grew most come first, by their index and a name that is one line", () => {
  const grown = grownFunctions(withBodies([4, 9, 2]), withBodies([10, 9, 30, 99]), 2);
  assert.deepEqual(grown, [
    { index: 3, moduleBytes: 2, artifactBytes: 30 },
    { index: 1, name: "a\\u{a}b", moduleBytes: 4, artifactBytes: 10 },
  ]);
  assert.equal(grownFunctions(withBodies([4, 9, 2]), withBodies([10, 9, 30]), 1).length, 1);
});

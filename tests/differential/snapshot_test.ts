/**
 * A module that starts from a snapshot goes on as the instance did that was snapshot: hundreds of modules by chance,
 * each with everything run once as its initialisation, and once more behind it.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { applySnapshot, exposeState, takeSnapshot } from "@skerry/compiler";
import { decodeModule, encodeModule, type WasmModule } from "@skerry/wasm";
import { type BinaryenModules, openBinaryen } from "./binaryen_modules.ts";
import { run, type Subject } from "./calls.ts";
import { exposed, withoutStart } from "./exposed.ts";
import { generateModule } from "./generator/module.ts";
import { Random } from "./random.ts";
import { stateDifferences } from "./state.ts";
import { plainSubject } from "./subjects.ts";

const modulesEach = 300;

/** What became of the modules. */
interface Tally {
  /** Objects in tables and globals, for the most part. */
  refused: number;
  leftOut: number;
  compared: number;
  returned: number;
}

type Found = keyof Omit<Tally, "returned"> | { readonly differences: readonly string[] };

/** An instance of a module in a variant whose start function is an export: the test says when it is run, if at all. */
function instance(module: WasmModule, variant: WasmModule): Subject | undefined {
  const bytes = encodeModule(variant) as Uint8Array<ArrayBuffer>;
  const made = plainSubject(module, new WebAssembly.Module(bytes));
  return typeof made === "string" ? undefined : made;
}

function compareSnapshot(bytes: Uint8Array<ArrayBuffer>, seed: number, tally: Tally): Found {
  const decoded = decodeModule(bytes);
  if (!WebAssembly.validate(bytes) || !decoded.ok) return "leftOut";
  const module = exposed(decoded.value);
  const startable = withoutStart(module);
  const shown = exposeState(startable);
  if (!shown.ok) return "refused";
  const initialised = instance(module, shown.value);
  if (initialised === undefined) return "leftOut";
  const initialisation = { rounds: 1, seed, order: "as exported" } as const;
  if (run(module, initialised, initialisation).overflowed) return "leftOut";
  const taken = takeSnapshot(startable, initialised.exports);
  if (!taken.ok) return "refused";
  const started = instance(module, applySnapshot(startable, taken.value));
  if (started === undefined) return { differences: ["it cannot be instantiated"] };
  const differences = (when: string) =>
    stateDifferences(module, side(initialised), side(started), "same")
      .map((text) => `${when}: ${text}`);
  const atStart = differences("at its start");
  if (atStart.length > 0) return { differences: atStart };
  const plan = { rounds: 2, seed: seed + 1, order: "backwards" } as const;
  const still = () => {};
  const was = run(module, { ...initialised, start: still }, plan);
  const is = run(module, { ...started, start: still }, plan);
  if (was.overflowed || is.overflowed) return "leftOut";
  tally.returned += was.calls - was.traps;
  const at = was.events.findIndex((event, index) => event !== is.events[index]);
  return at === -1
    ? { differences: differences("at its end") }
    : { differences: [`${is.events[at]}\n  -- instead of --\n${was.events[at]}`] };
}

function side({ exports, host }: Subject) {
  return { exports, values: host.values };
}

async function check(next: (seed: number) => Promise<Uint8Array<ArrayBuffer> | undefined>) {
  const first = Number(
    process.env["SKERRY_FUZZ_SEED"] ?? crypto.getRandomValues(new Uint32Array(1))[0],
  );
  console.log(`SKERRY_FUZZ_SEED=${first}`);
  const tally: Tally = { refused: 0, leftOut: 0, compared: 0, returned: 0 };
  for (let count = 0; count < modulesEach; count += 1) {
    const seed = (first + count) >>> 0;
    const module = await next(seed);
    const found = module === undefined ? "leftOut" : compareSnapshot(module, seed, tally);
    if (typeof found === "string") tally[found] += 1;
    else {
      assert.deepEqual(found.differences, [], `seed ${seed}`);
      tally.compared += 1;
    }
  }
  console.log(JSON.stringify(tally));
  return tally;
}

Deno.test("generated modules go on from a snapshot as they did without", async () => {
  const tally = await check((seed) => Promise.resolve(generateModule(seed)));
  // A run that compares little is no test.
  assert.ok(tally.compared > modulesEach / 4, "too few are compared");
  assert.ok(tally.returned > modulesEach, "too few calls return");
});

Deno.test("modules by Binaryen's fuzzer go on from a snapshot as they did without", async () => {
  const binaryen: BinaryenModules = openBinaryen();
  try {
    const tally = await check((seed) => binaryen.next(new Random(seed)));
    assert.ok(tally.compared > modulesEach / 20, "too few are compared");
  } finally {
    binaryen.close();
  }
});

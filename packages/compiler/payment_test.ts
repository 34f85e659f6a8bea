/**
 * Nothing is executed that was not paid for (docs/artifact.md, "Ticks: what is proved").
 *
 * Guests count their own instructions, those that count included, and are compiled after that. Whenever the
 * host is called, and at the end, they may not have executed more than they were charged, but for what one
 * call may cost without having paid by itself.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { freeUnitsMax } from "./constants.ts";
import { adversarialGuests } from "./testing/adversarial_guests.ts";
import { assembleText, compiledBytes } from "./testing/compiled.ts";
import { countInstructions, executedInstructions } from "./testing/count_instructions.ts";
import { instantiateArtifact } from "./testing/instance.ts";
import { randomModule } from "./testing/random_module.ts";

const quantum = 3000;

/** Runs an export until it ends by itself or has called the host so many times. */
async function check(text: string, name: string, ticksMax: number, args: readonly number[] = []) {
  const { artifact } = await compiledBytes(countInstructions(await assembleText(text), 4));
  const module = new WebAssembly.Module(artifact);
  let charged = 0;
  let granted = 0;
  let ticks = 0;
  const look = () => {
    const fuel = instance.exports["skerry:fuel"];
    assert.ok(fuel instanceof WebAssembly.Global);
    charged += granted - fuel.value;
    granted = fuel.value;
    const executed = executedInstructions(instance.exports);
    assert.ok(executed <= charged + freeUnitsMax, `${executed} executed, ${charged} charged`);
  };
  const instance = instantiateArtifact(module, {}, {
    tick: () => {
      look();
      ticks += 1;
      granted = ticks < ticksMax ? quantum : 0;
      return granted;
    },
    grow: () => 0,
  });
  const run = instance.exports[name];
  try {
    instance.start();
    if (typeof run === "function") run(...args);
  } catch (error) {
    // Guests trap, throw, and use up their stack; a failed assertion is no such end.
    if (error instanceof assert.AssertionError) throw error;
  }
  look();
}

Deno.test("random guests pay for whatever they do", async () => {
  const args = fc.tuple(fc.integer({ min: -2, max: 70_000 }), fc.nat({ max: 100 }));
  await fc.assert(
    fc.asyncProperty(randomModule, args, (text, values) => check(text, "f0", 50, values)),
    { numRuns: 500 },
  );
});

Deno.test("guests that would rather not be interrupted pay for whatever they do", async (test) => {
  for (const { name, text } of adversarialGuests) {
    await test.step(name, () => check(text, "run", 50));
  }
});

/**
 * The bound between two ticks (docs/artifact.md, "Ticks: what is proved"), measured in executed instructions.
 *
 * The document counts units, which are instructions of the guest. Between two ticks at most
 * `Q + weightMax + framesMax × weightMax` of them are executed. What is measured here is all instructions of
 * the artifact, ours too; so each unit stands for at most `instructionsPerUnit`:
 *
 * - a charge takes 9 for at least a unit: that of the branch back to its loop, or of the call that entered
 *   the function;
 * - a store has two operands, so it costs 3 units, and comes with at most 14: it is parked and marked;
 * - a bulk operation has three operands, so it costs 4 units, and takes at most 60 besides its pieces, of
 *   which each takes 30 and costs at least 256 units; `memory.grow` costs 2 units and takes at most 31.
 */

import assert from "node:assert/strict";
import { bulkBytesMax, bulkBytesShift, weightMax } from "./constants.ts";
import {
  type AdversarialGuest,
  adversarialGuests,
  bulkGuests,
} from "./testing/adversarial_guests.ts";
import { compiledText } from "./testing/compiled.ts";
import { countInstructions, executedInstructions } from "./testing/count_instructions.ts";
import { instantiateArtifact } from "./testing/instance.ts";

/** Instructions of the artifact for each unit of the guest. */
const instructionsPerUnit = 16;
/** Of `$tick` itself, and of the function that calls it, before and after. */
const instructionsPerTick = 100;

const bulkBytesPerUnit = 2 ** bulkBytesShift;

/** What was seen of a guest. */
interface Seen {
  readonly stretchMax: number;
  readonly afterStop: number;
  readonly ending: unknown;
}

function boundOf(quantum: number, framesMax: number): number {
  const units = quantum + weightMax + framesMax * weightMax;
  return units * instructionsPerUnit + instructionsPerTick;
}

/** Runs a guest for some ticks with a quantum, then stops it. */
function runUntilStopped(module: WebAssembly.Module, quantum: number, ticks: number): Seen {
  let last = 0;
  let stretchMax = 0;
  let seen = 0;
  const instance = instantiateArtifact(module, {}, {
    tick: () => {
      const now = executedInstructions(instance.exports);
      stretchMax = Math.max(stretchMax, now - last);
      last = now;
      seen += 1;
      return seen >= ticks ? 0 : quantum;
    },
  });
  const { run } = instance.exports;
  let ending: unknown;
  try {
    instance.start();
    if (typeof run === "function") run();
  } catch (error) {
    ending = error;
  }
  assert.equal(seen, ticks, "it ended before it was stopped, or went on afterwards");
  return { stretchMax, afterStop: executedInstructions(instance.exports) - last, ending };
}

/** Checks a guest with several quanta; answers a line of the table. */
async function check(
  guest: AdversarialGuest,
  quanta: readonly number[],
  ticks: number,
): Promise<string> {
  const { artifact } = await compiledText(guest.text);
  const module = new WebAssembly.Module(countInstructions(artifact));
  const stretches = quanta.map((quantum) => {
    const { stretchMax, afterStop, ending } = runUntilStopped(module, quantum, ticks);
    assert.ok(ending instanceof WebAssembly.RuntimeError, `${guest.name} ended with ${ending}`);
    assert.match(ending.message, /unreachable/);
    assert.ok(afterStop <= instructionsPerTick, `${afterStop} instructions after the stop`);
    const bound = boundOf(quantum, guest.framesMax);
    assert.ok(stretchMax <= bound, `${stretchMax} instructions between two ticks, not ${bound}`);
    return `${String(stretchMax).padStart(9)} (${(stretchMax / bound).toFixed(2)})`;
  });
  return `${stretches.join(" ")}  ${guest.name}`;
}

async function checkAll(
  test: Deno.TestContext,
  guests: readonly AdversarialGuest[],
  quanta: readonly number[],
) {
  const lines: string[] = [];
  for (const guest of guests) {
    await test.step(
      guest.name,
      async () => void lines.push(await check(guest, quanta, guest.ticks ?? 40)),
    );
  }
  const heading = `instructions between two ticks, at most (part of the bound); quanta: ${quanta}`;
  console.log([heading, ...lines].join("\n"));
}

Deno.test("no guest runs on for longer than the bound, nor past a stop", async (test) => {
  await checkAll(test, adversarialGuests, [1, 1_000, 50_000, 1_000_000]);
});

Deno.test("bulk operations take few instructions between two ticks", async (test) => {
  await checkAll(test, bulkGuests, [1_000, 50_000]);
});

Deno.test("a large memory.fill is interrupted in its middle, after as many bytes as were paid", async () => {
  const { artifact } = await compiledText(`(module (memory (export "memory") 2048)
    (func (export "run") (memory.fill (i32.const 0) (i32.const 7) (i32.const 134217728))))`);
  const quantum = 10_000;
  const bytesMax = (quantum + weightMax) * bulkBytesPerUnit + bulkBytesMax;
  let filled = 0;
  let ticks = 0;
  const instance = instantiateArtifact(new WebAssembly.Module(artifact), {}, {
    tick: () => {
      const now = filledBytes(instance.exports);
      assert.ok(now - filled <= bytesMax, `${now - filled} bytes between two ticks`);
      filled = now;
      ticks += 1;
      return quantum;
    },
  });
  const { run } = instance.exports;
  assert.ok(typeof run === "function");
  run();
  assert.equal(filledBytes(instance.exports), 2 ** 27);
  assert.ok(ticks >= 2 ** 27 / bytesMax, `${ticks} ticks are too few`);
});

/** Bytes at the start of a memory that are not 0, when all others are. */
function filledBytes({ memory }: WebAssembly.Exports): number {
  assert.ok(memory instanceof WebAssembly.Memory);
  const bytes = new Uint8Array(memory.buffer);
  let from = 0;
  let to = bytes.length;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (bytes[middle] === 0) to = middle;
    else from = middle + 1;
  }
  return from;
}

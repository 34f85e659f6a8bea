/** The same through the front door: what one lease's guest has written, the next lease's guest cannot tell. */

import assert from "node:assert/strict";
import process from "node:process";
import { openPolicy } from "@skerry/compiler";
import {
  bind,
  compile,
  type HostInterface,
  immediate,
  type Lease,
  type LeaseOptions,
  type Outcome,
  Pool,
  type Program,
} from "@skerry/sandbox";
import { decodeModule, encodeModule } from "@skerry/wasm";
import { assembleText } from "../../packages/compiler/testing/compiled.ts";
import { Random } from "../differential/random.ts";
import { coverageTexts } from "../mutation/coverage_texts.ts";
import { loneStores } from "./lone_stores.ts";
import { poisonName } from "./names.ts";
import { type Poisoned, poisoned } from "./poison.ts";

const seed = Number(
  process.env["SKERRY_FUZZ_SEED"] ?? crypto.getRandomValues(new Uint32Array(1))[0],
);

/** Writes by each way that a host function has. */
const scribbler: HostInterface<Random> = {
  module: "host",
  functions: {
    scribble: immediate([], [], ({ memory, state: random }) => {
      const writes = [
        (at: number) => memory.write(at, random.bytes(16)),
        (at: number) => memory.writeWith(at, 16, (bytes) => bytes.fill(0x5a)),
        (at: number) => memory.writeU8(at, 1),
        (at: number) => memory.writeU16(at, 0x101),
        (at: number) => memory.writeU32(at, 0x1010101),
        (at: number) => memory.writeU64(at, 0x101010101010101n),
      ];
      for (let write = 0; write < 20; write += 1) {
        const page = random.below(memory.byteLength / 4096) * 4096;
        const at = random.chance(0.5) ? page : page - random.below(16);
        random.pick(writes)(Math.min(Math.max(at, 0), memory.byteLength - 16));
      }
      const length = random.between(1, 20_000);
      memory.write(random.below(memory.byteLength - length), random.bytes(length));
    }),
  },
};

/** One program on one pool: leases follow each other on one instance. */
class Bench {
  readonly pool: Pool;
  readonly poisoned: Poisoned;
  readonly #program: Program;
  readonly #options: LeaseOptions;

  constructor(program: Program, made: Poisoned, random: Random) {
    // A turn at once: what came back is reset before it is leased again, as it would be in a quiet time.
    this.pool = new Pool({ turn: queueMicrotask });
    this.poisoned = made;
    this.#program = program;
    this.#options = { bindings: [bind(scribbler, random)] };
  }

  async run(
    name: string,
    args: readonly (number | bigint)[] = [],
    budget: Partial<LeaseOptions> = {},
  ): Promise<Outcome> {
    const lease: Lease | string = this.pool.leaseNow(this.#program, {
      ...this.#options,
      ...budget,
    });
    assert.ok(typeof lease === "object");
    const outcome = await lease.run(name, args);
    lease.release();
    await Promise.resolve();
    assert.equal(this.pool.idle, 1, "the instance was not kept");
    return outcome;
  }

  /** All that a guest can see. */
  async view(): Promise<string> {
    const texts: string[] = [];
    for (const name of [poisonName.digest, ...this.poisoned.probes.segments]) {
      const outcome = await this.run(name);
      assert.ok(outcome.kind === "returned" || outcome.kind === "trapped", outcome.kind);
      texts.push(`${name}: ${outcome.kind === "returned" ? outcome.values : outcome.trap}`);
    }
    return texts.join("\n");
  }
}

async function benchOf(
  bytes: Uint8Array<ArrayBuffer>,
  dirty: "always" | "auto",
  random: Random,
): Promise<Bench | undefined> {
  const decoded = decodeModule(bytes);
  assert.ok(decoded.ok);
  const made = poisoned(decoded.value);
  const compiled = await compile(encodeModule(made.module), {
    interfaces: [scribbler as HostInterface<never>],
    isolation: { dirty },
    policy: openPolicy,
    engineHeap: "allowed",
  });
  assert.ok(compiled.ok, JSON.stringify(compiled));
  if (compiled.value.notRecycled.length > 0) return undefined;
  return new Bench(compiled.value, made, random);
}

/** Whatever a lease does, the next one sees a fresh instance; and it is the same instance. */
async function checkBench(bench: Bench, random: Random): Promise<void> {
  const fresh = await bench.view();
  const check = async (what: string) => assert.equal(await bench.view(), fresh, what);
  await check("untouched");
  assert.equal((await bench.run(poisonName.all)).kind, "returned");
  await check("poisoned");
  for (let round = 0; round < 6; round += 1) {
    const fuelMax = random.below(random.chance(0.5) ? 2000 : 400_000);
    const outcome = await bench.run(poisonName.all, [], { fuelMax });
    assert.ok(outcome.kind === "returned" || outcome.kind === "exhausted", outcome.kind);
    await check(`ended after ${fuelMax} units of its poisoning`);
  }
  for (const [memory, at] of bench.poisoned.memories.entries()) {
    await bench.run(poisonName.grow(memory), [at === "i64" ? 2n : 2]);
    await check(`memory ${memory} has grown`);
    await bench.run(poisonName.all);
    await check(`memory ${memory} had grown, and was poisoned`);
  }
  assert.equal(bench.pool.inUse, 0);
}

Deno.test("INV-3: a lease that has poisoned all it can, or was ended meanwhile, leaves nothing to the next one", async () => {
  console.log(`SKERRY_FUZZ_SEED=${seed}`);
  const random = new Random(seed);
  let checked = 0;
  const texts = { ...coverageTexts, loneStores };
  for (const [name, text] of Object.entries(texts)) {
    // What an embedder of ours cannot offer: other imports than functions of numbers.
    if (/\(import/.test(text) || /shared/.test(text)) continue;
    for (const dirty of ["always", "auto"] as const) {
      const bench = await benchOf(await assembleText(text), dirty, random);
      if (bench === undefined) continue;
      await checkBench(bench, random).catch((error) => {
        throw new Error(`${name}, ${dirty}: ${error.message}`, { cause: error });
      });
      checked += 1;
    }
  }
  console.log(`${checked} programs`);
  assert.ok(checked >= 10, `${checked} programs`);
});

Deno.test("INV-3: what host functions have written for one lease, the next one does not find", async () => {
  console.log(`SKERRY_FUZZ_SEED=${seed}`);
  const random = new Random(seed);
  for (const dirty of ["always", "auto"] as const) {
    const bench = await benchOf(
      await assembleText(`(module (import "host" "scribble" (func $scribble))
        (memory (export "memory") 12 20) (data (i32.const 70000) "what was there")
        (func (export "run") (call $scribble))
        (func (export "grow and run") (drop (memory.grow (i32.const 3))) (call $scribble)))`),
      dirty,
      random,
    );
    assert.ok(bench !== undefined);
    const fresh = await bench.view();
    for (let round = 0; round < 60; round += 1) {
      const name = random.chance(0.2) ? "grow and run" : "run";
      assert.equal((await bench.run(name)).kind, "returned");
      assert.equal(await bench.view(), fresh, `round ${round}`);
    }
  }
});

/** What instrumentation costs the guest: programs as written, in our variants, and as others interrupt them. */

import { compileModule, openPolicy, type Passes } from "@skerry/compiler";
import { decodeModule } from "@skerry/wasm";
import { wire } from "../packages/compiler/testing/instance.ts";
import { type Bench, rounded } from "./bench.ts";
import { runNative } from "./instrument/build_kernel.ts";
import { measure, type Variant } from "./instrument/measure.ts";
import { peerOf } from "./instrument/peers.ts";
import type { BenchProgram, LoadedProgram } from "./instrument/program.ts";
import { loadProgram, programs } from "./instrument/programs.ts";

const roundsEach = 7;

/** Passes of our variants. The barrier is there whatever the memory's size, so that it can be measured. */
const ours: Readonly<Record<string, Partial<Passes>>> = {
  ticks: { preempt: true, grow: false, reset: false, dirty: "never" },
  dirty: { preempt: false, grow: true, reset: true, dirty: "always" },
  both: { preempt: true, grow: true, reset: true, dirty: "always" },
};

/** `SKERRY_BENCH_PROGRAMS=sieve,fib` measures only these. */
export const bench: Bench = {
  name: "instrument",
  about:
    "programs with ticks and dirty marks, against the same as written, with fuel and with epochs",
  async run() {
    const wanted = Deno.env.get("SKERRY_BENCH_PROGRAMS")?.split(",");
    const rows: Row[] = [];
    for (const program of programs) {
      if (wanted !== undefined && !wanted.includes(program.name)) continue;
      const row = await measureProgram(program);
      rows.push(row);
      console.error(JSON.stringify(row));
    }
    const native = rows.filter((row) => row.vsNative !== undefined);
    return {
      rows: rows.map((row) => ({ ...row, vsNative: row.vsNative ?? "" })),
      summary: {
        geomeanTicks: geomean(rows.map(({ ticks }) => ticks)),
        geomeanDirty: geomean(rows.map(({ dirty }) => dirty)),
        geomeanBoth: geomean(rows.map(({ both }) => both)),
        worstBoth: rounded(Math.max(...rows.map(({ both }) => both))),
        geomeanFuel: geomean(rows.map(({ fuel }) => fuel)),
        geomeanEpoch: geomean(rows.map(({ epoch }) => epoch)),
        geomeanAgain: geomean(rows.map(({ again }) => again)),
        geomeanVsNative: geomean(native.map(({ vsNative }) => vsNative ?? 1)),
      },
    };
  },
};

/** Ratios to the program as written, but for the last one: that of `both` to native code. */
interface Row {
  readonly program: string;
  readonly plainMs: number;
  readonly again: number;
  readonly ticks: number;
  readonly dirty: number;
  readonly both: number;
  readonly fuel: number;
  readonly epoch: number;
  readonly vsNative: number | undefined;
}

async function measureProgram(program: BenchProgram): Promise<Row> {
  const loaded = await loadProgram(program);
  const variants: Variant[] = [
    variant("plain", loaded, loaded.bytes),
    variant("again", loaded, loaded.bytes),
  ];
  for (const [name, passes] of Object.entries(ours)) {
    const compiled = await compileModule(loaded.bytes, { passes, policy: openPolicy });
    if (!compiled.ok) throw new Error(`${program.name} does not compile`);
    variants.push(variant(name, loaded, compiled.value.artifact));
  }
  const decoded = decodeModule(loaded.bytes);
  if (!decoded.ok) throw new Error(`${program.name} does not decode`);
  variants.push(variant("fuel", loaded, peerOf(decoded.value, "fuel")));
  variants.push(variant("epoch", loaded, peerOf(decoded.value, "epoch")));
  const { timings } = measure(variants, roundsEach);
  const ms = new Map(timings.map(({ name, msMin }) => [name, msMin]));
  const plain = ms.get("plain") ?? Number.NaN;
  const ratio = (name: string) => rounded((ms.get(name) ?? Number.NaN) / plain);
  const native = program.kind === "kernel"
    ? await runNative(program.name, roundsEach + 5)
    : undefined;
  const nativeMs = native === undefined ? undefined : Math.min(...native.ms);
  return {
    program: program.name,
    plainMs: rounded(plain),
    again: ratio("again"),
    ticks: ratio("ticks"),
    dirty: ratio("dirty"),
    both: ratio("both"),
    fuel: ratio("fuel"),
    epoch: ratio("epoch"),
    vsNative: nativeMs === undefined
      ? undefined
      : rounded((ms.get("both") ?? Number.NaN) / nativeMs),
  };
}

function variant(name: string, loaded: LoadedProgram, bytes: Uint8Array<ArrayBuffer>): Variant {
  const module = new WebAssembly.Module(bytes);
  const rounds = loaded.prepare((imports) => {
    const instance = new WebAssembly.Instance(module, imports);
    wire(instance);
    const start = instance.exports["skerry:start"];
    if (typeof start === "function") start();
    return instance;
  });
  return { name, ...rounds };
}

function geomean(ratios: readonly number[]): number {
  const sum = ratios.reduce((total, ratio) => total + Math.log(ratio), 0);
  return rounded(Math.exp(sum / ratios.length));
}

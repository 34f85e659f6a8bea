/**
 * Whether the compiler's time grows with its input and no faster: families of modules of doubling sizes, each
 * of which would show one quadratic path. The engine's own time for the same bytes stands beside it.
 */

import { compileModule, openPolicy } from "@skerry/compiler";
import { type Bench, type BenchResult, elapsedMs, rounded } from "./bench.ts";
import { growthFamilies } from "./compiler_growth_families.ts";

/** Sizes are multiplied by this from one row to the next. */
const step = 4;
const runs = 3;

/** Doubling sizes of hostile shapes. */
export const bench: Bench = {
  name: "compiler-growth",
  about: "the compiler's time on hostile modules as they grow, beside V8's validate",
  async run(): Promise<BenchResult> {
    const rows: Record<string, string | number>[] = [];
    const summary: Record<string, number> = {};
    for (const { name, size, build } of growthFamilies) {
      const small = await measure(build(size));
      const large = await measure(build(size * step));
      const exponent = Math.log(large.ms / small.ms) / Math.log(large.bytes / small.bytes);
      rows.push({
        family: name,
        size: size * step,
        KB: rounded(large.bytes / 1000),
        outcome: large.outcome,
        smallMs: rounded(small.ms),
        largeMs: rounded(large.ms),
        "ms/MB": rounded(large.ms * 1e6 / large.bytes),
        v8ValidateMs: rounded(large.v8Ms),
        exponent: rounded(exponent),
        artifactFactor: rounded(large.factor),
      });
      summary[`${name} exponent`] = rounded(exponent);
    }
    return { rows, summary };
  },
};

interface Measured {
  readonly bytes: number;
  readonly ms: number;
  readonly v8Ms: number;
  readonly outcome: string;
  /** The artifact's size, in that of the module. */
  readonly factor: number;
}

/** The quickest of some runs: what disturbs a run only makes it slower. */
async function measure(bytes: Uint8Array<ArrayBuffer>): Promise<Measured> {
  let ms = Infinity;
  let v8Ms = Infinity;
  let outcome = "";
  let factor = Number.NaN;
  for (let run = 0; run < runs; run += 1) {
    ms = Math.min(
      ms,
      await elapsedMs(async () => {
        const result = await compileModule(bytes, { policy: openPolicy });
        outcome = result.ok ? "compiled" : result.error.diagnostics[0]?.message ?? "refused";
        if (result.ok) factor = result.value.artifact.length / bytes.length;
      }),
    );
    v8Ms = Math.min(v8Ms, await elapsedMs(() => WebAssembly.validate(bytes)));
  }
  return { bytes: bytes.length, ms, v8Ms, outcome, factor };
}

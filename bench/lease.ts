/** What a sandbox costs before its guest has done anything. */

import { nextTurn, systemClock } from "@skerry/platform";
import { compile, Pool } from "@skerry/sandbox";
import { assemble } from "@skerry/languages";
import { type Bench, median, rounded } from "./bench.ts";

const text = `(module (memory (export "memory") 2) (global $count (mut i32) (i32.const 0))
  (func (export "run") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))`;

const runsEach = 2_000;
const roundsMax = 5;

/** TypeScript's library does not describe JS Promise Integration yet. */
const { promising } = WebAssembly as unknown as {
  promising(exported: () => number): () => Promise<number>;
};

/** A lease, its run and its return, against what V8 takes for a bare instance and a call. */
export const bench: Bench = {
  name: "lease",
  about: "lease, run and return a sandbox, against a bare WebAssembly.Instance and one call",
  async run() {
    const assembled = await assemble(text);
    if (!assembled.ok) throw new Error("the module does not assemble");
    const bytes = new Uint8Array(assembled.value);
    const compiled = await compile(bytes, {
      interfaces: [],
      memoryBytesMax: 2 ** 20,
      tableElementsMax: 10,
      engineHeap: "refused",
    });
    if (!compiled.ok) throw new Error("the module does not compile");
    const pool = new Pool({ clock: systemClock, turn: nextTurn });
    const program = compiled.value;
    const plain = new WebAssembly.Module(bytes);
    const subjects: Record<string, () => Promise<unknown> | unknown> = {
      "bare instance": () => (new WebAssembly.Instance(plain).exports["run"] as () => number)(),
      "bare instance, promising": () =>
        promising(new WebAssembly.Instance(plain).exports["run"] as () => number)(),
      "Skerry": async () => {
        const lease = await pool.lease(program, { bindings: [] });
        if (typeof lease === "string") throw new Error(lease);
        await lease.run("run");
        lease.release();
      },
    };
    const samples = await measure(subjects);
    const rows = Object.entries(samples).map(([subject, { p50, p99 }]) => ({
      subject,
      "p50 µs": rounded(p50),
      "p99 µs": rounded(p99),
    }));
    const bare = samples["bare instance, promising"]?.p50 ?? Number.NaN;
    const ours = samples["Skerry"]?.p50 ?? Number.NaN;
    return { rows, summary: { ratioToBare: rounded(ours / bare), leaseUsP50: rounded(ours) } };
  },
};

interface Sample {
  readonly p50: number;
  readonly p99: number;
}

/** Interleaves the subjects, so that each round's weather is the same for all. */
async function measure(
  subjects: Record<string, () => Promise<unknown> | unknown>,
): Promise<Record<string, Sample>> {
  const rounds: Record<string, Sample[]> = {};
  for (let round = 0; round < roundsMax; round += 1) {
    for (const [name, subject] of Object.entries(subjects)) {
      const times: number[] = [];
      for (let index = 0; index < runsEach; index += 1) {
        const started = performance.now();
        await subject();
        times.push((performance.now() - started) * 1000);
      }
      times.sort((left, right) => left - right);
      const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
      (rounds[name] ??= []).push({ p50: at(0.5), p99: at(0.99) });
    }
  }
  return Object.fromEntries(
    Object.entries(rounds).map(([name, samples]) => [name, {
      p50: median(samples.map(({ p50 }) => p50)),
      p99: median(samples.map(({ p99 }) => p99)),
    }]),
  );
}

/** What an artifact does against what its module does; differences are collected as texts. */

import type { WasmModule } from "@skerry/wasm";
import type { Artifact } from "./artifact.ts";
import { type Plan, type Run, run, type Subject } from "./calls.ts";
import { Random } from "./random.ts";
import { leftMarks, unmarkedPages } from "./marks.ts";
import { type Side, type Sizes, stateDifferences } from "./state.ts";
import { type CompiledSubject, compiledSubject } from "./subjects.ts";
import type { Tally } from "./tally.ts";
import type { Variant } from "./variants.ts";

/** The calls that are compared. */
export function planOf(seed: number): Plan {
  return { rounds: 2, seed, order: "as exported" };
}

/** A guest is ended at one of its first ticks. */
const ticksMax = 200;

/** V8's words for a trap that a memory that is larger than it says does not make. */
const outOfBounds = "memory access out of bounds";

/** One artifact of one module. */
export class Comparison {
  readonly found: string[] = [];
  readonly #module: WasmModule;
  readonly #seed: number;
  readonly #tally: Tally;
  readonly #variant: Variant;
  readonly #artifact: Artifact;
  #ticksLeft = Infinity;

  constructor(
    module: WasmModule,
    artifact: Artifact,
    seed: number,
    variant: Variant,
    tally: Tally,
  ) {
    this.#module = module;
    this.#artifact = artifact;
    this.#seed = seed;
    this.#tally = tally;
    this.#variant = variant;
  }

  /** Runs it as the plain instance was run, resets it, runs it again, ends it in the middle, resets it. */
  against(plain: Subject | string, plainRun: Run | undefined): void {
    const subject = this.#instance();
    const fresh = this.#instance();
    if (typeof plain === "string" || typeof subject === "string" || typeof fresh === "string") {
      const [was, is] = [plain, subject].map((side) => typeof side === "string" ? side : "made");
      if (was !== is) this.found.push(`instantiation: ${is}, not ${was}`);
      return;
    }
    const first = this.#run(subject);
    if (first.overflowed || plainRun === undefined) return;
    this.#sameRun(plainRun, first, "");
    this.#same(plain, subject, "", "same");
    this.#marked(subject, fresh, "");
    if (subject.reset === undefined) {
      this.#tally.notResettable += 1;
      return;
    }
    const answer = this.#reset(subject, fresh, "");
    if (answer <= 1) this.#again(plain, plainRun, subject, fresh, answer);
    const other = this.#instance();
    if (typeof other !== "string") this.#kill(plain, plainRun, other, fresh);
  }

  /**
   * Runs what was reset once more, and resets it again. Where the memory is larger than it says, accesses beyond
   * its size do not trap: nothing from the first such trap on can be compared.
   */
  #again(
    plain: Subject,
    plainRun: Run,
    subject: CompiledSubject,
    fresh: Subject,
    answer: number,
  ): void {
    const again = this.#run(subject);
    const beyond = plainRun.events.findIndex((event) => event.includes(outOfBounds));
    if (answer === 0 || beyond < 0) {
      this.#tally.reruns += 1;
      this.#sameRun(plainRun, again, "run again: ");
      this.#same(plain, subject, "run again: ", answer === 0 ? "same" : "zeros beyond");
      this.#marked(subject, fresh, "run again: ");
    } else {
      this.#tally.rerunsInPart += 1;
      const part = { ...plainRun, events: plainRun.events.slice(0, beyond) };
      this.#sameRun(part, again, "run again: ");
    }
    this.#reset(subject, fresh, "run again: ");
  }

  #instance(): CompiledSubject | string {
    return compiledSubject(this.#module, this.#artifact.module, () => {
      this.#tally.ticks += 1;
      this.#ticksLeft -= 1;
      return this.#ticksLeft < 0 ? 0 : this.#variant.quantum;
    });
  }

  #run(subject: Subject, plan = planOf(this.#seed)): Run {
    const done = run(this.#module, subject, plan);
    this.#tally.calls += done.calls;
    this.#tally.traps += done.traps;
    return done;
  }

  #sameRun(plain: Run, compiled: Run, when: string): void {
    const at = plain.events.findIndex((event, index) => event !== compiled.events[index]);
    if (at < 0 || compiled.overflowed) return;
    this.found.push(`${when}${compiled.events[at]}\n  -- instead of --\n${plain.events[at]}`);
  }

  #same(plain: Subject, compiled: Subject, when: string, sizes: Sizes): void {
    const differences = stateDifferences(this.#module, side(plain), side(compiled), sizes);
    this.found.push(...differences.map((text) => `${when}${text}`));
  }

  #marked(subject: Subject, fresh: Subject, when: string): void {
    const unmarked = unmarkedPages(this.#artifact.memories, subject.exports, fresh.exports);
    this.found.push(...unmarked.map((text) => `${when}${text}`));
  }

  #reset(subject: CompiledSubject, fresh: Subject, when: string): number {
    const answer = subject.reset?.() ?? 2;
    this.#tally.resets[answer === 0 || answer === 1 || answer === 2 ? answer : 3] += 1;
    if (answer > 1) return answer;
    const sizes = answer === 0 ? "same" : "zeros beyond";
    const differences = [
      ...stateDifferences(this.#module, side(fresh), side(subject), sizes),
      ...leftMarks(this.#artifact.memories, subject.exports),
    ];
    this.found.push(...differences.map((text) => `${when}after the reset: ${text}`));
    return answer;
  }

  /** Ends a guest at some tick; what it leaves must be as clean after a reset as what an end leaves. */
  #kill(plain: Subject, plainRun: Run, subject: CompiledSubject, fresh: Subject): void {
    this.#ticksLeft = new Random(this.#seed).below(ticksMax);
    // In another order, so that what it leaves is not merely a part of what the next run does.
    this.#run(subject, {
      rounds: 1,
      seed: this.#seed + 1,
      order: "backwards",
      ended: () => this.#ticksLeft < 0,
    });
    const ended = this.#ticksLeft < 0;
    this.#ticksLeft = Infinity;
    if (!ended) return;
    this.#tally.killed += 1;
    this.#marked(subject, fresh, "ended in the middle: ");
    const answer = this.#reset(subject, fresh, "ended in the middle: ");
    if (answer <= 1) this.#again(plain, plainRun, subject, fresh, answer);
  }
}

function side({ exports, host }: Subject): Side {
  return { exports, values: host.values };
}

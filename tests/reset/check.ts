/**
 * Poisons an artifact's instance in many ways, resets it after each, and looks for what is not as it was.
 *
 * Everything at once shows that nothing is forgotten; few stores at a time show that each one is marked, and
 * that what is restored is as long as it must be.
 */

import { memoryFacts } from "../differential/artifact_facts.ts";
import { leftMarks } from "../differential/marks.ts";
import { Random } from "../differential/random.ts";
import { type CompiledSubject, compiledSubject } from "../differential/subjects.ts";
import { bufferOf, call, observed, sizeOf } from "./instance.ts";
import { poisonName, storeWidths } from "./names.ts";
import { differences, type References, referencesOf } from "./state.ts";
import type { Subject } from "./subject.ts";
import type { Tally } from "./tally.ts";

/** Rounds with a few stores each. */
const sparseRounds = 4;
const storesEach = 12;

/** What is not as it was after some reset, as texts; none where all is well, or where there is no reset. */
export function check(subject: Subject, seed: number, tally: Tally): string[] {
  const check = new Check(subject, seed, tally);
  return check.run().slice(0, 5).map((text) => `${subject.name} (seed ${seed}): ${text}`);
}

/** One artifact. */
class Check {
  readonly #subject: Subject;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #found: string[] = [];

  constructor(subject: Subject, seed: number, tally: Tally) {
    this.#subject = subject;
    this.#random = new Random(seed);
    this.#tally = tally;
  }

  run(): string[] {
    this.#tally.artifacts += 1;
    const engineModule = new WebAssembly.Module(this.#subject.artifact);
    const made = () => compiledSubject(this.#subject.poisoned.module, engineModule, () => 1 << 20);
    const fresh = made();
    const subject = made();
    if (typeof subject === "string" || typeof fresh === "string") {
      this.#tally.notInstantiated += 1;
      return [];
    }
    if (subject.reset === undefined) {
      this.#tally.notResettable += 1;
      return [];
    }
    this.#tally.checked += 1;
    const before = referencesOf(this.#subject.poisoned, observed(subject));
    subject.reset();
    const reset = (what: string, allowed: readonly number[]) =>
      this.#reset(what, subject, fresh, before, allowed);
    this.#everything(subject, "stores");
    reset("after everything was poisoned", [0]);
    this.#everything(subject, "fill");
    reset("after everything was filled", [0]);
    for (let round = 0; round < sparseRounds; round += 1) {
      this.#fewStores(subject);
      reset("after a few stores", [0]);
    }
    this.#grow(subject);
    this.#everything(subject, "stores");
    reset("after it had grown", [0, 1]);
    this.#fewStores(subject);
    reset("after a few stores beyond", [0, 1]);
    if (this.#growTables(subject) && (subject.reset() & 2) === 0) {
      this.#found.push("a table that has grown is said to be as it was");
    }
    return this.#found;
  }

  #everything(subject: CompiledSubject, how: "stores" | "fill"): void {
    const { memories, tables } = this.#subject.poisoned;
    const bits = (BigInt(this.#random.bits()) << 32n) | BigInt(this.#random.bits()) |
      0x7ff1_0101_7f81_0101n;
    const host = subject.host.values.value(1);
    memories.forEach((_, memory) => {
      if (how === "stores") call(subject, poisonName.stores(memory), bits);
      else call(subject, poisonName.fill(memory), Number(bits & 0xffn));
      this.#poisonedAll(subject, memory);
    });
    call(subject, poisonName.globals, bits, host);
    tables.forEach((_, table) => {
      const name = how === "stores" ? poisonName.table(table) : poisonName.fillTable(table);
      if (typeof subject.exports[name] === "function") call(subject, name, host);
    });
    call(subject, poisonName.drop);
  }

  /** That no byte was left out is not taken on trust. */
  #poisonedAll(subject: CompiledSubject, memory: number): void {
    const buffer = bufferOf(subject, memory);
    const pages = sizeOf(subject, memory);
    const words = new BigUint64Array(buffer, 0, pages * 8192);
    const first = words[0];
    if (first === 0n || words.some((word) => word !== first)) {
      this.#found.push(`memory ${memory} was not poisoned`);
    }
    this.#tally.bytes += words.byteLength;
  }

  /** Of all widths, half of them around the ends of pages. */
  #fewStores(subject: CompiledSubject): void {
    const random = this.#random;
    this.#subject.poisoned.memories.forEach((at, memory) => {
      const bytes = sizeOf(subject, memory) * 65_536;
      for (let store = 0; store < storesEach && bytes > 0; store += 1) {
        const width = random.pick(storeWidths);
        const near = random.below(bytes / 4096 + 1) * 4096 - random.below(2 * width + 1);
        const place = random.chance(0.5) ? near : random.below(bytes);
        const address = Math.min(Math.max(place, 0), bytes - width);
        const value = (BigInt(random.bits()) << 32n) | BigInt(random.bits());
        const name = poisonName.store(memory, width);
        call(subject, name, at === "i64" ? BigInt(address) : address, value);
        this.#tally.stores += 1;
      }
    });
  }

  #grow(subject: CompiledSubject): void {
    this.#subject.poisoned.memories.forEach((at, memory) => {
      const pages = this.#random.between(1, 3);
      const old = call(subject, poisonName.grow(memory), at === "i64" ? BigInt(pages) : pages);
      if (Number(old) >= 0) this.#tally.grown += 1;
    });
  }

  #growTables(subject: CompiledSubject): boolean {
    return this.#subject.poisoned.tables.map((at, table) => {
      const name = poisonName.growTable(table);
      if (typeof subject.exports[name] !== "function") return false;
      return Number(call(subject, name, null, at === "i64" ? 1n : 1)) >= 0;
    }).includes(true);
  }

  #reset(
    what: string,
    subject: CompiledSubject,
    fresh: CompiledSubject,
    before: References,
    allowed: readonly number[],
  ): void {
    const answer = subject.reset?.() ?? -1;
    this.#tally.resets += 1;
    const found = differences(
      this.#subject.poisoned,
      observed(subject),
      observed(fresh),
      before,
      answer === 1,
    );
    if (!allowed.includes(answer)) found.push(`the reset answers ${answer}`);
    found.push(...leftMarks(memoryFacts(this.#subject.artifact), subject.exports));
    this.#found.push(...found.map((text) => `${what}: ${text}`));
    // A probe is a table.init, which notes that the table may have changed.
    subject.reset?.();
  }
}

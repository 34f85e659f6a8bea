/** The check of resets would notice a barrier with a hole in it. */

import assert from "node:assert/strict";
import process from "node:process";
import { assembleText } from "../../packages/compiler/testing/compiled.ts";
import { wire } from "../../packages/compiler/testing/instance.ts";
import { memoryFacts } from "../differential/artifact_facts.ts";
import { run } from "../differential/calls.ts";
import { generateModule } from "../differential/generator/module.ts";
import { unmarkedPages } from "../differential/marks.ts";
import { Random } from "../differential/random.ts";
import { type CompiledSubject, compiledSubject } from "../differential/subjects.ts";
import { runCommand } from "../real_modules/wasi_command.ts";
import { compiledSources } from "../real_modules/compiled_sources.ts";
import { holesIn, leftBehind, leftByReset, viewOf, withHoles } from "./barrier.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { moduleOf } from "./corpus.ts";
import { loneStores } from "./lone_stores.ts";

// The same places each time: the shares below are about them.
const seed = Number(process.env["SKERRY_RESET_SEED"] ?? 20261203);

/** What single holes leave behind, by the runs of a module's exports that are called `run:…`. */
function leftByRuns(subject: Subject, engineModule: WebAssembly.Module): string[] {
  const { module } = subject.poisoned;
  const names = module.exports.map(({ name }) => name).filter((name) => name.startsWith("run:"));
  assert.ok(names.length > 0);
  const [one, fresh] = twoOf(subject, engineModule);
  return names.flatMap((name) =>
    leftBehind(subject, one, fresh, () => (one.exports[name] as () => void)())
  );
}

/** One to run, and one to compare it with. */
function twoOf(
  { poisoned }: Subject,
  engineModule: WebAssembly.Module,
): [CompiledSubject, CompiledSubject] {
  const made = () => compiledSubject(poisoned.module, engineModule, () => 1 << 20);
  const [one, fresh] = [made(), made()];
  assert.ok(typeof one === "object" && typeof fresh === "object");
  return [one, fresh];
}

Deno.test("INV-12: every mark of a module in which each of them matters is missed where it is left out", async () => {
  const subject = await subjectOf("lone stores", await assembleText(loneStores), "always");
  assert.ok(subject !== undefined);
  const view = viewOf(subject);
  assert.deepEqual(leftByRuns(subject, await withHoles(view, [])), []);
  const holes = holesIn(view).filter(({ body }) => body < subject.poisoned.ownFunctions);
  const unnoticed: string[] = [];
  for (const hole of holes) {
    const left = leftByRuns(subject, await withHoles(view, [hole]));
    if (left.length === 0) unnoticed.push(`${hole.kind} at ${hole.at} of body ${hole.body}`);
  }
  assert.ok(holes.length >= 18, `only ${holes.length} marks`);
  assert.deepEqual(unnoticed, []);
});

/** Marks that are left out together: those of one function. */
const functionsTried = 180;

Deno.test("INV-12: where a module by chance loses the marks of a function, every page that is missed is noticed", async () => {
  console.log(`SKERRY_RESET_SEED=${seed}`);
  const random = new Random(seed);
  let tried = 0;
  let noticed = 0;
  for (let step = 0; tried < functionsTried; step += 1) {
    assert.ok(step < functionsTried * 3, "too few modules have marks");
    const moduleSeed = (seed + step) >>> 0;
    const subject = await subjectOf(`seed ${moduleSeed}`, generateModule(moduleSeed), "always");
    assert.ok(subject !== undefined);
    const view = viewOf(subject);
    const holes = holesIn(view).filter(({ body, kind }) =>
      body < subject.poisoned.ownFunctions && kind !== "flag"
    );
    if (holes.length === 0) continue;
    const { body } = random.pick(holes);
    const [one, fresh] = twoOf(
      subject,
      await withHoles(view, holes.filter((hole) => hole.body === body)),
    );
    if (one.reset === undefined) continue;
    let unmarked: string[] = [];
    const left = leftBehind(subject, one, fresh, () => {
      run(subject.poisoned.given, one, { rounds: 2, seed: moduleSeed, order: "as exported" });
      unmarked = unmarkedPages(memoryFacts(subject.artifact), one.exports, fresh.exports);
    });
    tried += 1;
    if (left.length > 0) noticed += 1;
    // The reader of marks leaves out the first page, so it does not see all that the check sees.
    if (unmarked.length > 0) assert.ok(left.length > 0, `seed ${moduleSeed}: ${unmarked}`);
  }
  console.log(`${noticed} of ${tried} functions without marks left something behind`);
  // The others' stores go where other functions have marked, or are not come to.
  assert.ok(noticed > tried / 3, `${noticed} of ${tried}`);
});

Deno.test("INV-12: where a C program loses half of its marks, its reset leaves something behind", async () => {
  const [program] = compiledSources;
  assert.ok(program !== undefined);
  const bytes = await moduleOf(program);
  const subject = await subjectOf(program.name, bytes, "always");
  assert.ok(subject !== undefined);
  const view = viewOf(subject);
  const random = new Random(seed);
  const holes = holesIn(view).filter(({ body }) => body < subject.poisoned.ownFunctions);
  const noticedOf = async (share: number, tries: number) => {
    let noticed = 0;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const engineModule = await withHoles(view, holes.filter(() => random.chance(share)));
      const [, fresh] = twoOf(subject, engineModule);
      const left = await leftByCommand(subject, engineModule, bytes, fresh);
      if (left.length > 0) noticed += 1;
    }
    return noticed;
  };
  assert.equal(await noticedOf(0, 1), 0);
  const noticed = await noticedOf(0.5, 8);
  console.log(
    `${noticed} of 8 programs without half of their ${holes.length} marks left something`,
  );
  assert.ok(noticed >= 2, `${noticed} of 8`);
});

async function leftByCommand(
  subject: Subject,
  engineModule: WebAssembly.Module,
  bytes: Uint8Array<ArrayBuffer>,
  fresh: CompiledSubject,
): Promise<string[]> {
  let instance: WebAssembly.Instance | undefined;
  await runCommand(
    (_, imports) => {
      instance = new WebAssembly.Instance(engineModule, imports);
      wire(instance);
      return Promise.resolve(instance);
    },
    bytes,
    { args: ["work", "first", "second"] },
  );
  assert.ok(instance !== undefined);
  const { exports } = instance;
  const reset = exports["skerry:reset"] as () => number;
  return leftByReset(subject, { ...fresh, exports, reset }, fresh);
}

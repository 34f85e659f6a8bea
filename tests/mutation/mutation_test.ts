/** The verifier bites: thousands of mutants of real artifacts, each of which is refused or breaks nothing. */

import assert from "node:assert/strict";
import process from "node:process";
import { verify } from "@skerry/verifier";
import type { ArtifactView } from "./artifact_view.ts";
import { catalogue } from "./catalogue.ts";
import { allPay } from "./costs.ts";
import { buildMutant } from "./mutant.ts";
import { mutate } from "./run.ts";
import { randomSubjects, realSubjects, textSubjects } from "./subjects.ts";
import { emptyTally, holesOf, tableOf, type Tally } from "./tally.ts";

// The same places each time: in random modules a fact about an equal sum may cover a store whose mark was
// redirected, which breaks nothing and which no rule here tells. `main.ts` looks at other places.
const seed = Number(process.env["SKERRY_MUTATION_SEED"] ?? 20261121);

Deno.test("every mutant of an artifact is refused, or breaks nothing by a rule that was looked up", async () => {
  console.log(`SKERRY_MUTATION_SEED=${seed}`);
  const tally = emptyTally();
  const texts = await textSubjects();
  const random = await randomSubjects(12, seed);
  const real = await realSubjects();
  for (const view of [...texts, ...random, ...real]) await checkOriginal(view);
  await mutate(texts, catalogue, catalogue.length * 14, seed, tally);
  await mutate(random, catalogue, catalogue.length * 10, seed, tally);
  await mutate(real, catalogue, catalogue.length, seed, tally);
  // Kinds whose few places chance has missed.
  const missed = catalogue.filter(({ name }) => !showsSomething(tally, name));
  for (const view of texts) await mutate([view], missed, missed.length * 4, seed, tally);
  console.log(tableOf(tally));
  assert.equal(holesOf(tally), "", "the verifier lets something through");
  for (const { name } of catalogue) {
    assert.ok(showsSomething(tally, name), `no mutant of the kind "${name}"`);
  }
  const all = [...tally.byMutation.values()];
  const tried = all.reduce((sum, counts) => sum + counts.tried, 0);
  const refused = all.reduce((sum, counts) => sum + counts.refused, 0);
  assert.ok(tried > 4000 && refused > tried * 0.9, `${refused} of ${tried} refused`);
});

/** A kind that finds no place, or never breaks anything, shows nothing. */
function showsSomething(tally: Tally, name: string): boolean {
  const { refused = 0, equivalent = 0 } = tally.byMutation.get(name) ?? {};
  return refused + equivalent > 0;
}

/** What is mutated verifies as it is, is put together again byte for byte, and pays by the test's own account. */
async function checkOriginal(view: ArtifactView): Promise<void> {
  const { name, input, artifact } = view.subject;
  const verified = await verify(artifact, { input });
  assert.deepEqual(verified.ok ? [] : verified.error, [], name);
  assert.deepEqual(await buildMutant(view, { place: "nowhere" }), artifact, name);
  if (view.preempt) assert.ok(allPay(view, -1, view.body(0)), name);
}

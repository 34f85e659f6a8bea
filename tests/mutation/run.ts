/** Applies the catalogue at many places and asks the verifier of each mutant. */

import { verify } from "@skerry/verifier";
import { Random } from "../differential/random.ts";
import type { ArtifactView } from "./artifact_view.ts";
import { buildMutant, type Mutation } from "./mutant.ts";
import { type Counts, type Hole, newCounts, type Tally } from "./tally.ts";

/** Places that are tried for one mutant that the engine takes. */
const triesMax = 12;

/**
 * Makes `count` mutants: of each kind in turn, each of an artifact by chance that has a place for it.
 *
 * @param views artifacts; those that stand for much may be in the list more than once
 */
export async function mutate(
  views: readonly ArtifactView[],
  mutations: readonly Mutation[],
  count: number,
  seed: number,
  tally: Tally,
): Promise<void> {
  const random = new Random(seed);
  for (let step = 0; step < count; step += 1) {
    const mutation = mutations[step % mutations.length];
    if (mutation === undefined) return;
    let counts = tally.byMutation.get(mutation.name);
    if (counts === undefined) tally.byMutation.set(mutation.name, counts = newCounts());
    for (let attempt = 0; attempt < triesMax; attempt += 1) {
      if (await tryOne(random.pick(views), mutation, random, counts, tally.holes)) break;
    }
  }
}

/** Whether there was a mutant for the verifier to look at. */
async function tryOne(
  view: ArtifactView,
  mutation: Mutation,
  random: Random,
  counts: Counts,
  holes: Hole[],
): Promise<boolean> {
  const mutant = mutation.apply(view, random);
  if (mutant === undefined) return false;
  const bytes = await buildMutant(view, mutant);
  if (sameBytes(bytes, view.subject.artifact)) return false;
  if (!WebAssembly.validate(bytes)) {
    counts.invalid += 1;
    return false;
  }
  counts.tried += 1;
  const input = mutation.withInput === true ? { input: view.subject.input } : {};
  const verified = await verify(bytes, { ...input, diagnosticsMax: 64 });
  if (!verified.ok) {
    const [violation] = verified.error;
    if (verified.error.some(({ property }) => mutation.breaks.includes(property))) {
      counts.refused += 1;
      return true;
    }
    const said = `refused for another reason: ${violation?.property}: ${violation?.message}`;
    holes.push({
      mutation: mutation.name,
      subject: view.subject.name,
      place: mutant.place,
      said,
      bytes,
    });
    return true;
  }
  const rule = mutant.equivalent?.();
  if (rule === undefined) {
    const said = "let through";
    holes.push({
      mutation: mutation.name,
      subject: view.subject.name,
      place: mutant.place,
      said,
      bytes,
    });
  } else {
    counts.equivalent += 1;
    counts.rules.set(rule, (counts.rules.get(rule) ?? 0) + 1);
  }
  return true;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

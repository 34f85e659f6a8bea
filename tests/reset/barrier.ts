/** Artifacts whose barrier has a hole, and what the reset leaves behind in them. */

import { ArtifactView } from "../mutation/artifact_view.ts";
import { type Body, splice } from "../mutation/body.ts";
import { buildMutant } from "../mutation/mutant.ts";
import type { SnippetKind } from "../mutation/snippet_patterns.ts";
import type { CompiledSubject } from "../differential/subjects.ts";
import type { Subject } from "./subject.ts";
import { observed } from "./instance.ts";
import { differences, type References, referencesOf } from "./state.ts";

/** One snippet of an artifact. */
export interface Hole {
  readonly body: number;
  readonly at: number;
  readonly length: number;
  readonly kind: SnippetKind;
}

/** What a barrier is made of: without any of them, something that was written is not known to have been. */
const barrierKinds: ReadonlySet<string> = new Set(["mark", "mark-page", "span", "flag"]);

/** Takes an artifact apart. */
export function viewOf({ name, input, artifact }: Subject): ArtifactView {
  return new ArtifactView({ name, input, artifact });
}

/** All places where a hole can be made, but for those that no path comes to. */
export function holesIn(view: ArtifactView): Hole[] {
  return Array.from(
    { length: view.guestBodies },
    (_, body) =>
      view.sites(body).flatMap(({ kind, at, length, dead }) =>
        barrierKinds.has(kind) && !dead ? [{ body, at, length, kind: kind as SnippetKind }] : []
      ),
  ).flat();
}

/** The artifact with these snippets left out, last first; nothing asks the verifier, which would refuse it. */
export async function withHoles(
  view: ArtifactView,
  holes: readonly Hole[],
): Promise<WebAssembly.Module> {
  const bodies = new Map<number, Body>();
  for (const { body, at, length } of holes.toReversed()) {
    bodies.set(body, splice(bodies.get(body) ?? view.body(body), at, length, [], "ours"));
  }
  return new WebAssembly.Module(await buildMutant(view, { place: "", bodies }));
}

/** What some action leaves behind after a reset, as texts. */
export function leftBehind(
  subject: Subject,
  one: CompiledSubject,
  fresh: CompiledSubject,
  act: () => void,
): string[] {
  const before = referencesOf(subject.poisoned, observed(one));
  // A probe is a table.init, which notes that the table may have changed.
  one.reset?.();
  act();
  return leftByReset(subject, one, fresh, before);
}

/** What a reset leaves behind of whatever has happened, as texts. */
export function leftByReset(
  { poisoned }: Subject,
  one: CompiledSubject,
  fresh: CompiledSubject,
  before: References = { tables: [], globals: [], probes: [] },
): string[] {
  const answer = one.reset?.();
  return differences(poisoned, observed(one), observed(fresh), before, answer === 1);
}

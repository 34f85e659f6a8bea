/** The section `skerry.offsets`: runs that are elsewhere, longer, shorter, gone. */

import type { Random } from "../../differential/random.ts";
import type { ArtifactView } from "../artifact_view.ts";
import type { Body, Run } from "../body.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import type { Site } from "../sites.ts";

const broken: Mutation["breaks"] = [
  "offsets",
  "isolation",
  "preempt",
  "dirty",
  "reset",
  "format",
  "grow",
];

/** All of them. */
export const offsetMutations: readonly Mutation[] = [
  runs("a run starts one byte later", broken, (run) => ({ ...run, at: run.at + 1 })),
  runs(
    "a run starts one byte earlier",
    broken,
    (run, before) =>
      run.at > (before === undefined ? 0 : before.at + before.length)
        ? { ...run, at: run.at - 1 }
        : undefined,
  ),
  runs(
    "a run is one byte longer",
    broken,
    (run, _, after) =>
      run.at + run.length < (after?.at ?? 0) ? { ...run, length: run.length + 1 } : undefined,
  ),
  runs(
    "a run is one byte shorter",
    broken,
    (run) => run.length > 1 ? { ...run, length: run.length - 1 } : undefined,
  ),
  runs("a run is gone", broken, () => null),
  runs(
    "a run goes on beyond the function",
    broken,
    (run, _, after) => after === undefined ? { ...run, length: run.length + 5 } : undefined,
  ),
  runs(
    "a run comes from elsewhere in the module",
    ["offsets"],
    (run) => run.length > 1 ? { ...run, moduleAt: run.moduleAt + 1 } : undefined,
    true,
  ),
  runs(
    "a run of one byte comes from elsewhere in the module",
    ["offsets"],
    (run) => run.length === 1 ? { ...run, moduleAt: run.moduleAt + 1 } : undefined,
    true,
  ),
  runs(
    "a run comes from another function",
    ["offsets"],
    (run) => ({ ...run, moduleAt: run.moduleAt + 100_000 }),
    true,
  ),
  {
    name: "a function began elsewhere in the module",
    breaks: ["offsets"],
    withInput: true,
    apply(view, random) {
      if (view.guestBodies === 0) return undefined;
      const index = random.below(view.guestBodies);
      const body = view.body(index);
      return bodyMutant(view, index, { ...body, start: body.start + 1 }, 0);
    },
  },
  bytes("the offsets are cut short", (all, random) => all.slice(0, random.below(all.length))),
  bytes("the offsets have a byte more", (all) => Uint8Array.from([...all, 0])),
];

function runs(
  name: string,
  breaks: Mutation["breaks"],
  change: (run: Run, before: Run | undefined, after: Run | undefined) => Run | null | undefined,
  withInput = false,
): Mutation {
  return {
    name,
    breaks,
    withInput,
    apply(view: ArtifactView, random: Random) {
      if (view.guestBodies === 0) return undefined;
      const index = random.below(view.guestBodies);
      const body = view.body(index);
      const fitting = body.runs.flatMap((run, number) => {
        const changed = change(run, body.runs[number - 1], body.runs[number + 1]);
        return changed === undefined ? [] : [[number, changed] as const];
      });
      if (fitting.length === 0) return undefined;
      const [number, changed] = random.pick(fitting);
      const kept = body.runs.flatMap((run, at) =>
        at !== number ? [run] : changed === null ? [] : [changed]
      );
      const mutant = { ...body, runs: kept };
      const equivalent = (): string | undefined =>
        withInput
          ? changed?.length === 1 ? "what one byte was in the module is not proved" : undefined
          : sameInstructions(view, index, mutant)
          ? "the same instructions are the guest's"
          : undefined;
      return bodyMutant(view, index, mutant, body.runs[number]?.at ?? 0, equivalent);
    },
  };
}

/** Whether all that changed is how many bytes of an instruction, beyond its first, are in a run. */
function sameInstructions(view: ArtifactView, index: number, mutant: Body): boolean {
  const describe = (sites: readonly Site[]): string =>
    sites.map(({ at, length, kind }) => `${at} ${length} ${kind === "replaced" ? "guest" : kind}`)
      .join();
  return describe(view.sites(index)) === describe(view.sitesOf(mutant));
}

function bytes(name: string, change: (all: Uint8Array, random: Random) => Uint8Array): Mutation {
  return {
    name,
    breaks: broken,
    apply: (_, random) => ({ place: "skerry.offsets", offsetsBytes: (all) => change(all, random) }),
  };
}

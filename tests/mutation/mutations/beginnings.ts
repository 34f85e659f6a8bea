/** What a function must not do before it has paid, put at its beginning; and calls in the place of others. */

import type { ArtifactView } from "../artifact_view.ts";
import { splice } from "../body.ts";
import { callOf } from "../call_code.ts";
import { unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { pickInstruction } from "../places.ts";
import { kindOf } from "../snippet_patterns.ts";

/** All of them. */
export const beginningMutations: readonly Mutation[] = [
  atBeginning("a function calls itself before it has paid", (view, index) => {
    const called = callOf(view, index + view.spaces.importedFunctions);
    return called === undefined ? undefined : [...called.zeros, ...called.call, ...called.drops];
  }),
  atBeginning("a function ends with a call of itself before it has paid", (view, index) => {
    const called = callOf(view, index + view.spaces.importedFunctions);
    const tail = called?.call.map((byte, at) => at === 0 ? 0x12 : byte) ?? [];
    // Behind a condition, so that what follows is reached.
    return called === undefined ? undefined : [0x41, 0, 0x04, 0x40, ...called.zeros, ...tail, 0x0b];
  }),
  atBeginning("a function calls through a table before it has paid", (view) => {
    const table = view.spaces.tables.findIndex(({ element, addressType }, index) =>
      index < view.section.counts.tables && element.heap === "func" && addressType === "i32"
    );
    const type = view.spaces.types.findIndex(({ composite }) =>
      composite.kind === "function" && composite.params.length + composite.results.length === 0
    );
    return table < 0 || type < 0 ? undefined : [0x41, 0, 0x11, ...unsigned(type), table];
  }),
  atBeginning(
    "a function does much before it has paid",
    () => Array.from({ length: 1100 }, () => 0x01),
  ),
  {
    name: "a call of ours is said to replace something",
    breaks: ["isolation"],
    apply(view, random) {
      const { functions, counts } = view.section;
      const others = functions.flatMap(({ kind }, index) =>
        kind >= kindOf("grow") && kind <= kindOf("init_table") ? [] : [counts.functions + index]
      );
      const called = others.length === 0 ? undefined : callOf(view, random.pick(others));
      const place = pickInstruction(view, random);
      if (called === undefined || place === undefined) return undefined;
      const { index, body, site } = place;
      const dropped = splice(body, site.at, 0, called.drops, "guest");
      const calling = splice(dropped, site.at, 0, called.call, "replaced");
      const mutant = splice(calling, site.at, 0, called.zeros, "guest");
      return bodyMutant(view, index, mutant, site.at);
    },
  },
];

function atBeginning(
  name: string,
  code: (view: ArtifactView, index: number) => readonly number[] | undefined,
): Mutation {
  return {
    name,
    breaks: ["preempt"],
    apply(view, random) {
      if (!view.preempt || view.guestBodies === 0) return undefined;
      const index = random.below(view.guestBodies);
      const at = view.sites(index)[0]?.at;
      const bytes = code(view, index);
      if (at === undefined || bytes === undefined) return undefined;
      return bodyMutant(view, index, splice(view.body(index), at, 0, bytes, "guest"), at);
    },
  };
}

/** Spans that are gone or of something else, and loops that do not keep to theirs. */

import { splice } from "../body.ts";
import { signed, unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { otherLocal } from "../other_things.ts";
import { pickPlace } from "../places.ts";
import type { Site } from "../sites.ts";
import { type SnippetChoice, snippetMutation, withPart } from "../snippet_edits.ts";

const breaks: Mutation["breaks"] = ["dirty", "isolation"];
const any: SnippetChoice = { kinds: ["span"], breaks };

/** All about `mark-span`. */
export const spanMutations: readonly Mutation[] = [
  snippetMutation("a span is removed", any, () => []),
  ofAnotherLocal("a span is of another local", "local"),
  ofAnotherLocal("a span has another bound", "second"),
  ofAnotherLocal("a span has another stride", "third"),
  snippetMutation(
    "a span is a byte further on",
    any,
    (snippet) => withPart(snippet, "displacement", (value) => signed(value + 1)),
  ),
  snippetMutation(
    "a span is a page before",
    any,
    (snippet) => withPart(snippet, "displacement", (value) => signed(value - 4096)),
  ),
  snippetMutation(
    "a span is marked by the function before",
    any,
    (snippet) => withPart(snippet, "marker", (_, marker) => unsigned(marker - 1)),
  ),
  snippetMutation("a span is the guest's", { ...any, owner: "guest" }, ({ bytes }) => bytes),
  snippetMutation(
    "a guest's instruction follows a span",
    any,
    ({ bytes }) => [...bytes, 0x01],
  ),
  loopEdit("a loop with a span turns at its bound", 0x49, () => [0x4d]),
  loopEdit("a loop with a span compares with sign", 0x49, () => [0x48]),
  loopEdit("a loop with a span steps back", 0x6a, () => [0x6b]),
  loopEdit("a loop with a span assigns its bound", 0x49, () => [0x49], "second"),
  loopEdit("a loop with a span assigns its stride", 0x49, () => [0x49], "third"),
  loopEdit("a loop with a span assigns its local", 0x49, () => [0x49], "local"),
];

function ofAnotherLocal(name: string, part: string): Mutation {
  return snippetMutation(name, any, (snippet) =>
    withPart(snippet, part, (_, local) => {
      const other = otherLocal(snippet.view, snippet.random, snippet.index, local);
      return other === undefined ? undefined : unsigned(other);
    }));
}

/** An instruction of a loop's steps is another, or a local that the span names is assigned where the loop begins. */
function loopEdit(
  name: string,
  opcode: number,
  change: () => readonly number[],
  assigned?: string,
): Mutation {
  return {
    name,
    breaks,
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) =>
          site.kind === "guest" && site.opcode === opcode && !site.dead &&
          sites[number + (opcode === 0x6a ? 1 : -2)]?.opcode === 0x22 &&
          spanBefore(sites, number) !== undefined,
      );
      if (place === undefined) return undefined;
      const { index, body, site, sites, number } = place;
      const span = spanBefore(sites, number);
      const local = assigned === undefined ? undefined : span?.parts[assigned]?.value;
      const loop = sites[sites.findIndex((other) => other === span) + 1];
      if (loop === undefined) return undefined;
      const changed = splice(body, site.at, site.length, change(), "guest");
      const code = local === undefined ? [] : [0x41, 9, 0x21, ...unsigned(local)];
      return bodyMutant(
        view,
        index,
        splice(changed, loop.at + loop.length, 0, code, "guest"),
        site.at,
      );
    },
  };
}

/** The span of the loop that a site is in: such a loop has no blocks inside. */
function spanBefore(sites: readonly Site[], number: number): Site | undefined {
  for (let at = number - 1; at > 0; at -= 1) {
    const site = sites[at];
    if (site?.kind === "span") return site;
    if (site?.kind === "guest" && site.opcode === 0x0b) return undefined;
  }
  return undefined;
}

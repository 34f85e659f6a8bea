/** Marks that are gone, of something else, or of another page. */

import { splice } from "../body.ts";
import { whyEquivalent } from "../equivalence.ts";
import { signed, unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { otherLocal } from "../other_things.ts";
import { pickPlace } from "../places.ts";
import type { Site } from "../sites.ts";
import {
  bytesAt,
  type Snippet,
  type SnippetChoice,
  snippetMutation,
  swapped,
  withPart,
} from "../snippet_edits.ts";

const breaks: Mutation["breaks"] = ["dirty", "isolation"];
const exact: SnippetChoice = { kinds: ["mark"], breaks };
/** Where nothing was marked before, so that the store is covered by its own mark or by none. */
const parks: SnippetChoice = {
  kinds: ["park"],
  breaks,
  fits: (_, number, sites) => !sites.slice(0, number).some(({ kind }) => kind.startsWith("mark")),
};
const any: SnippetChoice = { kinds: ["mark", "mark-page"], breaks };

/** All about `mark`, `mark-page` and `park`. */
export const markMutations: readonly Mutation[] = [
  snippetMutation("a mark is removed", any, () => []),
  snippetMutation(
    "a mark is of another local",
    exact,
    (snippet) => withPart(snippet, "local", (_, local) => otherLocalOf(snippet, local)),
  ),
  snippetMutation(
    "a mark shifts by 13",
    exact,
    ({ bytes }) => swapped(bytes, [12, 0x76], [13, 0x76]) ?? swapped(bytes, [12, 0x88], [13, 0x88]),
  ),
  snippetMutation(
    "a mark shifts with sign",
    exact,
    ({ bytes }) => swapped(bytes, [12, 0x76], [12, 0x75]) ?? swapped(bytes, [12, 0x88], [12, 0x87]),
  ),
  snippetMutation(
    "a mark writes 0",
    any,
    ({ bytes }) => swapped(bytes, [0x41, 1, 0x3a], [0x41, 0, 0x3a]),
  ),
  snippetMutation(
    "a mark writes two bytes",
    any,
    ({ bytes }) => swapped(bytes, [1, 0x3a], [1, 0x3b]),
  ),
  snippetMutation("a mark loads instead", any, ({ bytes }) => {
    const at = bytes.indexOf(0x3a);
    return [...bytes.slice(0, at - 2), 0x2d, ...bytes.slice(at + 1), 0x1a];
  }),
  snippetMutation(
    "a map's offset is one more",
    any,
    (snippet) => withPart(snippet, "map", (_, map) => unsigned(map + 1)),
  ),
  snippetMutation(
    "a map's offset is one less",
    any,
    (snippet) => withPart(snippet, "map", (_, map) => map === 0 ? undefined : unsigned(map - 1)),
  ),
  snippetMutation(
    "a mark is in another memory's map",
    any,
    (snippet) => withPart(snippet, "map", (_, map) => otherMap(snippet, map)),
  ),
  snippetMutation(
    "a displacement is one more",
    exact,
    (snippet) => withPart(snippet, "displacement", (value) => signed(value + 1)),
  ),
  snippetMutation(
    "a displacement is one less",
    exact,
    (snippet) => withPart(snippet, "displacement", (value) => signed(value - 1)),
  ),
  snippetMutation(
    "a displacement is a page more",
    exact,
    (snippet) => withPart(snippet, "displacement", (value) => signed(value + 4096)),
  ),
  snippetMutation("a displacement is left out", exact, (snippet) => {
    const { displacement } = snippet.site.parts;
    if (displacement === undefined) return undefined;
    const at = displacement.at - snippet.site.at;
    return [
      ...snippet.bytes.slice(0, at - 1),
      ...snippet.bytes.slice(at + displacement.length + 1),
    ];
  }),
  snippetMutation(
    "a page is one more",
    { ...any, kinds: ["mark-page"] },
    (snippet) => withPart(snippet, "page", (page) => signed(page + 1)),
  ),
  // In 32 bits, its address would be the same; the map is not that long.
  snippetMutation(
    "a page is 2^20 more",
    { ...any, kinds: ["mark-page"] },
    (snippet) => withPart(snippet, "page", (page) => signed(page + 2 ** 20)),
  ),
  // The page before, with its slack, may cover the store.
  snippetMutation(
    "a page is two less",
    { ...any, kinds: ["mark-page"] },
    (snippet) => withPart(snippet, "page", (page) => page < 2 ? undefined : signed(page - 2)),
  ),
  snippetMutation(
    "a mark is declared the guest's",
    { ...any, owner: "guest" },
    ({ bytes }) => bytes,
  ),
  snippetMutation(
    "a park uses another local for the address",
    parks,
    (snippet) => withPart(snippet, "local", (_, local) => otherLocalOf(snippet, local)),
  ),
  snippetMutation("a park is removed", parks, () => []),
  movedMark("a mark is moved behind the next instruction", 1),
  movedMark("a mark is moved two instructions on", 2),
  {
    name: "a mark is moved before its address is computed",
    breaks,
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) => site.kind === "mark" && assignment(sites, number) !== undefined,
      );
      const set = place === undefined ? undefined : assignment(place.sites, place.number);
      if (place === undefined || set === undefined) return undefined;
      const { index, body, site } = place;
      const removed = splice(body, site.at, site.length, [], "ours");
      const mutant = splice(removed, set.at, 0, bytesAt(place, site), "ours");
      return bodyMutant(view, index, mutant, site.at, () => whyEquivalent(view, place, mutant));
    },
  },
  guestUse("the guest reads what is parked", ["park"], "local", (local) => [0x20, local, 0x1a]),
  guestUse(
    "the guest assigns what is parked",
    ["park"],
    "local",
    (local) => [0x20, local, 0x21, local],
  ),
];

function otherLocalOf({ view, random, index }: Snippet, local: number): number[] | undefined {
  const other = otherLocal(view, random, index, local);
  return other === undefined ? undefined : unsigned(other);
}

function otherMap({ view, random }: Snippet, map: number): number[] | undefined {
  const maps = view.section.memories.flatMap((memory) =>
    memory.mode === 1 && memory.map !== map ? [memory.map] : []
  );
  return maps.length === 0 ? undefined : unsigned(random.pick(maps));
}

function movedMark(name: string, count: number): Mutation {
  return {
    name,
    breaks,
    apply(view, random) {
      const place = pickPlace(view, random, (site, number, sites) =>
        site.kind.startsWith("mark") &&
        sites.slice(number + 1, number + 1 + count).filter(({ kind }) => kind === "guest")
            .length === count);
      const target = place?.sites[place.number + count];
      if (place === undefined || target === undefined || target.dead) return undefined;
      const { index, body, site } = place;
      const at = target.at + target.length;
      if (at >= body.bytes.length) return undefined;
      const inserted = splice(body, at, 0, bytesAt(place, site), "ours");
      const mutant = splice(inserted, site.at, site.length, [], "ours");
      return bodyMutant(view, index, mutant, site.at, () => whyEquivalent(view, place, mutant));
    },
  };
}

/** Where the local that a mark reads was last assigned, with nothing but plain code between. */
function assignment(sites: readonly Site[], number: number): Site | undefined {
  const local = sites[number]?.parts["local"]?.value;
  for (let at = number - 1; at >= 0; at -= 1) {
    const site = sites[at];
    if (site === undefined || site.depth !== sites[number]?.depth) return undefined;
    if (site.kind !== "guest" || (site.opcode !== 0x21 && site.opcode !== 0x22)) continue;
    if (site.index === local) return site;
  }
  return undefined;
}

function guestUse(
  name: string,
  kinds: SnippetChoice["kinds"],
  part: string,
  code: (local: number) => readonly number[],
): Mutation {
  return {
    name,
    breaks: ["isolation", "dirty"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        ({ kind }) => (kinds as readonly string[]).includes(kind),
      );
      const local = place?.site.parts[part]?.value;
      if (place === undefined || local === undefined || local > 127) return undefined;
      const { index, body, site } = place;
      const mutant = splice(body, site.at + site.length, 0, code(local), "guest");
      return bodyMutant(view, index, mutant, site.at);
    },
  };
}

/** Mutations of snippets: one snippet by chance, with other bytes in its place. */

import type { Random } from "../differential/random.ts";
import type { ArtifactView } from "./artifact_view.ts";
import { type Owner, splice } from "./body.ts";
import { whyEquivalent } from "./equivalence.ts";
import { bodyMutant, type Mutation } from "./mutant.ts";
import { pickPlace, type Place } from "./places.ts";
import type { Site } from "./sites.ts";
import type { SnippetKind } from "./snippet_patterns.ts";

/** A snippet that is to be changed. */
export interface Snippet extends Place {
  readonly view: ArtifactView;
  readonly random: Random;
  readonly bytes: readonly number[];
}

/** Which snippets, and what the verifier may say. */
export interface SnippetChoice {
  readonly kinds: readonly SnippetKind[];
  readonly breaks: Mutation["breaks"];
  readonly fits?: (site: Site, number: number, sites: readonly Site[]) => boolean;
  /** Whose the new bytes are, if not ours. */
  readonly owner?: Owner;
}

/** A mutation that puts other bytes in a snippet's place. */
export function snippetMutation(
  name: string,
  { kinds, breaks, fits = () => true, owner = "ours" }: SnippetChoice,
  change: (snippet: Snippet) => readonly number[] | undefined,
): Mutation {
  const wanted: ReadonlySet<string> = new Set(kinds);
  return {
    name,
    breaks,
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) => wanted.has(site.kind) && fits(site, number, sites),
      );
      if (place === undefined) return undefined;
      const { index, body, site } = place;
      const bytes = bytesAt(place, site);
      const changed = change({ ...place, view, random, bytes });
      if (changed === undefined) return undefined;
      const mutant = splice(body, site.at, site.length, changed, owner);
      return bodyMutant(view, index, mutant, site.at, () => whyEquivalent(view, place, mutant));
    },
  };
}

/** The bytes of a site. */
export function bytesAt({ body }: Place, { at, length }: Site): number[] {
  return [...body.bytes.subarray(at, at + length)];
}

/** The snippet with other bytes for one of its parts, wherever that stands first. */
export function withPart(
  { bytes, site }: Snippet,
  name: string,
  change: (signed: number, value: number) => readonly number[] | undefined,
): number[] | undefined {
  const part = site.parts[name];
  const changed = part === undefined ? undefined : change(part.signed, part.value);
  if (part === undefined || changed === undefined) return undefined;
  const at = part.at - site.at;
  return [...bytes.slice(0, at), ...changed, ...bytes.slice(at + part.length)];
}

/** The bytes with some of them, where they first stand, replaced by others; undefined where they do not. */
export function swapped(
  bytes: readonly number[],
  from: readonly number[],
  to: readonly number[],
): number[] | undefined {
  const at = bytes.findIndex((_, start) =>
    from.every((byte, index) => bytes[start + index] === byte)
  );
  return at < 0 ? undefined : [...bytes.slice(0, at), ...to, ...bytes.slice(at + from.length)];
}

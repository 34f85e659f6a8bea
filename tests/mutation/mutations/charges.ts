/** Charges that are gone, too small, or do something else. */

import { splice } from "../body.ts";
import { whyEquivalent } from "../equivalence.ts";
import { unsigned } from "../leb.ts";
import { bodyMutant, type Mutation } from "../mutant.ts";
import { otherGlobal, voidFunction } from "../other_things.ts";
import { pickPlace } from "../places.ts";
import type { Site } from "../sites.ts";
import {
  bytesAt,
  type SnippetChoice,
  snippetMutation,
  swapped,
  withPart,
} from "../snippet_edits.ts";

const charge: SnippetChoice = { kinds: ["charge"], breaks: ["isolation", "preempt"] };
const test = [0x41, 0, 0x48, 0x04];

/** All about `charge` and `charge-length`. */
export const chargeMutations: readonly Mutation[] = [
  snippetMutation("a loop's charge is removed", { ...charge, fits: atLoop }, () => []),
  snippetMutation(
    "a charge elsewhere is removed",
    { ...charge, fits: (...place) => !atLoop(...place) },
    () => [],
  ),
  snippetMutation(
    "a weight is lowered by one",
    charge,
    (snippet) => withPart(snippet, "weight", (weight) => twoBytes(weight - 1)),
  ),
  snippetMutation(
    "a weight is set to zero",
    charge,
    (snippet) => withPart(snippet, "weight", (weight) => weight === 0 ? undefined : twoBytes(0)),
  ),
  snippetMutation(
    "a weight is made negative",
    charge,
    (snippet) => withPart(snippet, "weight", (weight) => twoBytes(-weight)),
  ),
  snippetMutation(
    "a weight is spelled with three bytes",
    charge,
    (snippet) =>
      withPart(snippet, "weight", (weight) => {
        const [low = 0, high = 0] = twoBytes(weight);
        return [low, high | 0x80, weight < 0 ? 0x7f : 0];
      }),
  ),
  snippetMutation(
    "a charge adds instead",
    charge,
    ({ bytes }) => swapped(bytes, [0x6b, 0x24], [0x6a, 0x24]),
  ),
  snippetMutation(
    "a charge compares the other way",
    charge,
    ({ bytes }) => swapped(bytes, test, [0x41, 0, 0x4a, 0x04]),
  ),
  snippetMutation(
    "a charge compares without sign",
    charge,
    ({ bytes }) => swapped(bytes, test, [0x41, 0, 0x49, 0x04]),
  ),
  snippetMutation(
    "a charge compares with another number",
    charge,
    ({ bytes }) => swapped(bytes, test, [0x41, 0x40, 0x48, 0x04]),
  ),
  snippetMutation("a charge does not call", charge, ({ bytes }) => {
    const body = bytes.lastIndexOf(0x04);
    return [...bytes.slice(0, body + 2), 0x0b];
  }),
  snippetMutation("a charge calls another function", charge, ({ bytes, view, random }) => {
    const callee = voidFunction(view, random);
    const body = bytes.lastIndexOf(0x04);
    return callee === undefined
      ? undefined
      : [...bytes.slice(0, body + 2), 0x10, ...unsigned(callee), 0x0b];
  }),
  snippetMutation("a charge reads another global", charge, ({ bytes, view, random }) => {
    const fuel = unsigned(view.section.fuel ?? 0);
    const other = otherGlobal(view, random);
    return other === undefined
      ? undefined
      : swapped(bytes, [0x23, ...fuel], [0x23, ...unsigned(other)]);
  }),
  snippetMutation("a charge writes another global", charge, ({ bytes, view, random }) => {
    const fuel = unsigned(view.section.fuel ?? 0);
    const other = otherGlobal(view, random);
    return other === undefined
      ? undefined
      : swapped(bytes, [0x24, ...fuel], [0x24, ...unsigned(other)]);
  }),
  snippetMutation(
    "a charge is declared the guest's",
    { ...charge, owner: "guest" },
    ({ bytes }) => bytes,
  ),
  snippetMutation(
    "a charge for a length is removed",
    { kinds: ["charge-length"], breaks: ["preempt"] },
    () => [],
  ),
  snippetMutation(
    "a charge for a length charges for nothing",
    { kinds: ["charge-length"], breaks: ["isolation", "preempt"] },
    ({ bytes }) => {
      // local.tee T  drop  i32.const 0  call  local.get T
      const call = bytes.indexOf(0x10, 2);
      return [...bytes.slice(0, call), 0x41, 0, ...bytes.slice(call)];
    },
  ),
  {
    name: "a loop's charge is moved behind the next instruction",
    breaks: ["preempt"],
    apply(view, random) {
      const place = pickPlace(
        view,
        random,
        (site, number, sites) => atLoop(site, number, sites) && sites[number + 1]?.kind === "guest",
      );
      const next = place?.sites[place.number + 1];
      if (place === undefined || next === undefined) return undefined;
      const { index, body, site } = place;
      const inserted = splice(body, next.at + next.length, 0, bytesAt(place, site), "ours");
      const mutant = splice(inserted, site.at, site.length, [], "ours");
      return bodyMutant(
        view,
        index,
        mutant,
        site.at,
        () => whyEquivalent(view, place, mutant),
      );
    },
  },
];

function atLoop({ kind }: Site, number: number, sites: readonly Site[]): boolean {
  return kind === "charge" && sites[number - 1]?.opcode === 0x03;
}

function twoBytes(value: number): number[] {
  return [(value & 0x7f) | 0x80, (value >> 7) & 0x7f];
}

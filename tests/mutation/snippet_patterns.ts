/**
 * Snippets as patterns over bytes (docs/artifact.md, "Snippets"), each byte a character of Latin-1. What
 * varies are groups by name: `local`, `second`, `third`, `weight`, `displacement`, `page`, `map`, `marker`.
 */

import type { ArtifactSection } from "../../packages/compiler/testing/artifact_section.ts";
import { unsigned } from "./leb.ts";

/** What a snippet is for. */
export type SnippetKind =
  | "charge"
  | "charge-length"
  | "mark"
  | "mark-page"
  | "span"
  | "park"
  | "flag"
  | "dropped"
  | "hidden";

/** Kinds of injected functions, in the order in which the section numbers them. */
export const functionKinds: readonly string[] = [
  ...["tick", "charge_length", "mark_range", "grow", "fill", "copy", "init_data", "grow_table"],
  ...["fill_table", "copy_table", "init_table", "restore", "sweep", "init", "reset"],
  "mark_span",
];

/** The number of a kind. */
export function kindOf(name: string): number {
  return functionKinds.indexOf(name);
}

/** A pattern for each kind that the artifact can have. */
export function snippetPatterns(section: ArtifactSection): [SnippetKind, RegExp][] {
  const { counts, functions, fuel, side } = section;
  const find = (kind: number) =>
    text(unsigned(counts.functions + functions.findIndex((injected) => injected.kind === kind)));
  const number = "[\\x80-\\xff]{0,9}[\\x00-\\x7f]";
  const local = `(?<local>${number})`;
  const sideIndex = side ?? 0;
  const store = `\\x41\\x01\\x3a${
    sideIndex === 0 ? "\\x00" : `\\x40${text(unsigned(sideIndex))}`
  }(?<map>${number})`;
  const fuelText = text(unsigned(fuel ?? 0));
  const weight = "(?<weight>[\\x80-\\xff][\\x00-\\x7f])";
  const patterns: [SnippetKind, string][] = [
    ["flag", `\\x41\\x01\\x24${local}`],
    ["dropped", `\\x24${local}`],
    ["hidden", `\\x23${local}[\\x6b\\x7d]`],
    [
      "park",
      `\\x21(?<third>${number})\\x21(?<second>${number})\\x22${local}\\x20\\k<second>\\x20\\k<third>`,
    ],
    ["park", `\\x21(?<second>${number})\\x22${local}\\x20\\k<second>`],
    ["charge-length", `\\x22${local}\\x10${find(kindOf("charge_length"))}\\x20\\k<local>`],
  ];
  if (fuel !== undefined) {
    patterns.push([
      "charge",
      `\\x23${fuelText}\\x41${weight}\\x6b\\x24${fuelText}\\x23${fuelText}\\x41\\x00\\x48\\x04\\x40\\x10${
        find(kindOf("tick"))
      }\\x0b`,
    ]);
  }
  if (side !== undefined) {
    const displacement = `(?<displacement>${number})`;
    patterns.push(
      ["mark", `\\x20${local}(?:\\x41${displacement}\\x6a)?\\x41\\x0c\\x76${store}`],
      ["mark", `\\x20${local}(?:\\x42${displacement}\\x7c)?\\x42\\x0c\\x88\\xa7${store}`],
      [
        "span",
        `\\x20${local}\\x20(?<second>${number})\\x20(?<third>${number})\\x41${displacement}\\x10(?<marker>${number})`,
      ],
      ["mark-page", `\\x41(?<page>${number})${store}`],
    );
  }
  return patterns.map(([kind, source]) => [kind, new RegExp(source, "dsy")]);
}

function text(bytes: readonly number[]): string {
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

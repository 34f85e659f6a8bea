/**
 * What an artifact says of itself in its section `skerry` (docs/artifact.md), for `skerry inspect`. These are
 * claims: whether they are true is for the verifier, and nothing here decides what is run.
 */

import { printable } from "@skerry/base";
import { type Metadata, readMetadata } from "@skerry/verifier";
import { type IndexSpaces, Malformed, type WasmModule } from "@skerry/wasm";

/** The claims. */
export interface ArtifactClaims {
  readonly passes: readonly string[];
  /** The module that it was made from. */
  readonly input: { readonly bytes: number; readonly sha256: string };
  /** How each memory of the module is reset. */
  readonly memories: readonly ("not reset" | "barrier" | "whole")[];
  readonly resettable: boolean;
  /** Why it cannot be reset, where that was wanted. */
  readonly notResettable: readonly string[];
  /** How many of each were added, and which functions. */
  readonly injected: Readonly<Record<string, number>>;
  readonly injectedFunctions: Readonly<Record<string, number>>;
}

/** What is said of an artifact; a text where its section cannot be read; undefined for an ordinary module. */
export function artifactClaims(
  module: WasmModule,
  spaces: IndexSpaces,
): ArtifactClaims | string | undefined {
  const section = module.customs.findLast(({ name }) => name === "skerry");
  if (section === undefined) return undefined;
  try {
    return claimsOf(readMetadata(section.content), countsOf(module, spaces));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return `${error.message}, at byte ${error.offset - section.content.start} of the section`;
  }
}

const passNames = ["preempt", "grow", "reset", "dirty"] as const;
const modeNames = { kept: "not reset", barrier: "barrier", whole: "whole" } as const;

/** By the number that stands for each kind. */
const functionKinds = [
  ...["tick", "charge_length", "mark_range", "grow", "fill", "copy", "init", "grow_table"],
  ...["fill_table", "copy_table", "init_table", "restore", "sweep", "skerry:init", "skerry:reset"],
  "mark_span",
];

/** What the module has of each, and the name under which the section counts what it had. */
function countsOf(module: WasmModule, spaces: IndexSpaces) {
  return [
    ["types", "types", spaces.types.length],
    ["functions", "functions", spaces.functions.length],
    ["tables", "tables", spaces.tables.length],
    ["memories", "memories", spaces.memories.length],
    ["globals", "globals", spaces.globals.length],
    ["element segments", "elements", module.elements.length],
    ["data segments", "data", module.data.length],
  ] as const;
}

function claimsOf(
  said: Metadata,
  found: ReturnType<typeof countsOf>,
): ArtifactClaims | string {
  const more = found.find(([, name, count]) => said.guest[name] > count);
  if (more !== undefined) return `${said.guest[more[1]]} ${more[0]}, and there are ${more[2]}`;
  return {
    passes: passNames.filter((name) => said.passes[name]),
    input: { bytes: said.inputLength, sha256: said.inputDigest.toHex() },
    memories: said.memories.map(({ mode }) => modeNames[mode]),
    resettable: said.passes.reset,
    notResettable: said.reasons.map((reason) => printable(reason)),
    injected: Object.fromEntries(
      found.map(([what, name, count]) => [what, count - said.guest[name]]),
    ),
    injectedFunctions: tally(
      said.functions.map(({ kind }) => functionKinds[kind] ?? `kind ${kind}`),
    ),
  };
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

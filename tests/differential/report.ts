/** A fuzzing run as text: figures for people, and findings with all that is needed to see them again. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Finding, FuzzResult, Maker } from "./fuzz.ts";

/** A larger module is written to a file. */
const printedBytesMax = 4096;

/** The figures, on a few lines. */
export function figures(maker: Maker, { tally, unmade, findings }: FuzzResult): string {
  const { resets: [asNew, hidden, discard, both] } = tally;
  return [
    `${maker}: ${tally.modules} modules, ${tally.artifacts} artifacts, ${findings.length} findings`,
    `  left out: ${unmade} not made, ${tally.refused} not valid, ${tally.overflowed} out of stack; ` +
    `${tally.notInstantiated} cannot be instantiated`,
    `  ${tally.calls} calls, ${tally.traps} traps, ${tally.ticks} ticks; ` +
    `${tally.stores} stores, ${tally.elidedMarks} without a mark; ${tally.loopChecks} loop checks`,
    `  ${tally.verified} artifacts verified`,
    ...[...tally.violations].map(([kind, count]) => `    not verified ${count} times: ${kind}`),
    `  resets: ${asNew} as new, ${hidden} with hidden pages, ${
      discard + both
    } to be thrown away; ` +
    `${tally.notResettable} artifacts have none`,
    `  second runs: ${tally.reruns}, ${tally.rerunsInPart} more in part, for hidden pages; ` +
    `${tally.killed} guests ended in the middle`,
  ].join("\n");
}

/** A finding, with its module as base64 or the name of a file that holds it. */
export function findingText({ maker, seed, module, differences }: Finding): string {
  return [
    `seed ${seed} of ${maker} (tests/differential/main.ts 1 ${seed} ${maker}):`,
    ...differences.map((text) => `  ${text.replaceAll("\n", "\n  ")}`),
    `  module: ${moduleText(seed, module)}`,
  ].join("\n");
}

function moduleText(seed: number, module: Uint8Array): string {
  if (module.length <= printedBytesMax) return btoa(String.fromCharCode(...module));
  const file = `${mkdtempSync(`${tmpdir()}/skerry-finding-`)}/${seed}.wasm`;
  writeFileSync(file, module);
  return file;
}

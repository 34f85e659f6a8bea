/**
 * Compares a module with its artifacts: same results, traps, imported calls and final state; every written page
 * marked; and after a reset as at the start, also where the guest was ended in the middle.
 */

import { decodeModule, encodeModule } from "@skerry/wasm";
import { artifactOf } from "./artifact.ts";
import { run } from "./calls.ts";
import { Comparison, planOf } from "./comparison.ts";
import { exposed, withoutStart } from "./exposed.ts";
import { plainSubject } from "./subjects.ts";
import type { Tally } from "./tally.ts";
import { variantsOf } from "./variants.ts";

/** Differences that are told of one module. */
const differencesMax = 6;

/** Compares; answers the differences as texts, none where all is well. */
export async function compare(
  bytes: Uint8Array<ArrayBuffer>,
  seed: number,
  tally: Tally,
): Promise<string[]> {
  tally.modules += 1;
  if (!WebAssembly.validate(bytes)) {
    tally.refused += 1;
    return [];
  }
  const decoded = decodeModule(bytes);
  if (!decoded.ok) return [`not decoded: ${decoded.error[0]?.message}`];
  const module = exposed(decoded.value);
  const plain = plainSubject(module, new WebAssembly.Module(encodeModule(withoutStart(module))));
  const plainRun = typeof plain === "string" ? undefined : run(module, plain, planOf(seed));
  if (plainRun?.overflowed) {
    tally.overflowed += 1;
    return [];
  }
  if (plainRun === undefined) tally.notInstantiated += 1;
  const encoded = encodeModule(module);
  const found: string[] = [];
  for (const variant of variantsOf(seed)) {
    const artifact = await artifactOf(encoded, variant, tally);
    if (typeof artifact === "string") {
      found.push(`${variant.name}: ${artifact}`);
      continue;
    }
    const comparison = new Comparison(module, artifact, seed, variant, tally);
    comparison.against(plain, plainRun);
    found.push(...comparison.found.map((text) => `${variant.name}: ${text}`));
  }
  return found.slice(0, differencesMax);
}

import assert from "node:assert/strict";
import { featureNames } from "./feature_names.ts";
import { usedFeatures } from "./features.ts";
import { assemble, decoded, featureTexts } from "./testing/modules.ts";

Deno.test("a module uses the features of its text and no other", async () => {
  for (const [features, text] of featureTexts) {
    assert.deepEqual(usedFeatures(decoded(await assemble(text))), features, text);
  }
});

Deno.test("every feature has a module that uses it", () => {
  const covered = new Set(featureTexts.flatMap(([features]) => features));
  assert.deepEqual([...covered].sort(), [...featureNames]);
});

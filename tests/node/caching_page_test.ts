/** docs/caching.md: its commands as somebody follows it, its manifests, and that nothing of the table is left out. */

import assert from "node:assert/strict";
import { parseManifest } from "@skerry/manifest";
import { root } from "../end_to_end/skerry.ts";
import { followPage } from "./document_shell.ts";

const page = await Deno.readTextFile(`${root}/docs/caching.md`);

Deno.test("every command of docs/caching.md does what the page says", () => followPage(page, 0));

Deno.test("every manifest of docs/caching.md is one, and says all that the table can", () => {
  const manifests = [...page.matchAll(/```toml\n([^]*?)```/g)].map(([, text = ""]) => text);
  assert.equal(manifests.length, 2);
  const said = manifests.map((text) => {
    const parsed = parseManifest(text, "a node");
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.value.cache;
  });
  assert.equal(said[0], undefined);
  const keys = [
    "mode",
    "ttlMs",
    "ttlMsMax",
    "ttlMsByStatus",
    "heuristicFraction",
    "heuristicMsMax",
  ];
  const more = ["staleWhileRevalidateMs", "staleIfErrorMs", "staleIfUnreachableMs", "hitForMissMs"];
  const rest = ["bodyBytesMax", "setCookie", "requestDirectives", "partialMisses", "key", "pass"];
  assert.deepEqual(Object.keys(said[1] ?? {}), [...keys, ...more, ...rest]);
});

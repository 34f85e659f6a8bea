import assert from "node:assert/strict";
import { compileModule } from "@skerry/compiler";
import { decodeModule, emptyModule, encodeModule, indexSpaces, rangeOf } from "@skerry/wasm";
import { artifactClaims } from "./artifact_claims.ts";

/** What is said by a module whose section `skerry` has this content. */
function claimsOf(content: Uint8Array) {
  const module = {
    ...emptyModule,
    customs: [{ name: "skerry", content: rangeOf(content), after: 0 }],
  };
  return artifactClaims(module, indexSpaces(module));
}

async function sectionOfEmptyModule(): Promise<Uint8Array> {
  const compiled = await compileModule(encodeModule(emptyModule));
  assert.ok(compiled.ok);
  const decoded = decodeModule(compiled.value.artifact);
  assert.ok(decoded.ok);
  const section = decoded.value.customs.find(({ name }) => name === "skerry");
  assert.ok(section !== undefined);
  const { bytes, start, end } = section.content;
  return bytes.slice(start, end);
}

Deno.test("an ordinary module claims nothing", () => {
  assert.equal(artifactClaims(emptyModule, indexSpaces(emptyModule)), undefined);
});

Deno.test("a section that ends too early, or counts more than there is, is a text and no claim", async () => {
  const section = await sectionOfEmptyModule();
  for (let length = 0; length < section.length - 32; length += 1) {
    assert.equal(typeof claimsOf(section.subarray(0, length)), "string", `${length} bytes`);
  }
  for (let at = 0; at < section.length - 64; at += 1) {
    const huge = new Uint8Array([
      ...section.subarray(0, at),
      ...[0xff, 0xff, 0xff, 0xff, 0x0f],
      ...section.subarray(at + 1),
    ]);
    assert.notEqual(claimsOf(huge), undefined);
  }
});

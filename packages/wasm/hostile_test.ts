import assert from "node:assert/strict";
import { bytesEqual } from "@skerry/base";
import fc from "fast-check";
import { decodeModule } from "./decode.ts";
import { encodeModule } from "./encode.ts";
import { functionNames } from "./function_names.ts";
import { usedFeatures } from "./features.ts";
import { assemble, featureTexts, moduleOf } from "./testing/modules.ts";

/** V8 lets segments without elements have any value type; the specification does not (5.5.12). */
const takenByV8Alone = "malformed reference type";

/**
 * What holds of any bytes: nothing is thrown, offsets lie in the file, whatever V8 takes is decoded, and
 * what was decoded is the same after another round. fast-check prints the seed of a failure.
 */
function checkAnyBytes(bytes: Uint8Array<ArrayBuffer>): void {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) {
    assert.ok(decoded.error.length > 0);
    for (const { at } of decoded.error) {
      assert.ok(at?.kind === "binary" && at.offset >= 0 && at.offset <= bytes.length);
    }
    if (!decoded.error.some(({ message }) => message === takenByV8Alone)) {
      assert.ok(!WebAssembly.validate(bytes), JSON.stringify(decoded.error));
    }
    return;
  }
  functionNames(decoded.value).get(0);
  usedFeatures(decoded.value);
  const encoded = encodeModule(decoded.value);
  assert.ok(encoded.length <= bytes.length, "encoding made it longer");
  const again = decodeModule(encoded);
  assert.ok(again.ok, "what was encoded is not decoded");
  assert.ok(bytesEqual(encodeModule(again.value), encoded), "another round changes it");
  assert.equal(WebAssembly.validate(encoded), WebAssembly.validate(bytes), "V8 sees a difference");
}

/** Bytes put in the place of others, left out, or put in between. */
const mutation = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 2 }),
  inserted: fc.array(
    fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x00, 0x01, 0x0b, 0x40, 0x7f, 0x80, 0xff)),
    { maxLength: 2 },
  ),
});

Deno.test("INV-8: random bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    checkAnyBytes(new Uint8Array(bytes));
    checkAnyBytes(Uint8Array.from([...moduleOf(), ...bytes]));
  }));
});

Deno.test("random section contents never throw", () => {
  const section = fc.tuple(fc.nat({ max: 13 }), fc.array(fc.nat({ max: 255 }), { maxLength: 100 }));
  fc.assert(fc.property(fc.array(section, { maxLength: 4 }), (sections) => {
    checkAnyBytes(moduleOf(...sections.map(([id, content]) => [id, ...content])));
  }));
});

Deno.test("random function bodies never throw", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 255 }), { maxLength: 60 }), (body) => {
    checkAnyBytes(moduleOf(
      [1, 1, 0x60, 0, 0],
      [3, 1, 0],
      [5, 1, 0, 1],
      [10, 1, body.length + 2, 0, ...body, 0x0b],
    ));
  }));
});

Deno.test("real modules with a few bytes changed never throw", async () => {
  const originals: Uint8Array[] = [];
  for (const [, text] of featureTexts) originals.push(await assemble(text));
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...originals), mutations, (original, changes) => {
      const bytes = [...original];
      for (const { place, removed, inserted } of changes) {
        bytes.splice(Math.floor(place * bytes.length), removed, ...inserted);
      }
      checkAnyBytes(Uint8Array.from(bytes));
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("a module cut off anywhere is refused within what is left of it", async () => {
  for (const [, text] of featureTexts) {
    const bytes = await assemble(text);
    for (let length = 0; length < bytes.length; length += 1) checkAnyBytes(bytes.slice(0, length));
  }
});

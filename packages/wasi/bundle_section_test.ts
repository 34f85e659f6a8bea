/** The section that a bundle has in an artifact: what is written is read again, and anything else is refused. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, isSkerryError } from "@skerry/base";
import { mountBundle, readBundleSection, writeBundleSection } from "./bundle_section.ts";
import { packBundle } from "./bundle_write.ts";
import { filledMemory } from "./testing/fs_kinds.ts";
import { failure, guestOf, TestClock } from "./testing/guest.ts";

const bounds = { bytesMax: 1 << 20, filesMax: 9, clock: new TestClock() };

async function archive() {
  return await packBundle(
    await filledMemory((fileSystem) => guestOf(fileSystem).writeFile("f", "in the bundle")),
  );
}

Deno.test("a bundle is read as it was written, whatever it and its path are", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).filter((path) =>
        !/[\0\ufffd]/.test(path) && path.isWellFormed()
      ),
      fc.constantFrom("cow" as const, "ro" as const),
      fc.uint8Array(),
      (path, mode, archive) => {
        const bundle = { guestPath: `/${path}`, mode, archive };
        assert.deepEqual(readBundleSection(writeBundleSection(bundle)), bundle);
      },
    ),
  );
});

Deno.test("what is no such section is refused, and nothing else is thrown", () => {
  const refused = (content: Uint8Array) =>
    assert.throws(() => readBundleSection(content), /section cannot be read/);
  refused(new Uint8Array(0));
  refused(new Uint8Array([1, 0, 1, 0, 0]));
  refused(new Uint8Array([2, 0, 1, 0, 0, 0, 0x2f]));
  refused(new Uint8Array([1, 2, 1, 0, 0, 0, 0x2f]));
  refused(new Uint8Array([1, 0, 2, 0, 0, 0, 0x2f]));
  refused(new Uint8Array([1, 0, 255, 255, 255, 255, 0x2f]));
  refused(new Uint8Array([1, 0, 0, 0, 0, 0]));
  refused(new Uint8Array([1, 0, 1, 0, 0, 0, 0x61]));
  refused(new Uint8Array([1, 0, 2, 0, 0, 0, 0x2f, 0]));
  refused(new Uint8Array([1, 0, 2, 0, 0, 0, 0x2f, 0xff]));
  refused(concatBytes([new Uint8Array([1, 0, 1, 16, 0, 0]), new Uint8Array(5000).fill(0x2f)]));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (content) => {
      try {
        readBundleSection(content);
      } catch (error) {
        assert.ok(isSkerryError(error));
      }
    }),
  );
});

Deno.test("a section that lies in the middle of other bytes is read from there", async () => {
  const section = writeBundleSection({ guestPath: "/d", mode: "cow", archive: await archive() });
  const around = concatBytes([new Uint8Array(7).fill(255), section, new Uint8Array(7).fill(255)]);
  const bundle = readBundleSection(around.subarray(7, 7 + section.length));
  const { guestPath, fileSystem } = mountBundle(bundle)(bounds);
  assert.equal(guestPath, "/d");
  assert.equal(guestOf(fileSystem).readFile("f"), "in the bundle");
});

Deno.test("each guest has a layer of its own, or none", async () => {
  const cow = mountBundle({ guestPath: "/d", mode: "cow", archive: await archive() });
  const first = guestOf(cow(bounds).fileSystem);
  first.writeFile("f", "changed");
  assert.equal(first.readFile("f"), "changed");
  assert.equal(guestOf(cow(bounds).fileSystem).readFile("f"), "in the bundle");
  const ro = mountBundle({ guestPath: "/d", mode: "ro", archive: await archive() });
  assert.equal(failure(() => guestOf(ro(bounds).fileSystem).writeFile("f", "changed")), "EROFS");
});

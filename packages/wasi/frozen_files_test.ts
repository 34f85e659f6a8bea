import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { frozenFiles } from "./frozen_files.ts";
import { failure, guestOf } from "./testing/guest.ts";

Deno.test("files that are made of values can be listed and read, and not changed", async () => {
  const guest = guestOf(frozenFiles([["b", encodeUtf8("two")], ["a.txt", encodeUtf8("")]], 5n));
  assert.deepEqual(await guest.list("."), ["a.txt:regularFile", "b:regularFile"]);
  assert.equal(guest.readFile("b"), "two");
  assert.equal(guest.readFile("a.txt"), "");
  assert.equal(guest.stat("b").modifiedNs, 5n);
  assert.notEqual(guest.stat("b").inode, guest.stat("a.txt").inode);
  for (
    const change of [
      () => guest.writeFile("b", "x"),
      () => guest.writeFile("c", "x"),
      () => guest.unlink("b"),
      () => guest.mkdir("d"),
      () => guest.rename("b", "c"),
      () => guest.utimes("b", 1n, 1n, "follow"),
    ]
  ) {
    assert.equal(failure(change), "EROFS");
  }
  assert.equal(guest.readFile("b"), "two");
});

Deno.test("what cannot be a file's name is refused", () => {
  const content = new Uint8Array(0);
  for (const name of ["", ".", "..", "a/b", "/", "a\0", "\ud800", "x".repeat(256)]) {
    assert.throws(() => frozenFiles([[name, content]]), { code: "SKERRY_USAGE" });
  }
  assert.throws(() => frozenFiles([["a", content], ["a", content]]), { code: "SKERRY_USAGE" });
});

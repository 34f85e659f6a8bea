import { deepEqual, equal, notDeepEqual, rejects } from "node:assert/strict";
import { decodeUtf8, encodeUtf8, SkerryError } from "@skerry/base";
import { openSealer } from "./sealer.ts";

const folder = () => Deno.makeTempDirSync();
const secret = encodeUtf8("swordfish");
const isUnopened = (error: unknown) =>
  error instanceof SkerryError && error.code === "SKERRY_FILE_UNREADABLE" &&
  !error.message.includes("swordfish");

Deno.test("a sealed secret is opened for its owner, by a later process too, and never looks the same twice", async () => {
  const path = `${folder()}/secret.key`;
  const sealer = await openSealer(path);
  const [sealed, again] = [await sealer.seal(secret, "a"), await sealer.seal(secret, "a")];
  notDeepEqual(sealed.bytes, again.bytes);
  equal(sealed.bytes.length, 12 + secret.length + 16);
  equal(decodeUtf8(sealed.bytes).includes("swordfish"), false);
  const later = await openSealer(path);
  deepEqual(await later.open(sealed, "a"), secret);
  equal(Deno.statSync(path).mode, 0o100600);
});

Deno.test("a seal that was changed, is another's or of an unknown key is not opened, and nothing of it told", async () => {
  const sealer = await openSealer(`${folder()}/secret.key`);
  const sealed = await sealer.seal(secret, "a");
  await rejects(sealer.open(sealed, "b"), isUnopened);
  for (let at = 0; at < sealed.bytes.length; at++) {
    const bytes = sealed.bytes.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await rejects(sealer.open({ key: sealed.key, bytes }, "a"), isUnopened);
  }
  for (const length of [0, 11, 12, 27]) {
    const bytes = sealed.bytes.slice(0, length);
    await rejects(sealer.open({ key: sealed.key, bytes }, "a"), isUnopened);
  }
  const other = await openSealer(`${folder()}/secret.key`);
  await rejects(other.open(sealed, "a"), isUnopened);
});

Deno.test("after a rotation old seals open until their key is forgotten, and new ones are of the new key", async () => {
  const path = `${folder()}/secret.key`;
  const sealer = await openSealer(path);
  const old = await sealer.seal(secret, "a");
  await sealer.rotate();
  const sealed = await sealer.seal(secret, "a");
  notDeepEqual(sealed.key, old.key);
  equal(sealed.key, sealer.key);
  deepEqual(await (await openSealer(path)).open(old, "a"), secret);
  await sealer.forget((key) => key === old.key || key === sealer.key);
  await rejects(sealer.open(old, "a"), isUnopened);
  deepEqual(await (await openSealer(path)).open(sealed, "a"), secret);
});

Deno.test("rotations at once make a key each, and lose none", async () => {
  const path = `${folder()}/secret.key`;
  const sealer = await openSealer(path);
  await Promise.all([sealer.rotate(), sealer.forget(() => false), sealer.rotate()]);
  equal(Deno.readTextFileSync(path).trimEnd().split("\n").length, 3);
  const sealed = await sealer.seal(secret, "a");
  deepEqual(await (await openSealer(path)).open(sealed, "a"), secret);
});

Deno.test("what is no file of keys is refused, and stays as it is", async () => {
  const path = `${folder()}/secret.key`;
  for (const text of ["", "\n", "0123456789abcdef 00\n", "key\n"]) {
    Deno.writeTextFileSync(path, text);
    await rejects(openSealer(path), (error) => error instanceof SkerryError);
    equal(Deno.readTextFileSync(path), text);
  }
});

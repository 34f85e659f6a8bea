import { deepEqual, doesNotMatch, equal, ok, throws } from "node:assert/strict";
import { decodeUtf8, isSkerryError } from "@skerry/base";
import type { Preopen } from "@skerry/wasi";
import { settingsLimits } from "./limits.ts";
import { settingsFiles } from "./settings_files.ts";

function read(preopens: readonly Preopen[], path: string, name: string): string | undefined {
  const found = preopens.find(({ guestPath }) => guestPath === path)?.fileSystem.root().lookup(
    name,
  );
  if (found?.type !== "regularFile") return undefined;
  const bytes = new Uint8Array(100);
  return decodeUtf8(bytes.subarray(0, found.open("read").read(bytes, 0)));
}

Deno.test("configuration and secrets are files by their names, and what is empty is not there", () => {
  const preopens = settingsFiles({ config: { "a.json": "{}" }, secrets: { API_KEY: "grüße" } });
  deepEqual(preopens.map(({ guestPath, readOnly }) => [guestPath, readOnly]), [
    ["/config", true],
    ["/secrets", true],
  ]);
  equal(read(preopens, "/config", "a.json"), "{}");
  equal(read(preopens, "/secrets", "API_KEY"), "grüße");
  equal(read(preopens, "/config", "API_KEY"), undefined);
  ok(preopens.every(({ fileSystem }) => fileSystem.readOnly));
  deepEqual(settingsFiles({ config: {}, secrets: {} }), []);
});

Deno.test("who began before a change goes on with what there was", () => {
  const secrets: Record<string, string> = { key: "old" };
  const before = settingsFiles({ config: {}, secrets });
  secrets["key"] = "new";
  const after = settingsFiles({ config: {}, secrets });
  equal(read(before, "/secrets", "key"), "old");
  equal(read(after, "/secrets", "key"), "new");
});

Deno.test("names that are paths or tricks are refused, and no message holds a secret", () => {
  const { fileBytesMax, filesMax } = settingsLimits;
  const cases: Record<string, string>[] = [
    ...["", ".", "..", ".hidden", "-x", "a/b", "a\0", "a b", "ü", "x".repeat(129)].map((name) => ({
      [name]: "hush",
    })),
    { large: "hush".repeat(fileBytesMax) },
    Object.fromEntries(Array.from({ length: filesMax + 1 }, (_, index) => [`n${index}`, "hush"])),
  ];
  for (const secrets of cases) {
    throws(() => settingsFiles({ config: {}, secrets }), (error) => {
      ok(isSkerryError(error) && error.code === "SKERRY_USAGE");
      doesNotMatch(`${error.message} ${error.where} ${error.remedy}`, /hush/);
      return true;
    });
  }
});

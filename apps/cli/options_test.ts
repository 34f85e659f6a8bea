import assert from "node:assert/strict";
import { collectDirectory, collectEnv } from "./options.ts";

Deno.test("a directory is the host's, then the guest's name for it, then how it may be used", () => {
  const check = (text: string, host: string, guest: string, mode: "ro" | "rw") =>
    assert.deepEqual(collectDirectory(text, []), [{ host, guest, mode, written: text }]);
  check(".", ".", ".", "rw");
  check("./data:ro", "./data", "./data", "ro");
  check("./data::/data", "./data", "/data", "rw");
  check("./data::/data:rw", "./data", "/data", "rw");
  check("/a:b::/data:ro", "/a:b", "/data", "ro");
});

Deno.test("a directory without one of its names is refused", () => {
  for (const text of ["", "::", "a::", "::b", "a::b::c", ":ro"]) {
    assert.throws(() => collectDirectory(text, []), /expected HOST/, text);
  }
});

Deno.test("a variable is set, or handed on where there is one", () => {
  Deno.env.set("SKERRY_TEST_VARIABLE", "from here");
  Deno.env.delete("SKERRY_TEST_ABSENT");
  const check = (texts: readonly string[], expected: Record<string, string>) => {
    const env = texts.reduce((all, text) => collectEnv(text, all), new Map<string, string>());
    assert.deepEqual(Object.fromEntries(env), expected);
  };
  check(["A=1", "B=", "C=x=y"], { A: "1", B: "", C: "x=y" });
  check(["A=1", "A=2"], { A: "2" });
  check(["SKERRY_TEST_VARIABLE", "SKERRY_TEST_ABSENT"], { SKERRY_TEST_VARIABLE: "from here" });
  for (const text of ["", "=x"]) assert.throws(() => collectEnv(text, new Map()), /expected NAME/);
});

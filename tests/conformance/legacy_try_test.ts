import assert from "node:assert/strict";
import { assembleText } from "./assemble.ts";
import { unfoldTry } from "./legacy_try.ts";

Deno.test("a folded try becomes the plain instructions that it stands for", () => {
  const cases: [string, string][] = [
    ["(try (do))", "try  end"],
    [
      "(try $l (result i32) (do (f)) (catch $e (g)) (catch_all (rethrow $l)))",
      "try $l (result i32) (f) catch $e (g) catch_all (rethrow $l) end",
    ],
    ["(try (do (try (do nop) (delegate 0))))", "try try nop  delegate 0 end"],
    ["(block (try (do)))", "(block try  end)"],
    ["(i32.add (try (do)) (i32.const 1))", "try  end (i32.const 1) i32.add"],
    [
      "(if $l (result i32) (try (do)) (then (f)) (else (g)))",
      "try  end if $l (result i32) (f) else (g) end",
    ],
    ["(i32.add (f) (g))", "(i32.add (f) (g))"],
  ];
  for (const [folded, plain] of cases) assert.equal(unfoldTry(folded), plain);
});

Deno.test("an unfolded module catches what it caught", async () => {
  const bytes = await assembleText(unfoldTry(`(module (tag $e (param i32))
    (func (export "f") (param i32) (result i32)
      (i32.add (i32.const 100) (try (result i32)
        (do (if (local.get 0) (then (throw $e (i32.const 7)))) (i32.const 1))
        (catch $e)))))`));
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  assert.ok(typeof f === "function");
  assert.deepEqual([f(0), f(1)], [101, 107]);
});

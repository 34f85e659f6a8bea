import assert from "node:assert/strict";
import { compiled, indexOf, moduleOf, replaced, sealed } from "./testing/artifacts.ts";
import type { Property } from "./violation.ts";
import { verify, type VerifyOptions } from "./verify.ts";

const program = `(module
  (memory (export "memory") 2 100) (table 4 funcref) (global $g (mut i32) (i32.const 7))
  (type $f (func (param i32) (result i32)))
  (elem (i32.const 0) $loops $stores)
  (func $small (param i32) (result i32) local.get 0 i32.const 3 i32.add)
  (func $loops (export "loops") (param i32) (result i32) (local i32)
    (loop $again
      (local.set 1 (call $small (local.get 1)))
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (local.set 0 (call_indirect (type $f) (local.get 0) (i32.const 1)))
      (loop $inner (br_if $inner (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
      (br $again))
    unreachable)
  (func $stores (export "stores") (param i32) (result i32)
    (i32.store offset=8 (local.get 0) (i32.const 1))
    (i32.store offset=12 (local.get 0) (i32.const 2))
    (i64.store (i32.add (local.get 0) (i32.load (local.get 0))) (i64.const 3))
    (memory.fill (i32.const 16) (i32.const 0) (memory.size))
    (drop (memory.grow (i32.const 1)))
    (table.set (i32.const 2) (ref.func $loops))
    (i32.sub (local.get 0) (i32.const 1)))
  (data (i32.const 1024) "hello"))`;

async function check(
  artifact: Uint8Array,
  expected: Property | "proved",
  options: VerifyOptions = {},
): Promise<void> {
  const verified = await verify(artifact, options);
  const found = verified.ok ? "proved" : verified.error[0]?.property;
  assert.equal(found, expected, JSON.stringify(verified));
}

Deno.test("an artifact of the compiler proves all that it promises, of the very module", async () => {
  const { artifact, input } = await compiled(program, { dirty: "always" });
  const verified = await verify(artifact, {
    input,
    requires: ["preempt", "grow", "reset", "dirty"],
  });
  assert.ok(verified.ok, JSON.stringify(verified));
  assert.equal(verified.value.functions, 3);
  assert.equal(verified.value.counts.loops, 2);
  assert.equal(verified.value.counts.stores, 3);
  assert.deepEqual(verified.value.memories, ["barrier"]);
  assert.equal(verified.value.resettable, true);
});

Deno.test("a pass that is required and left out is named", async () => {
  const { artifact } = await compiled(program, { preempt: false });
  await check(artifact, "proved");
  await check(artifact, "preempt", { requires: ["preempt"] });
});

Deno.test("a byte that was changed breaks the digest, wherever it is", async () => {
  const { artifact } = await compiled(program);
  for (let at = 8; at < artifact.length; at += 7) {
    const copy = artifact.slice();
    copy[at] = (copy[at] ?? 0) ^ 1;
    assert.equal((await verify(copy)).ok, false, `byte ${at}`);
  }
});

Deno.test("an artifact of one module is none of another", async () => {
  const { artifact } = await compiled(program);
  const other = await compiled(program.replace("i32.const 3", "i32.const 4"));
  await check(artifact, "digest", { input: other.input });
});

Deno.test("a module that was never compiled is no artifact", async () => {
  const { input } = await compiled(program);
  await check(input, "format");
});

/** `i32.const W  i32.sub  global.set fuel`, the first in the artifact's code. */
function weightAt(artifact: Uint8Array, from = moduleOf(artifact).code.starts[0] ?? 0): number {
  for (let at = from; at < artifact.length; at += 1) {
    if (artifact[at] === 0x41 && artifact[at + 3] === 0x6b && artifact[at + 4] === 0x24) {
      return at + 1;
    }
  }
  throw new Error("no charge");
}

Deno.test("a loop's charge of a unit too little is found, and any charge of nothing", async () => {
  const { artifact } = await compiled(program);
  const { starts, ends } = moduleOf(artifact).code;
  let charges = 0;
  for (let body = 0; body < 3; body += 1) {
    let at = weightAt(artifact, starts[body] ?? 0);
    let exact = 0;
    while (at < (ends[body] ?? 0)) {
      const copy = artifact.slice();
      const weight = ((copy[at] ?? 0) & 0x7f) | ((copy[at + 1] ?? 0) << 7);
      copy[at] = ((weight - 1) & 0x7f) | 0x80;
      copy[at + 1] = (weight - 1) >> 7;
      if (!(await verify(await sealed(copy))).ok) exact += 1;
      copy.set([0x80, 0], at);
      await check(await sealed(copy), "preempt");
      charges += 1;
      at = weightAt(artifact, at + 1);
    }
    if (body === 1) assert.ok(exact >= 1, "the loop's charge is exact");
  }
  assert.ok(charges >= 2, `${charges} charges`);
});

Deno.test("guest code that reaches for the fuel, the side memory or the hooks is found", async () => {
  const { artifact } = await compiled(program, { dirty: "always" });
  // i32.load 2 0 of the guest's memory becomes a load of bytes from the side memory.
  await check(await replaced(artifact, [0x28, 2, 0], [0x28, 0x42, 1]), "isolation");
  // `i32.const 3  i32.add` in $small becomes `global.get fuel  i32.add`.
  await check(await replaced(artifact, [0x41, 3, 0x6a], [0x23, 1, 0x6a]), "isolation");
  // The call through table 0 goes through the hooks.
  await check(await replaced(artifact, [0x11, 0, 0], [0x11, 0, 1]), "isolation");
});

Deno.test("a mark of another local, or with another page size, covers no store", async () => {
  const { artifact } = await compiled(program, { dirty: "always" });
  // `local.get 0 … i32.const 12  i32.shr_u` becomes a shift by 13.
  const mark = [0x41, 12, 0x76, 0x41, 1, 0x3a];
  const at = indexOf(artifact, mark);
  assert.ok(at > 0);
  const copy = artifact.slice();
  copy[at + 1] = 13;
  await check(await sealed(copy), "dirty");
});

Deno.test("an injected function with one instruction changed is found", async () => {
  const { artifact } = await compiled(program, { dirty: "always" });
  const { starts, ends } = moduleOf(artifact).code;
  for (let body = 3; body < starts.length; body += 1) {
    // The last instruction's last byte, before `end`, may be any; the first local's or code's too.
    const copy = artifact.slice();
    const at = (ends[body] ?? 0) - 2;
    copy[at] = (copy[at] ?? 0) ^ 0x40;
    assert.equal((await verify(await sealed(copy))).ok, false, `injected body ${body - 3}`);
  }
  assert.ok(starts.length > 10);
});

Deno.test("an export, an element or a start that names what is injected is found", async () => {
  const { artifact } = await compiled(program, { dirty: "always" });
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
  // The guest's memory is exported as the side memory's twin.
  await check(
    await replaced(artifact, [...name("memory"), 2, 0], [...name("memory"), 2, 1]),
    "isolation",
  );
  await check(
    await replaced(artifact, [...name("skerry:fuel"), 3, 1], [...name("skerry:fuel"), 3, 0]),
    "isolation",
  );
});

/** The same artifact, with passes that it says it went through and did not. */
function claiming(artifact: Uint8Array, passes: number): Promise<Uint8Array> {
  const section = moduleOf(artifact).customs.at(-1);
  const copy = artifact.slice();
  // After the version.
  const at = (section?.content.start ?? 0) + 1;
  copy[at] = (copy[at] ?? 0) | passes;
  return sealed(copy);
}

const round = `(module
  (func $even (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
  (func $odd (export "odd") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0)))))`;

Deno.test("functions that go round without paying are found, and those that pay are not", async () => {
  const paying = await compiled(round);
  await check(paying.artifact, "proved", { input: paying.input });
  const free = await compiled(round, { preempt: false });
  await check(free.artifact, "proved");
  await check(await claiming(free.artifact, 1), "preempt");
});

Deno.test("loops, calls through tables and growth that are as they were prove nothing", async () => {
  const kept = { preempt: false, grow: false, reset: false, dirty: "never" } as const;
  const texts: readonly (readonly [Property, number, string])[] = [
    ["preempt", 1, "(module (func (loop (br 0))))"],
    ["preempt", 1, "(module (table 1 funcref) (func (call_indirect (i32.const 0))))"],
    [
      "preempt",
      1,
      "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))",
    ],
    ["grow", 2, "(module (memory 1) (func (drop (memory.grow (i32.const 1)))))"],
    ["reset", 4, "(module (memory 1))"],
  ];
  for (const [property, passes, text] of texts) {
    const { artifact } = await compiled(text, kept);
    await check(artifact, "proved");
    await check(await claiming(artifact, passes), property);
  }
});

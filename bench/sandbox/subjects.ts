/** The programs that are leased. */

import { assemble } from "@skerry/languages";
import { buildCProgram } from "./c_program.ts";
import { perl, quickJs } from "./engines.ts";
import type { Subject } from "./subject.ts";

/** Counts in a global and in memory; a sum of both tells whether either was kept. */
const tinyText = `(module (memory (export "memory") 1) (global $calls (mut i32) (i32.const 0))
  (func (export "run") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 10)))
    (i32.add (global.get $calls) (i32.load (i32.const 64)))))`;

/** All of them, the smallest first. */
export async function loadSubjects(): Promise<Subject[]> {
  const assembled = await assemble(tinyText);
  if (!assembled.ok) throw new Error("the module does not assemble");
  const tiny = new Uint8Array(assembled.value);
  const uses = { leased: 1_000, fresh: 100 };
  return [
    { name: "tiny", bytes: tiny, entry: "run", args: [], right: 11, uses },
    { name: "C", bytes: await buildCProgram(), entry: "run", args: [], right: 1, uses },
    quickJs(),
    perl(),
  ];
}

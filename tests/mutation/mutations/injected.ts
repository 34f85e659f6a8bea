/** Injected functions that are not as the document has them, and the names of what they use. */

import { InstructionCursor } from "@skerry/wasm";
import type { Random } from "../../differential/random.ts";
import type { ArtifactView } from "../artifact_view.ts";
import { splice } from "../body.ts";
import { bodyMutant, type Mutant, type Mutation } from "../mutant.ts";
import { functionKinds, kindOf } from "../snippet_patterns.ts";

/** One mutation of each sort for each kind of function, and some that have a name. */
export const injectedMutations: readonly Mutation[] = [
  ...functionKinds.flatMap((name, kind) => [
    ofKind(`$${name}: a byte is another`, kind, anotherByte),
    ofKind(`$${name}: instructions are left out`, kind, withoutSome),
  ]),
  swap("$sweep: less slack", kindOf("sweep"), [0x80, 0x08], [0x80, 0x04]),
  swap("$sweep: a smaller limit", kindOf("sweep"), [0x41, 0x04, 0x74], [0x41, 0x03, 0x74]),
  swap("$sweep: map words are skipped", kindOf("sweep"), [0x41, 0x08, 0x6a], [0x41, 0x10, 0x6a]),
  swap("$tick: goes on at zero", kindOf("tick"), [0x4c, 0x04, 0x40], [0x48, 0x04, 0x40]),
  swap("$grow: grows when it was denied", kindOf("grow"), [0x45, 0x04, 0x40], [
    0x45,
    0x1a,
    0x41,
    0,
    0x04,
    0x40,
  ]),
  ofKind(
    "$reset: a global is skipped",
    kindOf("reset"),
    (view, body, random) => cutResult(view, body, random, 0x24),
  ),
  ofKind(
    "$reset: a memory or table is skipped",
    kindOf("reset"),
    (view, body, random) => cutResult(view, body, random, 0x10),
  ),
  ofKind("$reset: a global gets another value", kindOf("reset"), anotherConstant),
  ofKind("an image begins elsewhere in $restore", kindOf("restore"), anotherConstant),
  ofKind(
    "$init skips an image",
    kindOf("init"),
    (view, body, random) => cutResult(view, body, random, 0xfc008),
  ),
];

type Change = (view: ArtifactView, body: number, random: Random) => Mutant | undefined;

function ofKind(name: string, kind: number, change: Change): Mutation {
  return {
    name,
    breaks: ["isolation"],
    apply(view, random) {
      const { functions } = view.section;
      const found = functions.flatMap((each, index) => each.kind === kind ? [index] : []);
      if (found.length === 0) return undefined;
      return change(view, view.guestBodies + random.pick(found), random);
    },
  };
}

function anotherByte(view: ArtifactView, index: number, random: Random): Mutant {
  const body = view.body(index);
  const at = random.below(body.bytes.length);
  const bit = 1 << random.below(8);
  const changed = splice(body, at, 1, [(body.bytes[at] ?? 0) ^ bit], "ours");
  return bodyMutant(view, index, changed, at);
}

function withoutSome(view: ArtifactView, index: number, random: Random): Mutant | undefined {
  const starts = instructions(view, index).map(({ at }) => at);
  if (starts.length < 3) return undefined;
  const first = random.below(starts.length - 1);
  const last = Math.min(starts.length - 1, first + random.between(1, 8));
  const at = starts[first] ?? 0;
  const changed = splice(view.body(index), at, (starts[last] ?? 0) - at, [], "ours");
  return bodyMutant(view, index, changed, at);
}

function swap(
  name: string,
  kind: number,
  from: readonly number[],
  to: readonly number[],
): Mutation {
  return ofKind(name, kind, (view, index) => {
    const body = view.body(index);
    const at = body.bytes.findIndex((_, start) =>
      from.every((byte, step) => body.bytes[start + step] === byte)
    );
    if (at < 0) return undefined;
    return bodyMutant(view, index, splice(body, at, from.length, to, "ours"), at);
  });
}

/** Cuts out an instruction of this opcode and the constants right before it. */
function cutResult(
  view: ArtifactView,
  index: number,
  random: Random,
  opcode: number,
): Mutant | undefined {
  const all = instructions(view, index);
  const found = all.flatMap((each, number) => each.opcode === opcode ? [number] : []);
  if (found.length === 0) return undefined;
  const last = random.pick(found);
  let first = last;
  while (pushes.has(all[first - 1]?.opcode ?? -1)) first -= 1;
  const at = all[first]?.at ?? 0;
  const end = all[last + 1]?.at ?? 0;
  return bodyMutant(view, index, splice(view.body(index), at, end - at, [], "ours"), at);
}

/** Constants, ref.null, ref.func and memory.size. */
const pushes = new Set([0x41, 0x42, 0x43, 0x44, 0xd0, 0xd2, 0x3f]);

function anotherConstant(view: ArtifactView, index: number, random: Random): Mutant | undefined {
  const found = instructions(view, index).filter(({ opcode }) => opcode >= 0x41 && opcode <= 0x44);
  if (found.length === 0) return undefined;
  const { at } = random.pick(found);
  const body = view.body(index);
  const changed = splice(body, at + 1, 1, [(body.bytes[at + 1] ?? 0) ^ 1], "ours");
  return bodyMutant(view, index, changed, at);
}

function instructions(view: ArtifactView, index: number): { at: number; opcode: number }[] {
  const { bytes } = view.body(index);
  const cursor = new InstructionCursor(bytes);
  cursor.enterBody({ bytes, starts: Uint32Array.of(0), ends: Uint32Array.of(bytes.length) }, 0);
  const found: { at: number; opcode: number }[] = [];
  while (cursor.next()) found.push({ at: cursor.start, opcode: cursor.opcode });
  return found;
}

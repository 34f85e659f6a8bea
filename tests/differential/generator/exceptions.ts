/** Exceptions of both kinds: thrown, caught by handlers of our own and by labels far out, thrown again. */

import { writeValueType } from "@skerry/wasm";
import { type Kind, typeOf } from "./kinds.ts";
import { type Label, same, type Scope } from "./scope.ts";
import { typeIndexOf } from "./world.ts";

/** Writes a `try`, or a `throw`. */
export function exception(scope: Scope): void {
  const { random, world } = scope;
  if (random.chance(0.25)) return raise(scope);
  if (world.exceptions === "legacy") legacyTry(scope);
  else tryTable(scope);
}

/** Writes a throw, most of them under a condition. */
function raise(scope: Scope): void {
  const { random, code, world } = scope;
  scope.expression("i32");
  code.op("if").u8(0x40);
  scope.within({ operands: [], open: true, caught: false }, () => {
    const caught = scope.labels.flatMap((label, index) => label.caught ? [index] : []);
    if (caught.length > 0 && random.chance(0.5)) {
      code.at("rethrow", scope.labelIndex(random.pick(caught)));
      return;
    }
    if (world.exceptions === "standard" && random.chance(0.3)) {
      code.at("local.get", scope.anyLocal("exnref")).op("throw_ref");
      return;
    }
    const tag = random.below(world.tags.length);
    for (const kind of world.tags[tag] ?? []) scope.expression(kind, 1);
    code.at("throw", tag);
  });
  code.op("end");
}

const plainLabel: Label = { operands: [], open: true, caught: false };

function legacyTry(scope: Scope): void {
  const { random, code, world } = scope;
  code.op("try").u8(0x40);
  scope.within(plainLabel, () => scope.statements(4));
  if (random.chance(0.2)) {
    code.at("delegate", random.below(scope.labels.length));
    return;
  }
  for (let clauses = random.below(3); clauses > 0; clauses -= 1) {
    const tag = random.below(world.tags.length);
    code.at("catch", tag);
    for (const kind of [...world.tags[tag] ?? []].reverse()) {
      code.at("local.set", scope.anyLocal(kind));
    }
    scope.within({ ...plainLabel, caught: true }, () => scope.statements(3));
  }
  if (random.chance(0.6)) {
    code.op("catch_all");
    scope.within({ ...plainLabel, caught: true }, () => scope.statements(3));
  }
  code.op("end");
}

/** What a handler's block takes, and the clauses that lead there. */
interface Handler {
  readonly operands: readonly Kind[];
  /** The kind of clause, and its tag. */
  readonly clause: readonly [kind: 0 | 1 | 2 | 3, tag: number];
}

const handlers: readonly Handler[] = [
  { operands: ["i32"], clause: [0, 0] },
  { operands: ["i32", "exnref"], clause: [1, 0] },
  { operands: [], clause: [0, 1] },
  { operands: ["exnref"], clause: [1, 1] },
  { operands: ["i64", "i32"], clause: [0, 2] },
  { operands: [], clause: [2, 0] },
  { operands: ["exnref"], clause: [3, 0] },
];

/** A handler's block around the `try_table`, whose other clauses may lead to any label that fits. */
function tryTable(scope: Scope): void {
  const { random, code } = scope;
  const { operands, clause } = random.pick(handlers);
  code.op("block");
  blockType(scope, operands);
  scope.within({ operands, open: true, caught: false }, () => {
    const more = Array.from({ length: random.below(3) }, () => random.pick(handlers))
      .flatMap((other) => {
        const targets = scope.targets(other.operands);
        return targets.length === 0 ? [] : [{ ...other, target: random.pick(targets) }];
      });
    const clauses = [...more, { operands, clause, target: scope.labels.length - 1 }];
    code.op("try_table").u8(0x40).u32(clauses.length);
    for (const { clause: [kind, tag], target } of clauses) {
      code.u8(kind);
      if (kind < 2) code.u32(tag);
      code.u32(scope.labelIndex(target));
    }
    scope.within(plainLabel, () => scope.statements(5));
    code.op("end");
    for (const kind of operands) scope.expression(kind, 3);
  });
  code.op("end");
  for (const kind of [...operands].reverse()) code.at("local.set", scope.anyLocal(kind));
}

/** Writes the type of a block with these results. */
export function blockType({ code, world }: Scope, results: readonly Kind[]): void {
  const [only] = results;
  if (only === undefined) code.u8(0x40);
  else if (same(results, [only])) writeValueType(code, typeOf(only));
  else code.s33(typeIndexOf(world, { params: [], results }));
}

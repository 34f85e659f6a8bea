/**
 * How many operands each instruction takes from the stack and puts on it (3.4 Instructions).
 *
 * Only for instructions whose effect is the same everywhere; calls, branches and blocks depend on types and
 * are told by `undefined`. The rules go by name, the first that fits wins, and a test asks V8 about each.
 */

import { opcodes, slotCount, slotOf } from "@skerry/wasm";

/** Operands taken and put. */
export interface StackEffect {
  readonly pops: number;
  readonly pushes: number;
}

const rules: readonly (readonly [pattern: RegExp, pops: number, pushes: number])[] = [
  [/^(nop|atomic\.fence|data\.drop|elem\.drop)$/, 0, 0],
  [/^(drop|local\.set|global\.set)$/, 1, 0],
  [/^select$/, 3, 1],
  [/^(local\.get|global\.get|memory\.size|table\.size|ref\.null|ref\.func|.*\.const)$/, 0, 1],
  [/^local\.tee$/, 1, 1],
  [/^table\.get$/, 1, 1],
  [/^table\.set$/, 2, 0],
  [/^memory\.grow$/, 1, 1],
  [/^table\.grow$/, 2, 1],
  [/^(memory|table)\.(init|copy|fill)$/, 3, 0],
  [/^memory\.atomic\.notify$/, 2, 1],
  [/^memory\.atomic\.wait/, 3, 1],
  [/\.atomic\.load/, 1, 1],
  [/\.atomic\.store/, 2, 0],
  [/\.atomic\.rmw.*cmpxchg/, 3, 1],
  [/\.atomic\.rmw/, 2, 1],
  [/^v128\.load.*_lane$/, 2, 1],
  [/^v128\.store.*_lane$/, 2, 0],
  [/\.load/, 1, 1],
  [/\.store/, 2, 0],
  [/^struct\.new_default$/, 0, 1],
  [/^struct\.get/, 1, 1],
  [/^struct\.set$/, 2, 0],
  [/^array\.new$/, 2, 1],
  [/^array\.new_default$/, 1, 1],
  [/^array\.new_(data|elem)$/, 2, 1],
  [/^array\.get/, 2, 1],
  [/^array\.set$/, 3, 0],
  [/^array\.len$/, 1, 1],
  [/^array\.fill$/, 4, 0],
  [/^array\.copy$/, 5, 0],
  [/^array\.init_(data|elem)$/, 4, 0],
  [/^ref\.eq$/, 2, 1],
  [/^(ref\.(is_null|as_non_null|test|cast|i31)|i31\.get_[su])$/, 1, 1],
  [/^(any\.convert_extern|extern\.convert_any)$/, 1, 1],
  [/laneselect$|bitselect$|relaxed_n?madd$|_add_s$/, 3, 1],
  [/\.extract_lane|\.splat$|\.any_true$|\.all_true$|\.bitmask$|^v128\.not$/, 1, 1],
  [/\.(eqz|clz|ctz|popcnt|abs|neg|sqrt|ceil|floor|trunc|nearest)$/, 1, 1],
  [/\.(wrap_|extend|trunc_|convert_|demote_|promote_|reinterpret_|extadd_|relaxed_trunc)/, 1, 1],
  [/^(i8x16|i16x8|i32x4|i64x2|f32x4|f64x2|v128|i32|i64|f32|f64)\./, 2, 1],
];

const variable = new Set([
  ...[
    "unreachable",
    "block",
    "loop",
    "if",
    "else",
    "try",
    "catch",
    "throw",
    "rethrow",
    "throw_ref",
  ],
  ...["end", "br", "br_if", "br_table", "return", "call", "call_indirect", "return_call"],
  ...["return_call_indirect", "call_ref", "return_call_ref", "delegate", "catch_all", "try_table"],
  ...["br_on_null", "br_on_non_null", "br_on_cast", "br_on_cast_fail"],
  ...["struct.new", "array.new_fixed"],
]);

/** The effect of an instruction by its name. */
export function stackEffect(name: string): StackEffect | undefined {
  if (variable.has(name)) return undefined;
  const rule = rules.find(([pattern]) => pattern.test(name));
  return rule === undefined ? undefined : { pops: rule[1], pushes: rule[2] };
}

/** By slot: pops × 16 + pushes; 255 where the effect depends on types. */
export const stackEffects: Readonly<Uint8Array> = makeTable();

function makeTable(): Uint8Array {
  const table = new Uint8Array(slotCount).fill(255);
  for (const { code, name } of opcodes) {
    const effect = stackEffect(name);
    if (effect !== undefined) table[slotOf(code)] = effect.pops * 16 + effect.pushes;
  }
  return table;
}

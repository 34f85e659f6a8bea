/** What injected functions say of fuel and growth (docs/artifact.md, "Injected functions"). */

import type { Template } from "./assembler.ts";
import type { Plan } from "./plan.ts";

/** CHARGE(e). */
export function charge(plan: Plan, expression: string): string {
  const { fuel, passes } = plan.metadata;
  if (!passes.preempt) return "";
  return `global.get ${fuel} ${expression} i32.sub global.set ${fuel}
    global.get ${fuel} i32.const 0 i32.lt_s if call ${plan.injected("tick")} end`;
}

/** ASK(index, size, delta), where size and delta are i64 already; the local `$a` takes the answer. */
export function ask(
  plan: Plan,
  index: number,
  size: string,
  delta: string,
  addressType: "i32" | "i64",
): string {
  const { id, hooks } = plan.metadata;
  const widen = addressType === "i32" ? "i64.extend_i32_u" : "";
  return `global.get ${id} i32.const ${index} ${size} ${widen} ${delta} ${widen} i32.const 1
    call_indirect ${plan.hookTypes.grow} ${hooks} local.tee $a i32.eqz
    if ${addressType}.const -1 return end local.get $a i32.const 0 i32.lt_s if unreachable end`;
}

/** `$tick`. */
export function tickTemplate(plan: Plan): Template {
  const { id, fuel, hooks } = plan.metadata;
  return {
    params: [],
    results: [],
    locals: [],
    code: `global.get ${id} global.get ${fuel} i32.const 0
      call_indirect ${plan.hookTypes.tick} ${hooks} global.set ${fuel}
      global.get ${fuel} i32.const 0 i32.le_s if unreachable end`,
  };
}

/** `$charge_length`. */
export function chargeLengthTemplate(plan: Plan): Template {
  return {
    params: [["n", "i32"]],
    results: [],
    locals: [],
    code: charge(plan, "local.get $n i32.const 2 i32.shr_u"),
  };
}

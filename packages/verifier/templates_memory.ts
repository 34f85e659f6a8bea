/** `$mark_range_m` and `$grow_m` (docs/artifact.md, "Injected functions"). */

import type { Template } from "./assembler.ts";
import type { Plan } from "./plan.ts";
import { ask, charge } from "./templates_fuel.ts";

/** The address type of a memory, and what goes between its addresses and 32 bits. */
export function memoryAddress(plan: Plan, memory: number): {
  readonly at: "i32" | "i64";
  readonly wrap: string;
  readonly extend: string;
} {
  const at = plan.spaces.memories[memory]?.addressType ?? "i32";
  return at === "i32"
    ? { at, wrap: "", extend: "" }
    : { at, wrap: "i32.wrap_i64", extend: "i64.extend_i32_u" };
}

/** Pages of 64 KiB that a memory may have. */
export function memoryMax(plan: Plan, memory: number): bigint {
  const type = plan.spaces.memories[memory];
  return type?.limits.max ?? (type?.addressType === "i64" ? 1n << 48n : 65536n);
}

/** `$mark_range_m`. */
export function markRangeTemplate(plan: Plan, memory: number): Template {
  const { at, wrap } = memoryAddress(plan, memory);
  const { side, memories } = plan.metadata;
  const map = memories[memory]?.map;
  const first = `local.get $d ${at}.const 12 ${at}.shr_u ${wrap}`;
  const last = `local.get $d local.get $n ${at}.add ${at}.const 1 ${at}.sub
    ${at}.const 12 ${at}.shr_u ${wrap}`;
  return {
    params: [["d", at], ["n", at]],
    results: [],
    locals: [],
    code: `local.get $n ${at}.eqz if return end
      ${last} ${first} i32.sub i32.const 1 i32.le_u
      if
        ${first} i32.const 1 i32.store8 ${side} 0 ${map}
        ${last} i32.const 1 i32.store8 ${side} 0 ${map}
        return
      end
      ${first} i32.const ${map} i32.add
      i32.const 1
      ${last} ${first} i32.sub i32.const 1 i32.add
      memory.fill ${side}`,
  };
}

/** `$mark_span_m`. */
export function markSpanTemplate(plan: Plan, memory: number): Template {
  const { side, memories } = plan.metadata;
  const map = memories[memory]?.map;
  const max = BigInt.asIntN(32, memoryMax(plan, memory) << 16n);
  const store = "local.get $a i32.const 12 i32.shr_u i32.const 1";
  const first = "local.get $a i32.const 12 i32.shr_u";
  return {
    params: [["x", "i32"], ["n", "i32"], ["s", "i32"], ["c", "i32"]],
    results: [],
    locals: [["a", "i32"], ["e", "i32"]],
    code: `local.get $x local.get $c i32.add local.set $a
      local.get $n local.get $c i32.add local.set $e
      local.get $x local.get $n i32.lt_u
      local.get $n i32.const 0 local.get $s i32.sub i32.le_u i32.and
      local.get $a local.get $e i32.lt_u i32.and i32.eqz
      if i32.const 0 local.set $a i32.const ${max} local.set $e i32.const 0 local.set $s end
      local.get $e i32.const ${max} i32.gt_u if i32.const ${max} local.set $e end
      local.get $a local.get $e i32.ge_u if return end
      ${charge(plan, "local.get $e local.get $a i32.sub i32.const 12 i32.shr_u")}
      local.get $s i32.const 4096 i32.gt_u
      if
        local.get $e local.get $a i32.sub local.set $e
        loop
          ${store} i32.store8 ${side} 0 ${map}
          local.get $e local.get $s i32.gt_u
          if
            local.get $e local.get $s i32.sub local.set $e
            local.get $a local.get $s i32.add local.set $a
            br 1
          end
        end
        return
      end
      ${first} i32.const ${map} i32.add
      i32.const 1
      local.get $e i32.const 1 i32.sub i32.const 12 i32.shr_u ${first} i32.sub i32.const 1 i32.add
      memory.fill ${side}`,
  };
}

/** `$grow_m`. */
export function growTemplate(plan: Plan, memory: number): Template {
  const { at } = memoryAddress(plan, memory);
  const hidden = plan.metadata.memories[memory]?.hidden;
  const grow = hidden === undefined ? `local.get $n memory.grow ${memory}` : `
    local.get $n global.get ${hidden} ${at}.gt_u
    if
      local.get $n global.get ${hidden} ${at}.sub memory.grow ${memory} ${at}.const -1 ${at}.eq
      if ${at}.const -1 return end
      ${at}.const 0 global.set ${hidden}
    else
      global.get ${hidden} local.get $n ${at}.sub global.set ${hidden}
    end
    local.get $old`;
  return {
    params: [["n", at]],
    results: [at],
    locals: [["old", at], ["a", "i32"]],
    code: `memory.size ${memory} ${hidden === undefined ? "" : `global.get ${hidden} ${at}.sub`}
      local.set $old
      local.get $n ${at}.const ${memoryMax(plan, memory)} local.get $old ${at}.sub ${at}.gt_u
      if ${at}.const -1 return end
      local.get $n ${at}.eqz if local.get $old return end
      ${ask(plan, memory, "local.get $old", "local.get $n", at)}
      ${grow}`,
  };
}

/** Under which exact types a module's exports are imported by a bridge. */

import {
  functionType,
  indexSpaces,
  type RecursionGroup,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import type { BridgeTarget } from "./bridge_body.ts";

/** The target of each exported function and global, by its name. */
export function exportTargets(module: WasmModule): Map<string, BridgeTarget> {
  const spaces = indexSpaces(module);
  const targets = new Map<string, BridgeTarget>();
  for (const { name, kind, index } of module.exports) {
    if (kind === "function") {
      const type = functionType(spaces, index);
      const typeIndex = spaces.functions[index];
      if (type === undefined || typeIndex === undefined) continue;
      const { params, results } = type;
      const lone = loneType(module.types, typeIndex);
      const types = lone === undefined ? module.types : [lone];
      const imported = { kind: "function", type: lone === undefined ? typeIndex : 0 } as const;
      targets.set(name, { types, imported, params, results });
    } else if (kind === "global") {
      const type = spaces.globals[index];
      if (type === undefined) continue;
      const types = isSelfContained(type.value) ? [] : module.types;
      const results = [type.value];
      targets.set(name, { types, imported: { kind: "global", type }, params: [], results });
    }
  }
  return targets;
}

/** The group of a type that is the same type in every module: alone, final, and without other types in it. */
function loneType(
  groups: readonly RecursionGroup[],
  typeIndex: number,
): RecursionGroup | undefined {
  let first = 0;
  for (const group of groups) {
    if (typeIndex >= first + group.types.length) {
      first += group.types.length;
      continue;
    }
    const [type, ...others] = group.types;
    if (type?.composite.kind !== "function" || others.length > 0) return undefined;
    const { params, results } = type.composite;
    const alone = type.final && type.supertypes.length === 0 &&
      [...params, ...results].every(isSelfContained);
    return alone ? group : undefined;
  }
  return undefined;
}

function isSelfContained(type: ValueType): boolean {
  return typeof type === "string" || typeof type.heap === "string";
}

/** Calls as bytes: zeros for the parameters, the call, and its results dropped. */

import { functionType, type ValueType } from "@skerry/wasm";
import type { ArtifactView } from "./artifact_view.ts";
import { prefixed, unsigned } from "./leb.ts";

/** The zeros, the call and the drops; undefined where a parameter has no zero that is known here. */
export function callOf(
  view: ArtifactView,
  callee: number,
): { readonly zeros: number[]; readonly call: number[]; readonly drops: number[] } | undefined {
  const type = functionType(view.spaces, callee);
  const zeros = type?.params.map(zeroOf);
  if (type === undefined || zeros === undefined || zeros.includes(undefined)) return undefined;
  return {
    zeros: zeros.flatMap((zero) => zero ?? []),
    call: [0x10, ...unsigned(callee)],
    drops: type.results.map(() => 0x1a),
  };
}

/** Zero, or null, of a type. */
export function zeroOf(type: ValueType): number[] | undefined {
  switch (type) {
    case "i32":
      return [0x41, 0];
    case "i64":
      return [0x42, 0];
    case "f32":
      return [0x43, 0, 0, 0, 0];
    case "f64":
      return [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
    case "v128":
      return [0x41, 0, ...prefixed(0xfd, 15)];
    default:
      if (!type.nullable) return undefined;
      return type.heap === "func"
        ? [0xd0, 0x70]
        : type.heap === "extern"
        ? [0xd0, 0x6f]
        : undefined;
  }
}

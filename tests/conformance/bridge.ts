/**
 * Modules that stand between a script and an export, for values that JavaScript cannot hold exactly.
 *
 * A bridge imports a function, or a global, under its exact type. Its own export `call` loads the numbers
 * among the arguments from a memory and stores the numbers among the results there, so v128 and the bits of
 * NaNs come through unchanged. References go through JavaScript as they are; exceptions, which may not, can
 * only be null as arguments, and of results it is told whether they are.
 */

import { emptyModule, encodeModule, type FunctionType, type ValueType } from "@skerry/wasm";
import { bodyOf, type BridgeTarget, isException, isNumeric } from "./bridge_body.ts";

/** The bridge's bytes: imports `target.it` and `bridge.memory`, exports `call`. */
export function encodeBridge(target: BridgeTarget): Uint8Array<ArrayBuffer> {
  const composite: FunctionType = {
    kind: "function",
    params: target.params.filter(isReference),
    results: target.results.filter(isReference),
  };
  const typeCount = target.types.reduce((sum, group) => sum + group.types.length, 0);
  const body = bodyOf(target, composite.params.length);
  const limits = { min: 1n, max: undefined };
  return encodeModule({
    ...emptyModule,
    types: [
      ...target.types,
      { explicit: false, types: [{ final: true, supertypes: [], composite }] },
    ],
    imports: [
      { module: "target", name: "it", type: target.imported },
      {
        module: "bridge",
        name: "memory",
        type: { kind: "memory", type: { addressType: "i32", limits, shared: false } },
      },
    ],
    functions: Uint32Array.of(typeCount),
    exports: [{
      name: "call",
      kind: "function",
      index: target.imported.kind === "function" ? 1 : 0,
    }],
    code: { bytes: body, starts: Uint32Array.of(0), ends: Uint32Array.of(body.length) },
  });
}

function isReference(type: ValueType): boolean {
  return !isNumeric(type) && !isException(type);
}

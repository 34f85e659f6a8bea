/** Control structures that leave a value. */

import { writeValueType } from "@skerry/wasm";
import { type Kind, typeOf } from "./kinds.ts";
import type { Scope } from "./scope.ts";

/** Writes a block, `if` or `select` with a result. */
export function structured(scope: Scope, kind: Kind, depth: number): void {
  const { random, code } = scope;
  const label = { operands: [kind], open: true, caught: false };
  const blockType = () => writeValueType(code, typeOf(kind));
  random.weighted<() => void>([
    [2, () => {
      code.op("block");
      blockType();
      scope.within(label, () => {
        scope.expression(kind, depth);
        scope.expression("i32", depth);
        code.at("br_if", 0);
      });
      code.op("end");
    }],
    [3, () => {
      scope.expression("i32", depth);
      code.op("if");
      blockType();
      scope.within(label, () => {
        scope.expression(kind, depth);
        code.op("else");
        scope.expression(kind, depth);
      });
      code.op("end");
    }],
    [2, () => {
      scope.expression(kind, depth);
      scope.expression(kind, depth);
      scope.expression("i32", depth);
      code.u8(0x1c).u32(1); // select with its type
      blockType();
    }],
  ])();
}

/** Bulk operations in pieces: the host may be asked between any two of them. */

import type { AddressType } from "@skerry/wasm";
import type { Entities } from "./entities.ts";
import { charge, narrow } from "./function_text.ts";

/** An operation on `length` from a place on; the length is in local 2. */
export function inPieces(entities: Entities, bulk: {
  length: AddressType;
  beyond: string;
  whole: string;
  piece: string;
  steps: readonly (readonly [local: number, type: AddressType])[];
  lengthLocal: number;
  most: number;
  shift: number;
  mark: string;
  /** What is done where the length is short, given what pays for it. */
  short: (pay: string) => string;
}): string {
  const { length, most, shift } = bulk;
  const pay = charge(entities, `local.get 2 ${narrow(length)} i32.const ${shift} i32.shr_u`);
  return `
    ${bulk.short(pay)}
    local.get 2 ${length}.const ${most} ${length}.gt_u
    if
      ${bulk.beyond} if ${bulk.whole} unreachable end
      ${bulk.mark}
      ${piecesUpwards(entities, bulk)}
    end
    ${bulk.whole}
    ${bulk.mark}
    ${pay}`;
}

/** A copy: from local 1 to local 0, backwards where it overlaps that way. */
export function copyInPieces(entities: Entities, bulk: {
  toType: AddressType;
  fromType: AddressType;
  length: AddressType;
  same: boolean;
  beyond: string;
  operation: string;
  most: number;
  shift: number;
  mark: string;
  /** As with those above. */
  short: (pay: string) => string;
}): string {
  const { toType: at, length, most, shift, operation } = bulk;
  const whole = `local.get 0 local.get 1 local.get 2 ${operation}`;
  const pay = charge(entities, `local.get 2 ${narrow(length)} i32.const ${shift} i32.shr_u`);
  const upwards = piecesUpwards(entities, {
    ...bulk,
    piece: `local.get 0 local.get 1 ${length}.const ${most} ${operation}`,
    steps: [[0, at], [1, bulk.fromType]],
  });
  const downwards = `
    loop
      local.get 2 ${length}.const ${most} ${length}.sub local.set 2
      local.get 0 local.get 2 ${at}.add local.get 1 local.get 2 ${at}.add
      ${at}.const ${most} ${operation}
      ${charge(entities, `i32.const ${most >> shift}`)}
      local.get 2 ${length}.const ${most} ${length}.gt_u br_if 0
    end`;
  return `
    ${bulk.short(pay)}
    local.get 2 ${length}.const ${most} ${length}.gt_u
    if
      ${bulk.beyond} if ${whole} unreachable end
      ${bulk.mark}
      ${
    bulk.same ? `local.get 0 local.get 1 ${at}.gt_u if ${downwards} else ${upwards} end` : upwards
  }
    end
    ${whole}
    ${bulk.mark}
    ${pay}`;
}

function piecesUpwards(entities: Entities, bulk: {
  length: AddressType;
  piece: string;
  steps: readonly (readonly [local: number, type: AddressType])[];
  most: number;
  shift: number;
}): string {
  const { length, most, shift } = bulk;
  const steps = bulk.steps.map(([local, type]) =>
    `local.get ${local} ${type}.const ${most} ${type}.add local.set ${local}`
  );
  return `
    loop
      ${bulk.piece}
      ${steps.join(" ")}
      local.get 2 ${length}.const ${most} ${length}.sub local.set 2
      ${charge(entities, `i32.const ${most >> shift}`)}
      local.get 2 ${length}.const ${most} ${length}.gt_u br_if 0
    end`;
}

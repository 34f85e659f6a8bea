/** The declarations of locals at the start of a function's body (5.5.13 Code Section). */

import type { ByteReader } from "./byte_reader.ts";
import { moduleLimits } from "./limits.ts";
import { isValueTypeCode, readValueType } from "./type_codes.ts";
import type { ValueType } from "./types.ts";

/** Locals of one type, one after the other. */
export interface LocalGroup {
  readonly count: number;
  readonly type: ValueType;
}

/** Reads the declarations; the reader is at the first instruction afterwards. */
export function readLocals(reader: ByteReader): LocalGroup[] {
  const groups: LocalGroup[] = [];
  const groupCount = reader.readCount(Infinity, "groups of locals");
  for (let index = 0; index < groupCount; index += 1) {
    groups.push({ count: reader.readU32(), type: readValueType(reader) });
  }
  return groups;
}

/** Passes over the declarations, and answers how many locals they make. */
export function skipLocals(reader: ByteReader): number {
  const start = reader.offset;
  const groupCount = reader.readCount(Infinity, "groups of locals");
  let total = 0;
  for (let index = 0; index < groupCount; index += 1) {
    total += reader.readU32();
    if (total > moduleLimits.localsMax) {
      reader.fail(`too many locals: more than ${moduleLimits.localsMax}`, start);
    }
    const { bytes, offset } = reader;
    if (offset < reader.end && isValueTypeCode(bytes[offset] ?? 0)) reader.offset += 1;
    else readValueType(reader);
  }
  return total;
}

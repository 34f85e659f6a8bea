/** Types and their bytes, both ways (5.3 Types). */

import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { AbstractHeapType, HeapType, ReferenceType, ValueType } from "./types.ts";

/** Bytes that begin a type without being one. */
export const typeCode = {
  empty: 0x40,
  recursionGroup: 0x4e,
  subFinal: 0x4f,
  sub: 0x50,
  array: 0x5e,
  struct: 0x5f,
  function: 0x60,
  reference: 0x64,
  nullableReference: 0x63,
  i16: 0x77,
  i8: 0x78,
} as const;

const plainTypes: readonly (readonly [number, "i32" | "i64" | "f32" | "f64" | "v128"])[] = [
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
];

const abstractHeapTypes: readonly (readonly [number, AbstractHeapType])[] = [
  [0x69, "exn"],
  [0x6a, "array"],
  [0x6b, "struct"],
  [0x6c, "i31"],
  [0x6d, "eq"],
  [0x6e, "any"],
  [0x6f, "extern"],
  [0x70, "func"],
  [0x71, "none"],
  [0x72, "noextern"],
  [0x73, "nofunc"],
  [0x74, "noexn"],
];

const heapTypeByCode = new Map(abstractHeapTypes);
const codeByHeapType = new Map(abstractHeapTypes.map(([code, type]) => [type, code]));
const codeByPlainType = new Map(plainTypes.map(([code, type]) => [type, code]));
// One value for each type of a single byte, so that a million of them cost one object.
const valueTypeByCode = new Map<number, ValueType>([
  ...plainTypes,
  ...abstractHeapTypes.map(([code, heap]) => [code, nullable(heap)] as const),
]);

/** `(ref null func)`, which segments and tables take for granted. */
export const funcref: ReferenceType = nullable("func");

/** Whether a type's single byte is all there is to it. */
export function isValueTypeCode(code: number): boolean {
  return valueTypeByCode.has(code);
}

/** Whether this byte is an abstract heap type. */
export function isHeapTypeCode(code: number): boolean {
  return heapTypeByCode.has(code);
}

/** Reads a value type. */
export function readValueType(reader: ByteReader): ValueType {
  const start = reader.offset;
  const code = reader.readU8();
  const type = valueTypeByCode.get(code);
  if (type !== undefined) return type;
  if (code === typeCode.nullableReference) return { nullable: true, heap: readHeapType(reader) };
  if (code === typeCode.reference) return { nullable: false, heap: readHeapType(reader) };
  return reader.fail(`malformed value type 0x${code.toString(16)}`, start);
}

/** Reads a reference type. */
export function readReferenceType(reader: ByteReader): ReferenceType {
  const start = reader.offset;
  const type = readValueType(reader);
  return typeof type === "object" ? type : reader.fail("malformed reference type", start);
}

/** Reads a heap type. Abstract ones may be over-long, as V8 has it; the specification has no opinion to test. */
export function readHeapType(reader: ByteReader): HeapType {
  const start = reader.offset;
  const value = reader.readS33();
  if (value >= 0) return value;
  const type = value >= -0x40 ? heapTypeByCode.get(value & 0x7f) : undefined;
  return type ?? reader.fail("malformed heap type", start);
}

/** Writes a value type in its shortest form. */
export function writeValueType(writer: ByteWriter, type: ValueType): void {
  if (typeof type === "string") {
    writer.u8(codeByPlainType.get(type) ?? 0);
    return;
  }
  if (!type.nullable) writer.u8(typeCode.reference);
  else if (typeof type.heap === "number") writer.u8(typeCode.nullableReference);
  writeHeapType(writer, type.heap);
}

/** Writes a heap type. */
export function writeHeapType(writer: ByteWriter, heap: HeapType): void {
  if (typeof heap === "number") writer.s33(heap);
  else writer.u8(codeByHeapType.get(heap) ?? 0);
}

function nullable(heap: AbstractHeapType): ReferenceType {
  return Object.freeze({ nullable: true, heap });
}

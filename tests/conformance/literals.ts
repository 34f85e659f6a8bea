/** What bits the numbers of a script are, in the words of the assembler that its modules go through. */

import { bug } from "@skerry/base";
import { ByteReader, bytesOf, decodeModule } from "@skerry/wasm";
import { assembleText } from "./assemble.ts";
import { bitsIn } from "./bits.ts";

/** The bits of each literal, unsigned. A literal that no assembler takes is missing. */
export type Literals = ReadonlyMap<string, bigint>;

/** Assembles all literals of a script as the globals of one module, and reads their initial values. */
export async function assembleLiterals(literals: Iterable<string>): Promise<Literals> {
  const unique = [...new Set(literals)];
  try {
    const bits = await bitsOfAll(unique);
    return new Map(
      unique.map((literal, index) => [literal, bits[index] ?? bug("a global is lost")]),
    );
  } catch {
    return await assembleEach(unique);
  }
}

/** One at a time: a literal that is not a number shall not take the others with it. */
async function assembleEach(literals: readonly string[]): Promise<Literals> {
  const bits = new Map<string, bigint>();
  for (const literal of literals) {
    const [value] = await bitsOfAll([literal]).catch(() => []);
    if (value !== undefined) bits.set(literal, value);
  }
  return bits;
}

async function bitsOfAll(literals: readonly string[]): Promise<bigint[]> {
  const globals = literals.map((literal) => `(global ${literal.split(".")[0]} (${literal}))`);
  const decoded = decodeModule(await assembleText(`(module ${globals.join("\n")})`));
  if (!decoded.ok) bug("the assembler's module is malformed");
  return decoded.value.globals.map((global) => constantBits(bytesOf(global.init)));
}

/** The bits in `i32.const`, `i64.const`, `f32.const`, `f64.const` or `v128.const` (5.4.5, 5.4.9). */
function constantBits(expression: Uint8Array): bigint {
  const reader = new ByteReader(expression);
  switch (reader.readU8()) {
    case 0x41:
      return BigInt.asUintN(32, BigInt(reader.readS32()));
    case 0x42:
      return BigInt.asUintN(64, reader.readS64());
    case 0x43:
      return bitsIn(expression.subarray(1, 5));
    case 0x44:
      return bitsIn(expression.subarray(1, 9));
    default:
      return bitsIn(expression.subarray(2, 18));
  }
}

/** A function that makes one number of all memories, sizes and number globals: for who can call but once. */

import type { IndexSpaces } from "@skerry/wasm";
import type { Code } from "../differential/generator/code.ts";
import type { AddedFunctions } from "./added_functions.ts";
import { poisonName } from "./names.ts";
import type { ValueProbe } from "./probes.ts";

/** Locals: the number, an address of either type, and a value on its way into the number. */
const local = { sum: 0, i32: 1, i64: 2, value: 3 } as const;

/** Odd, so that multiplying by it loses nothing (FNV-1a's prime for 64 bits). */
const prime = 0x0000_0100_0000_01b3n;

/** Adds it. */
export function addDigest(
  added: AddedFunctions,
  { memories }: IndexSpaces,
  probes: readonly ValueProbe[],
): void {
  const signature = { results: ["i64"], locals: ["i64", "i32", "i64", "i64"] } as const;
  added.add(poisonName.digest, signature, (code) => {
    for (const { index, results } of probes) {
      code.at("call", index);
      for (const type of results.toReversed()) {
        if (type === "i32") code.op("i64.extend_i32_u");
        mix(code);
      }
    }
    memories.forEach(({ addressType }, memory) => {
      const address = local[addressType];
      code.address(addressType, 0).at("local.set", address);
      code.op("block").u8(0x40).op("loop").u8(0x40).at("local.get", address);
      code.at("memory.size", memory).address(addressType, 16).op(`${addressType}.shl`);
      code.op(`${addressType}.eq`).at("br_if", 1);
      code.at("local.get", address).op("i64.load").memarg(0, memory, 0n);
      mix(code);
      code.at("local.get", address).address(addressType, 8).op(`${addressType}.add`);
      code.at("local.set", address).at("br", 0).op("end").op("end");
    });
    code.at("local.get", local.sum);
  });
}

function mix(code: Code): void {
  code.at("local.set", local.value).at("local.get", local.sum).at("local.get", local.value);
  code.op("i64.xor").i64(prime).op("i64.mul").at("local.set", local.sum);
}

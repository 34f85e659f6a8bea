/** How many operands functions and blocks take and give. */

import { ByteReader, type FunctionType, type IndexSpaces } from "@skerry/wasm";

/** Operands that a block takes and gives. */
export interface Arity {
  readonly params: number;
  readonly results: number;
}

/** Looks up types of a module, which need not be valid. */
export class BlockTypes {
  readonly #spaces: IndexSpaces;
  readonly #reader: ByteReader;

  /** @param bytes those of the code */
  constructor(spaces: IndexSpaces, bytes: Uint8Array) {
    this.#spaces = spaces;
    this.#reader = new ByteReader(bytes);
  }

  /** The type of a function, by its index. */
  ofFunction(functionIndex: number): FunctionType {
    return this.at(this.#spaces.functions[functionIndex] ?? -1);
  }

  /** The function type at a type index. */
  at(index: number): FunctionType {
    const composite = this.#spaces.types[index]?.composite;
    return composite?.kind === "function" ? composite : noType;
  }

  /** What a block whose type is written at an offset takes and gives. */
  ofBlock(offset: number): Arity {
    const reader = this.#reader;
    const byte = reader.bytes[offset] ?? 0x40;
    if (byte === 0x40) return emptyBlock;
    if (byte >= 0x41 && byte < 0x80) return singleBlock;
    reader.offset = offset;
    const index = reader.readS33();
    // No type at all, spelled in more bytes than it needs.
    if (index === -0x40) return emptyBlock;
    if (index < 0) return singleBlock;
    const { params, results } = this.at(index);
    return { params: params.length, results: results.length };
  }
}

/** Takes a reader past the type of a block. */
export function skipBlockType(reader: ByteReader): void {
  const byte = reader.bytes[reader.offset] ?? 0;
  // (ref null ht) and (ref ht) have a heap type after them.
  if (byte === 0x63 || byte === 0x64) reader.offset += 1;
  reader.readS33();
}

const noType: FunctionType = { kind: "function", params: [], results: [] };
const emptyBlock: Arity = { params: 0, results: 0 };
const singleBlock: Arity = { params: 0, results: 1 };

/** The locals that are added to a function: made when they are first asked for, one role each. */

import { ByteReader, ByteWriter, type NumberType, readLocals } from "@skerry/wasm";

type LocalType = NumberType | "v128";

const codes: Readonly<Record<LocalType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** Groups that can be added: scratch locals of five types twice, two addresses. */
const groupsMax = 10 + 2;

/** The added locals of one function at a time. */
export class InjectedLocals {
  #header = new Uint8Array(0);
  #declarations = new Uint8Array(0);
  #groups = 0;
  #next = 0;
  readonly #added: LocalType[] = [];
  readonly #roles = new Map<string, number>();

  /**
   * Begins a function.
   *
   * @param bytes the module's
   * @param start where the declarations of its locals begin
   * @param end where they end
   */
  begin(bytes: Uint8Array, start: number, end: number, params: number): void {
    const reader = new ByteReader(bytes, start, end);
    const first = bytes[start] ?? 0;
    this.#header = bytes.subarray(start, end) as Uint8Array<ArrayBuffer>;
    this.#added.length = 0;
    this.#roles.clear();
    this.#next = params;
    if (first === 0) {
      this.#groups = 0;
      this.#declarations = noDeclarations;
      return;
    }
    const groups = readLocals(reader);
    for (const { count } of groups) this.#next += count;
    this.#groups = groups.length;
    reader.offset = start;
    reader.readU32();
    this.#declarations = bytes.subarray(reader.offset, end) as Uint8Array<ArrayBuffer>;
  }

  /** The most bytes that {@link header} can take. */
  get headerBytesMax(): number {
    return 5 + this.#declarations.length + groupsMax * 2;
  }

  /** Locals and parameters of the function, with those that were added. */
  get count(): number {
    return this.#next;
  }

  /** The declarations of all locals. */
  header(): Uint8Array {
    if (this.#added.length === 0) return this.#header;
    const writer = new ByteWriter(this.#declarations.length + 64);
    const groups: { type: LocalType; count: number }[] = [];
    for (const type of this.#added) {
      const last = groups.at(-1);
      if (last?.type === type) last.count += 1;
      else groups.push({ type, count: 1 });
    }
    writer.u32(this.#groups + groups.length).raw(this.#declarations);
    for (const { type, count } of groups) writer.u32(count).u8(codes[type]);
    return writer.toBytes();
  }

  /** A value that is put aside for a moment. */
  scratch(type: LocalType): number {
    return this.#local(`scratch ${type}`, type);
  }

  /** Another one, where an instruction stores by comparing. */
  secondScratch(type: LocalType): number {
    return this.#local(`second scratch ${type}`, type);
  }

  /** An address that is put aside. */
  address(at: "i32" | "i64"): number {
    return this.#local(`address ${at}`, at);
  }

  #local(role: string, type: LocalType): number {
    const found = this.#roles.get(role);
    if (found !== undefined) return found;
    const index = this.#next++;
    this.#added.push(type);
    this.#roles.set(role, index);
    return index;
  }
}

const noDeclarations = new Uint8Array(0);

/**
 * A module as plain data, in the order of its sections (WebAssembly 3.0, 5.5 Modules).
 *
 * A value is never changed: `{ ...module, memories: [...] }` is another module, and `encodeModule` writes
 * either. Function bodies, constant expressions, data and custom sections stay bytes; each says which
 * bytes, so that it may point into the file that was decoded or into new ones. All indexes are the
 * specification's: imports first, then what the module defines.
 */

import type { ByteRange } from "./byte_range.ts";
import type {
  ExternKind,
  ExternType,
  GlobalType,
  MemoryType,
  RecursionGroup,
  ReferenceType,
  TableType,
} from "./types.ts";

/** A module. */
export interface WasmModule {
  /** The file that was decoded; empty for a module that was built. */
  readonly bytes: Uint8Array;
  /** Where the sections lie in `bytes`, in order, custom sections too. Editing the module does not change it. */
  readonly sections: readonly Section[];
  readonly types: readonly RecursionGroup[];
  readonly imports: readonly Import[];
  /** The type index of each defined function. */
  readonly functions: Uint32Array;
  readonly tables: readonly Table[];
  readonly memories: readonly MemoryType[];
  /** The type index of each defined tag. */
  readonly tags: Uint32Array;
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  /** Function index of the start function. */
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  /** As it was read. The encoder writes the number of data segments wherever this is not undefined. */
  readonly dataCount: number | undefined;
  readonly code: Code;
  readonly data: readonly DataSegment[];
  readonly customs: readonly CustomSection[];
}

/** Where a section lies. */
export interface Section {
  readonly id: number;
  /** The format's name for it, or a custom section's own name. */
  readonly name: string;
  /** Of the section's id. */
  readonly offset: number;
  /** Its content, after id and size. */
  readonly start: number;
  readonly end: number;
}

/** One import. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly type: ExternType;
}

/** One export. */
export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
}

/** A defined table. */
export interface Table {
  readonly type: TableType;
  /** The constant expression for its elements; without one they are null. */
  readonly init: ByteRange | undefined;
}

/** A defined global. */
export interface Global {
  readonly type: GlobalType;
  /** A constant expression, its `end` included. */
  readonly init: ByteRange;
}

/** What becomes of a segment when the module is instantiated. */
export type SegmentMode =
  | { readonly kind: "passive" }
  | {
    readonly kind: "active";
    /** Table or memory index. */
    readonly index: number;
    /** Whether the binary names the index even where it is 0. */
    readonly explicit: boolean;
    /** A constant expression, its `end` included. */
    readonly offset: ByteRange;
  };

/** A segment of references. */
export interface ElementSegment {
  readonly mode: SegmentMode | { readonly kind: "declarative" };
  readonly items: ElementItems;
}

/** What an element segment holds: function indexes, or constant expressions. */
export type ElementItems =
  | { readonly kind: "functions"; readonly indexes: Uint32Array }
  | {
    readonly kind: "expressions";
    readonly type: ReferenceType;
    readonly bytes: Uint8Array;
    /** Expression i lies between offset i and offset i + 1; there is one offset more than expressions. */
    readonly offsets: Uint32Array;
  };

/** A segment of bytes. */
export interface DataSegment {
  readonly mode: SegmentMode;
  readonly content: ByteRange;
}

/**
 * The bodies of the defined functions. Body i is `bytes` from `starts[i]` to `ends[i]`: the declarations of
 * its locals, then its instructions with the closing `end`. Bodies may lie anywhere and in any order.
 */
export interface Code {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A custom section, kept as it is. */
export interface CustomSection {
  readonly name: string;
  readonly content: ByteRange;
  /** Id of the nearest section before it that is not custom; 0 at the module's start. */
  readonly after: number;
}

/** The module without anything in it, to build upon. */
export const emptyModule: WasmModule = Object.freeze({
  bytes: new Uint8Array(0),
  sections: [],
  types: [],
  imports: [],
  functions: new Uint32Array(0),
  tables: [],
  memories: [],
  tags: new Uint32Array(0),
  globals: [],
  exports: [],
  start: undefined,
  elements: [],
  dataCount: undefined,
  code: { bytes: new Uint8Array(0), starts: new Uint32Array(0), ends: new Uint32Array(0) },
  data: [],
  customs: [],
});

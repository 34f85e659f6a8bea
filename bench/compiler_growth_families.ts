/** Shapes of modules that grow, each of which would show a path of the compiler that is not linear. */

import {
  ByteWriter,
  type DataSegment,
  emptyModule,
  encodeModule,
  type Export,
  type Global,
  rangeOf,
  type RecursionGroup,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";

/** A shape, the size to begin with, and how a module of a size is made. */
export interface GrowthFamily {
  readonly name: string;
  readonly size: number;
  readonly build: (size: number) => Uint8Array<ArrayBuffer>;
}

/** Writes instructions (after the locals' declarations, and before the last `end`). */
type Write = (writer: ByteWriter) => void;

const opcode = {
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  try: 0x06,
  end: 0x0b,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  catchAll: 0x19,
  drop: 0x1a,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  i32Store: 0x36,
  i32Const: 0x41,
} as const;
const noType = 0x40;

function functionType(params: readonly ValueType[], results: readonly ValueType[]): RecursionGroup {
  const composite = { kind: "function", params, results } as const;
  return { explicit: false, types: [{ final: true, supertypes: [], composite }] };
}

const plainType = functionType([], []);

/** Bodies with groups of locals; all are of type 0 unless a module says otherwise. */
function withBodies(
  bodies: readonly { readonly locals?: number; readonly write: Write }[],
  more: Partial<WasmModule> = {},
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(2 ** 20);
  const starts = new Uint32Array(bodies.length);
  const ends = new Uint32Array(bodies.length);
  bodies.forEach(({ locals = 0, write }, body) => {
    starts[body] = writer.length;
    if (locals === 0) writer.u8(0);
    else writer.u8(1).u32(locals).u8(0x7f);
    write(writer);
    ends[body] = writer.u8(opcode.end).length;
  });
  return encodeModule({
    ...emptyModule,
    types: [plainType],
    functions: new Uint32Array(bodies.length),
    memories: [{ addressType: "i32", limits: { min: 16n, max: undefined }, shared: false }],
    ...more,
    code: { bytes: writer.toBytes(), starts, ends },
  });
}

const withBody = (write: Write, locals = 0, more: Partial<WasmModule> = {}) =>
  withBodies([{ locals, write }], more);

function times(count: number, act: (index: number) => void): void {
  for (let index = 0; index < count; index += 1) act(index);
}

const store = (writer: ByteWriter, local: number, offset = 0) =>
  writer.u8(opcode.localGet).u32(local).u8(opcode.i32Const).u8(1).u8(opcode.i32Store).u8(2).u32(
    offset,
  );

const constant = (value: number) =>
  rangeOf(new ByteWriter().u8(opcode.i32Const).s33(value).u8(opcode.end).toBytes());

const dataAt = (place: number, bytes: number): DataSegment => ({
  mode: { kind: "active", index: 0, explicit: false, offset: constant(place) },
  content: rangeOf(new Uint8Array(bytes).fill(1)),
});

const globals = (count: number): Global[] =>
  Array.from({ length: count }, () => ({
    type: { value: "i32", mutable: true },
    init: constant(0),
  }));

/** Blocks of a kind, one in the other. */
const nested = (kind: number, inside: Write = () => {}) => (size: number) =>
  withBody((writer) => {
    times(size, () => {
      writer.u8(kind).u8(noType);
      inside(writer);
    });
    times(size, () => void writer.u8(opcode.end));
  }, 4);

/** The families. */
export const growthFamilies: readonly GrowthFamily[] = [
  { name: "nested blocks", size: 50_000, build: nested(opcode.block) },
  { name: "nested loops", size: 50_000, build: nested(opcode.loop) },
  {
    name: "nested loops that assign",
    size: 20_000,
    build: nested(opcode.loop, (writer) => {
      writer.u8(opcode.i32Const).u8(1).u8(opcode.localSet).u8(0);
      store(writer, 1);
    }),
  },
  {
    name: "nested loops, then many assignments",
    size: 10_000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => void writer.u8(opcode.loop).u8(noType));
        times(size * 4, (index) => {
          writer.u8(opcode.i32Const).u8(1).u8(opcode.localSet).u32(index % 400);
        });
        times(size, () => void writer.u8(opcode.end));
      }, 400),
  },
  {
    name: "nested loops of 255 assignments each",
    size: 2000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => void writer.u8(opcode.loop).u8(noType));
        times(255, (index) => void writer.u8(opcode.i32Const).u8(1).u8(opcode.localSet).u32(index));
        times(size, () => void writer.u8(opcode.end));
      }, 400),
  },
  {
    name: "nested ifs with stores",
    size: 20_000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => {
          writer.u8(opcode.localGet).u8(0).u8(opcode.if).u8(noType);
          store(writer, 1);
        });
        times(size, () => void writer.u8(opcode.end));
      }, 4),
  },
  {
    name: "loops side by side",
    size: 30_000,
    build: (size) =>
      withBody((writer) =>
        times(size, () => {
          writer.u8(opcode.loop).u8(noType);
          store(writer, 0);
          writer.u8(opcode.end);
        }), 4),
  },
  {
    name: "many locals in many functions",
    size: 10_000,
    build: (size) =>
      withBodies(Array.from({ length: size }, () => ({
        locals: 49_000,
        write: (writer: ByteWriter) => void store(writer, 48_999),
      }))),
  },
  {
    name: "many functions with a loop",
    size: 50_000,
    build: (size) =>
      withBodies(Array.from({ length: size }, () => ({
        write: (writer: ByteWriter) => void writer.u8(opcode.loop).u8(noType).u8(opcode.end),
      }))),
  },
  {
    name: "br_table of many labels",
    size: 15_000,
    build: (size) =>
      withBody((writer) => {
        writer.u8(opcode.block).u8(noType);
        times(4, () => {
          writer.u8(opcode.localGet).u8(0).u8(opcode.brTable).u32(size);
          times(size + 1, () => void writer.u32(0));
        });
        writer.u8(opcode.end);
      }, 1),
  },
  {
    name: "br_table out of many blocks",
    size: 15_000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => void writer.u8(opcode.block).u8(noType));
        writer.u8(opcode.localGet).u8(0).u8(opcode.brTable).u32(size - 1);
        times(size, (index) => void writer.u32(index));
        times(size, () => void writer.u8(opcode.end));
      }, 1),
  },
  {
    name: "data segments scattered",
    size: 20_000,
    build: (size) =>
      withBody(() => {}, 0, {
        memories: [{ addressType: "i32", limits: { min: 16_384n, max: undefined }, shared: false }],
        data: Array.from({ length: size }, (_, index) => dataAt((index * 7919) % 100_000 * 100, 9)),
      }),
  },
  {
    name: "data segments that overlap",
    size: 10_000,
    build: (size) =>
      withBody(() => {}, 0, { data: Array.from({ length: size }, () => dataAt(0, 1000)) }),
  },
  {
    name: "many exports",
    size: 100_000,
    build: (size) =>
      withBody(() => {}, 0, {
        exports: Array.from({ length: size }, (_, index): Export => ({
          name: `export${index}`,
          kind: "function",
          index: 0,
        })),
      }),
  },
  {
    name: "many globals",
    size: 100_000,
    build: (size) => withBody(() => {}, 0, { globals: globals(size) }),
  },
  {
    name: "many types",
    size: 100_000,
    build: (size) =>
      withBody(() => {}, 0, {
        types: [plainType, ...Array.from({ length: size }, () => plainType)],
      }),
  },
  {
    name: "types with many parameters",
    size: 200,
    build: (size) =>
      withBody(() => {}, 0, {
        types: [
          plainType,
          ...Array.from({ length: size }, () => functionType(new Array(1000).fill("i32"), ["i64"])),
        ],
      }),
  },
  {
    name: "deep operand stacks",
    size: 1500,
    build: (size) =>
      withBody(
        (writer) => {
          times(size, () => void writer.u8(opcode.call).u8(0));
          times(size * 1000, () => void writer.u8(opcode.drop));
        },
        0,
        {
          types: [plainType, functionType([], new Array(1000).fill("i32"))],
          imports: [{ module: "m", name: "f", type: { kind: "function", type: 1 } }],
        },
      ),
  },
  {
    name: "calls of many results, dropped by blocks",
    size: 20_000,
    build: (size) =>
      withBody(
        (writer) =>
          times(size, () => {
            writer.u8(opcode.block).u8(noType).u8(opcode.call).u8(0).u8(0x0c).u8(0).u8(opcode.end);
          }),
        0,
        {
          types: [plainType, functionType([], new Array(1000).fill("i32"))],
          imports: [{ module: "m", name: "f", type: { kind: "function", type: 1 } }],
        },
      ),
  },
  {
    name: "blocks of many parameters",
    size: 20_000,
    build: (size) =>
      withBody(
        (writer) => {
          writer.u8(opcode.call).u8(0);
          times(size, () => void writer.u8(opcode.block).u8(2).u8(opcode.end));
          times(1000, () => void writer.u8(opcode.drop));
        },
        0,
        {
          types: [
            plainType,
            functionType([], new Array(1000).fill("i32")),
            functionType(new Array(1000).fill("i32"), new Array(1000).fill("i32")),
          ],
          imports: [{ module: "m", name: "f", type: { kind: "function", type: 1 } }],
        },
      ),
  },
  {
    name: "a long run of stores to many bases",
    size: 50_000,
    build: (size) =>
      withBody((writer) => times(size, (index) => void store(writer, index % 1000)), 1000),
  },
  {
    name: "a long run of stores to one base",
    size: 50_000,
    build: (size) =>
      withBody((writer) => times(size, (index) => void store(writer, 0, index * 2000)), 1),
  },
  {
    name: "a chain of calls",
    size: 100_000,
    build: (size) =>
      withBodies(Array.from({ length: size }, (_, index) => ({
        write: (writer: ByteWriter) => void writer.u8(opcode.call).u32((index + 1) % size),
      }))),
  },
  {
    name: "each function calls a hundred others",
    size: 5000,
    build: (size) =>
      withBodies(Array.from({ length: size }, (_, index) => ({
        write: (writer: ByteWriter) =>
          times(100, (call) => void writer.u8(opcode.call).u32((index * 31 + call * 97) % size)),
      }))),
  },
  {
    name: "nested try_table",
    size: 5000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => void writer.u8(opcode.tryTable).u8(noType).u32(1).u8(2).u32(0));
        times(size, () => void writer.u8(opcode.end));
      }),
  },
  {
    name: "try_table with many catches",
    size: 5000,
    build: (size) =>
      withBody((writer) => {
        writer.u8(opcode.tryTable).u8(noType).u32(size);
        times(size, () => void writer.u8(2).u32(0));
        writer.u8(opcode.end);
      }),
  },
  {
    name: "nested try and catch_all",
    size: 5000,
    build: (size) =>
      withBody((writer) => {
        times(size, () => void writer.u8(opcode.try).u8(noType));
        times(size, () => void writer.u8(opcode.catchAll).u8(opcode.end));
      }),
  },
  {
    name: "memory.init and data.drop of many segments",
    size: 5000,
    build: (size) =>
      withBody(
        (writer) =>
          times(size, (segment) => {
            times(3, () => void writer.u8(opcode.i32Const).u8(0));
            writer.u8(0xfc).u8(0x08).u32(segment).u8(0).u8(0xfc).u8(0x09).u32(segment);
          }),
        0,
        {
          dataCount: size,
          data: Array.from({ length: size }, (): DataSegment => ({
            mode: { kind: "passive" },
            content: rangeOf(new Uint8Array(9)),
          })),
        },
      ),
  },
  {
    name: "memories with images",
    size: 2000,
    build: (size) =>
      withBody(() => {}, 0, {
        memories: Array.from({ length: size }, () => ({
          addressType: "i32",
          limits: { min: 1n, max: 1n },
          shared: false,
        })),
        data: Array.from({ length: size }, (_, index): DataSegment => ({
          ...dataAt(0, 9),
          mode: { kind: "active", index, explicit: true, offset: constant(0) },
        })),
      }),
  },
];

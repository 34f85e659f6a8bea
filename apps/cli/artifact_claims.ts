/**
 * What an artifact says of itself in its section `skerry` (docs/artifact.md), for `skerry inspect`. These are
 * claims: whether they are true is for the verifier, and nothing here decides what is run.
 */

import { printable } from "@skerry/base";
import { ByteReader, bytesOf, type IndexSpaces, Malformed, type WasmModule } from "@skerry/wasm";

/** The claims. */
export interface ArtifactClaims {
  readonly passes: readonly string[];
  /** The module that it was made from. */
  readonly input: { readonly bytes: number; readonly sha256: string };
  /** How each memory of the module is reset. */
  readonly memories: readonly ("not reset" | "barrier" | "whole")[];
  readonly resettable: boolean;
  /** Why it cannot be reset, where that was wanted. */
  readonly notResettable: readonly string[];
  /** How many of each were added, and which functions. */
  readonly injected: Readonly<Record<string, number>>;
  readonly injectedFunctions: Readonly<Record<string, number>>;
}

/** What is said of an artifact; a text where its section cannot be read; undefined for an ordinary module. */
export function artifactClaims(
  module: WasmModule,
  spaces: IndexSpaces,
): ArtifactClaims | string | undefined {
  const section = module.customs.findLast(({ name }) => name === "skerry");
  if (section === undefined) return undefined;
  try {
    return readClaims(new ByteReader(bytesOf(section.content)), countsOf(module, spaces));
  } catch (error) {
    if (error instanceof Malformed) {
      return `${error.message}, at byte ${error.offset} of the section`;
    }
    throw error;
  }
}

const passNames = ["preempt", "grow", "reset", "dirty"] as const;
const modeNames = ["not reset", "barrier", "whole"] as const;

/** By the number that stands for each kind. */
const functionKinds = [
  ...["tick", "charge_length", "mark_range", "grow", "fill", "copy", "init", "grow_table"],
  ...["fill_table", "copy_table", "init_table", "restore", "sweep", "skerry:init", "skerry:reset"],
];

/** In the order in which the section counts what the module had. */
function countsOf(module: WasmModule, spaces: IndexSpaces): readonly [string, number][] {
  return [
    ["types", spaces.types.length],
    ["functions", spaces.functions.length],
    ["tables", spaces.tables.length],
    ["memories", spaces.memories.length],
    ["globals", spaces.globals.length],
    ["element segments", module.elements.length],
    ["data segments", module.data.length],
  ];
}

function readClaims(reader: ByteReader, found: readonly [string, number][]): ArtifactClaims {
  const version = reader.readU32();
  if (version !== 1) reader.fail(`version ${version} is not known`);
  const bits = reader.readU32();
  const passes = passNames.filter((_name, index) => (bits >> index & 1) === 1);
  const had = found.map(([what, count]) => {
    const guests = reader.readU32();
    return guests <= count ? guests : reader.fail(`${guests} ${what}, and there are ${count}`);
  });
  skipNumbers(reader, 5);
  const [, , tables = 0, memoryCount = 0] = had;
  const memories = repeat(memoryCount, () => {
    const mode = modeNames[reader.readU32()] ?? reader.fail("no such mode of a memory");
    skipNumbers(reader, 2);
    return mode;
  });
  skipNumbers(reader, tables * 2);
  skipEntries(reader, 2);
  skipNumbers(reader, 1);
  skipEntries(reader, 3);
  repeat(reader.readU32(), () => {
    reader.readU32();
    reader.readU64();
    skipNumbers(reader, 2);
  });
  const kinds = repeat(reader.readU32(), () => {
    const kind = functionKinds[reader.readU32()] ?? reader.fail("no such kind of a function");
    skipNumbers(reader, 2);
    return kind;
  });
  skipNumbers(reader, 1);
  const notResettable = repeat(reader.readU32(), () => printable(reader.readName()));
  const bytes = reader.readU32();
  skipNumbers(reader, 1);
  const start = reader.offset;
  reader.skip(32);
  const sha256 = reader.bytes.subarray(start, start + 32).toHex();
  return {
    passes,
    input: { bytes, sha256 },
    memories,
    resettable: passes.includes("reset"),
    notResettable,
    injected: Object.fromEntries(found.map(([what, count], at) => [what, count - (had[at] ?? 0)])),
    injectedFunctions: tally(kinds),
  };
}

function skipNumbers(reader: ByteReader, count: number): void {
  for (let left = count; left > 0; left -= 1) reader.readU32();
}

function skipEntries(reader: ByteReader, numbersEach: number): void {
  repeat(reader.readU32(), () => skipNumbers(reader, numbersEach));
}

/** Each entry takes a byte at least, so a count that is a lie comes to the section's end. */
function repeat<Entry>(count: number, read: () => Entry): Entry[] {
  const entries: Entry[] = [];
  while (entries.length < count) entries.push(read());
  return entries;
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

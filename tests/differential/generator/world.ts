/** What a generated module has: types, memories, tables, globals, tags, segments, functions. */

import type { Random } from "../random.ts";
import { hostKinds, type Kind } from "./kinds.ts";
import { firstSignature, fixedSignatures, hostFunctions, type Signature } from "./signatures.ts";

export interface WorldMemory {
  readonly address: "i32" | "i64";
  readonly min: number;
  readonly max: number | undefined;
}

export interface WorldTable {
  readonly address: "i32" | "i64";
  readonly element: "funcref" | "externref" | "anyref";
  readonly min: number;
  readonly max: number;
}

export interface WorldGlobal {
  readonly kind: Kind;
  readonly mutable: boolean;
}

/** The world of one module. Indexes in its lists are the module's own, imports first. */
export interface World {
  readonly random: Random;
  readonly memories: readonly WorldMemory[];
  readonly tables: readonly WorldTable[];
  readonly globals: readonly WorldGlobal[];
  /** Lists of parameters of the tags. */
  readonly tags: readonly (readonly Kind[])[];
  /** Bytes of the data segments, and which memory those that are active fill. */
  readonly data: readonly { readonly bytes: number; readonly memory: number | undefined }[];
  readonly elements: readonly {
    readonly kind: "funcref" | "externref" | "anyref";
    readonly count: number;
    readonly table: number | undefined;
  }[];
  /** Function types, from the type index `firstSignature` on. */
  readonly signatures: readonly Signature[];
  /** The signature of each function. */
  readonly functions: readonly number[];
  readonly importedFunctions: number;
  /** A module has either kind of exception handling. */
  readonly exceptions: "legacy" | "standard";
  /** The mutable i32 global that counts steps down. */
  readonly fuel: number;
}

/** The type index of a signature that stands in every module. */
export function typeIndexOf(world: World, { params, results }: Signature): number {
  const text = JSON.stringify({ params, results });
  const known = world.signatures.findIndex((each) => JSON.stringify(each) === text);
  if (known < 0) throw new Error(`no such signature: ${text}`);
  return firstSignature + known;
}

/** A world by chance. */
export function makeWorld(random: Random): World {
  const memories = Array.from(
    { length: random.weighted([[5, 1], [3, 2], [1, 3]]) },
    () => memory(random),
  );
  const tables = (["funcref", "externref", "funcref", "anyref"] as const)
    .slice(0, random.between(1, 4)).map((element) => table(random, element));
  const signatures = [...fixedSignatures];
  signatures.push({ params: ["i32", "i32"], results: [] });
  for (let more = random.between(3, 6); more > 0; more -= 1) {
    signatures.push({
      params: Array.from({ length: random.below(4) }, () => random.pick(hostKinds)),
      results: Array.from(
        { length: random.weighted([[2, 0], [4, 1], [1, 2]]) },
        () => random.pick(hostKinds),
      ),
    });
  }
  const own = Array.from(
    { length: random.between(3, 8) },
    () => random.between(fixedSignatures.length + 1, signatures.length - 1),
  );
  const imported = hostFunctions.map(([, signature]) => signature ?? fixedSignatures.length);
  return {
    random,
    memories,
    tables,
    globals: [{ kind: "i32", mutable: true }, ...globals(random)],
    tags: [["i32"], [], ["i64", "i32"]],
    data: data(random, memories),
    elements: elements(random, tables),
    signatures,
    functions: [...imported, ...own],
    importedFunctions: imported.length,
    exceptions: random.chance(0.4) ? "legacy" : "standard",
    fuel: 0,
  };
}

function memory(random: Random): WorldMemory {
  const min = random.weighted([[1, 0], [12, 1], [16, 2], [12, 3], [4, 5]]);
  const max = random.chance(0.7) ? min + random.below(6) : undefined;
  const address = random.chance(0.3) ? "i64" : "i32";
  return { address, min, max: address === "i64" ? max ?? min + 2 : max };
}

function table(random: Random, element: WorldTable["element"]): WorldTable {
  const min = random.weighted([[3, random.between(2, 12)], [1, 2500]]);
  return {
    address: random.chance(0.2) ? "i64" : "i32",
    element,
    min,
    max: min + random.below(3000),
  };
}

function globals(random: Random): WorldGlobal[] {
  const kinds: readonly Kind[] = [
    ...["i32", "i64", "f32", "f64", "v128", "funcref", "externref"] as const,
    ...["anyref", "struct", "array"] as const,
  ];
  return Array.from({ length: random.between(2, 9) }, () => ({
    kind: random.pick(kinds),
    mutable: random.chance(0.8),
  }));
}

function data(random: Random, memories: readonly WorldMemory[]): World["data"] {
  return Array.from({ length: random.below(5) }, () => ({
    bytes: random.weighted([[6, random.below(300)], [1, 70_000], [1, 5000]]),
    memory: random.chance(0.5) ? random.below(memories.length) : undefined,
  })).map(({ bytes, memory }) => {
    const room = (memories[memory ?? 0]?.min ?? 0) * 65_536;
    return { bytes, memory: memory !== undefined && bytes > room ? undefined : memory };
  });
}

function elements(random: Random, tables: readonly WorldTable[]): World["elements"] {
  return Array.from({ length: random.between(1, 5) }, () => {
    const at = random.below(tables.length);
    const { element, min } = tables[at] ?? { element: "funcref", min: 0 };
    const count = random.chance(0.1) ? 1500 : random.below(10);
    return {
      kind: element,
      count,
      table: count <= min && random.chance(0.6) ? at : undefined,
    };
  });
}

/** A module by chance, valid by construction: the same seed makes the same bytes. */

import {
  emptyModule,
  encodeModule,
  type Export,
  type Import,
  type RecursionGroup,
  type WasmModule,
} from "@skerry/wasm";
import { Random } from "../random.ts";
import { Code } from "./code.ts";
import { globalsOf, tablesOf } from "./definitions.ts";
import { type Body, functionBodies } from "./functions.ts";
import { typeOf } from "./kinds.ts";
import { dataOf, elementsOf } from "./segments.ts";
import { firstSignature, hostFunctions } from "./signatures.ts";
import { makeWorld, type World } from "./world.ts";

/** The module of a seed. */
export function generateModule(seed: number): Uint8Array<ArrayBuffer> {
  const world = makeWorld(new Random(seed));
  const { bodies, start } = functionBodies(world);
  return encodeModule({ ...definitionsOf(world), ...codeOf(world, bodies), start });
}

function definitionsOf(world: World): WasmModule {
  return {
    ...emptyModule,
    types: typesOf(world),
    imports: hostFunctions.map(([name], index): Import => ({
      module: "host",
      name,
      type: { kind: "function", type: firstSignature + (world.functions[index] ?? 0) },
    })),
    tables: tablesOf(world),
    memories: world.memories.map(({ address, min, max }) => ({
      addressType: address,
      limits: { min: BigInt(min), max: max === undefined ? undefined : BigInt(max) },
      shared: false,
    })),
    // The tags' types are those of the signatures that are added last.
    tags: Uint32Array.from(world.tags, (_, tag) => tagType(world) + tag),
    globals: globalsOf(world),
    elements: elementsOf(world),
    data: dataOf(world),
    dataCount: world.data.length,
  };
}

function tagType({ signatures }: World): number {
  return firstSignature + signatures.length;
}

function typesOf(world: World): RecursionGroup[] {
  const group = (composite: RecursionGroup["types"][number]["composite"]): RecursionGroup => ({
    explicit: false,
    types: [{ final: true, supertypes: [], composite }],
  });
  const mutable = (kind: Parameters<typeof typeOf>[0]) => ({
    storage: typeOf(kind),
    mutable: true,
  });
  const tags = world.tags.map((params) => ({ params, results: [] }));
  return [
    group({ kind: "struct", fields: (["i32", "i64", "anyref"] as const).map(mutable) }),
    group({ kind: "array", field: mutable("i32") }),
    group({ kind: "array", field: { storage: "i8", mutable: true } }),
    ...[...world.signatures, ...tags].map(({ params, results }) =>
      group({ kind: "function", params: params.map(typeOf), results: results.map(typeOf) })
    ),
  ];
}

function codeOf(world: World, bodies: readonly Body[]) {
  const code = new Code();
  const starts: number[] = [];
  for (const { bytes } of bodies) {
    starts.push(code.length);
    code.raw(bytes);
  }
  const exports = bodies.flatMap(({ name }, index): Export[] => [{
    name,
    kind: "function",
    index: world.importedFunctions + index,
  }]);
  return {
    functions: Uint32Array.from(bodies, ({ signature }) => firstSignature + signature),
    code: {
      bytes: code.toBytes(),
      starts: Uint32Array.from(starts),
      ends: Uint32Array.from([...starts.slice(1), code.length]),
    },
    exports,
  };
}

/** Segments with what they hold and where they go. */

import { type DataSegment, type ElementSegment, rangeOf } from "@skerry/wasm";
import { Code } from "./code.ts";
import { initialElement } from "./definitions.ts";
import { typeOf } from "./kinds.ts";
import type { World } from "./world.ts";

/** The element segments; one more, which declares every function, follows those of the world. */
export function elementsOf(world: World): ElementSegment[] {
  const { random } = world;
  const segments = world.elements.map(({ kind, count, table }): ElementSegment => {
    const mode = table === undefined ? { kind: "passive" } as const : {
      kind: "active",
      index: table,
      explicit: false,
      offset: rangeOf(offset(world, world.tables[table], count)),
    } as const;
    if (kind === "funcref" && random.chance(0.5)) {
      const indexes = Uint32Array.from(
        { length: count },
        () => random.below(world.functions.length),
      );
      return { mode, items: { kind: "functions", indexes } };
    }
    const code = new Code();
    const offsets = [0];
    for (let item = 0; item < count; item += 1) {
      initialElement(world, code, kind);
      offsets.push(code.op("end").length);
    }
    const type = typeOf(kind);
    if (typeof type === "string") throw new Error("elements are references");
    return {
      mode,
      items: {
        kind: "expressions",
        type,
        bytes: code.toBytes(),
        offsets: Uint32Array.from(offsets),
      },
    };
  });
  // References may be made of all functions.
  const indexes = Uint32Array.from(world.functions, (_, index) => index);
  return [...segments, { mode: { kind: "declarative" }, items: { kind: "functions", indexes } }];
}

/** The data segments. */
export function dataOf(world: World): DataSegment[] {
  return world.data.map(({ bytes, memory }) => ({
    mode: memory === undefined ? { kind: "passive" } : {
      kind: "active",
      index: memory,
      explicit: false,
      offset: rangeOf(offset(world, {
        address: world.memories[memory]?.address ?? "i32",
        min: (world.memories[memory]?.min ?? 0) * 65_536,
      }, bytes)),
    },
    content: rangeOf(world.random.bytes(bytes)),
  }));
}

/** Where a segment begins: in bounds, at the start or the very end in some. */
function offset(
  { random }: World,
  target: { readonly address: "i32" | "i64"; readonly min: number } | undefined,
  length: number,
): Uint8Array {
  const { address, min } = target ?? { address: "i32", min: length };
  const room = Math.max(min - length, 0);
  const at = random.pick([0, room, random.below(room + 1), Math.min(room, 4000)]);
  return new Code().address(address, at).op("end").toBytes();
}

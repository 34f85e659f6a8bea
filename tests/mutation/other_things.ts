/** Chooses other functions, globals and locals of the same type as one that is there. */

import { ByteReader, functionType, readLocals, type ValueType } from "@skerry/wasm";
import type { Random } from "../differential/random.ts";
import type { ArtifactView } from "./artifact_view.ts";
import { kindOf } from "./snippet_patterns.ts";

/** A guest's function without parameters and results, or another of ours. */
export function voidFunction(view: ArtifactView, random: Random): number | undefined {
  return functionLike(view, random, [], [], undefined);
}

/** A function with these parameters and results that is not the one named. */
export function functionLike(
  view: ArtifactView,
  random: Random,
  params: readonly ValueType[],
  results: readonly ValueType[],
  except: number | undefined,
): number | undefined {
  const tick = view.injected(kindOf("tick"));
  const wanted = `${params.join()}>${results.join()}`;
  return pickIndex(random, view.spaces.functions.length, (index) => {
    const type = functionType(view.spaces, index);
    return index !== except && index !== tick && type !== undefined &&
      `${type.params.join()}>${type.results.join()}` === wanted;
  });
}

/** A mutable i32 global that is not the fuel. */
export function otherGlobal(view: ArtifactView, random: Random): number | undefined {
  return pickIndex(random, view.spaces.globals.length, (index) => {
    const global = view.spaces.globals[index];
    return index !== view.section.fuel && global?.mutable === true && global.value === "i32";
  });
}

/** The types of a guest function's parameters and locals. */
export function localTypes(view: ArtifactView, body: number): ValueType[] {
  const type = functionType(view.spaces, body + view.spaces.importedFunctions);
  const groups = readLocals(new ByteReader(view.body(body).bytes));
  return [
    ...type?.params ?? [],
    ...groups.flatMap(({ count, type }) => Array.from({ length: count }, () => type)),
  ];
}

/** Another local of the same type. */
export function otherLocal(
  view: ArtifactView,
  random: Random,
  body: number,
  local: number,
): number | undefined {
  const types = localTypes(view, body);
  return pickIndex(
    random,
    types.length,
    (index) => index !== local && types[index] === types[local],
  );
}

/** One of the indexes for which this holds. */
export function pickIndex(
  random: Random,
  count: number,
  holds: (index: number) => boolean,
): number | undefined {
  if (count === 0) return undefined;
  const first = random.below(count);
  for (let step = 0; step < count; step += 1) {
    const index = (first + step) % count;
    if (holds(index)) return index;
  }
  return undefined;
}

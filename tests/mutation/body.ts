/**
 * A function's body in an artifact, with the runs that say which of its bytes are the guest's. It is never
 * changed: an edit makes another body, whose runs have moved along with the bytes they are about.
 */

import { ByteWriter } from "@skerry/wasm";

/** Bytes of the guest's: where they are in the body, where they were in the module. */
export interface Run {
  readonly at: number;
  readonly moduleAt: number;
  readonly length: number;
}

/** A body. */
export interface Body {
  readonly bytes: Uint8Array;
  /** Where it started in the module. */
  readonly start: number;
  readonly runs: readonly Run[];
}

/** Whose the bytes of an edit are: the guest's, ours, or the guest's by their first byte alone. */
export type Owner = "guest" | "ours" | "replaced";

/** The body with `removed` bytes at `at` replaced by others. */
export function splice(
  body: Body,
  at: number,
  removed: number,
  inserted: ArrayLike<number>,
  owner: Owner,
): Body {
  const { bytes, start, runs } = body;
  const result = new Uint8Array(bytes.length - removed + inserted.length);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(bytes.subarray(at + removed), at + inserted.length);
  const before = cut(runs, 0, at);
  const after = cut(runs, at + removed, bytes.length)
    .map((run) => ({ ...run, at: run.at - removed + inserted.length }));
  const length = owner === "guest" ? inserted.length : owner === "replaced" ? 1 : 0;
  const last = before.at(-1);
  const moduleAt = last === undefined ? start : last.moduleAt + last.length - 1;
  const own = length === 0 || inserted.length === 0 ? [] : [{ at, moduleAt, length }];
  return { bytes: result, start, runs: [...before, ...own, ...after] };
}

/** The parts of runs that lie between two offsets. */
function cut(runs: readonly Run[], from: number, to: number): Run[] {
  return runs.flatMap(({ at, moduleAt, length }) => {
    const first = Math.max(at, from);
    const end = Math.min(at + length, to);
    return first < end ? [{ at: first, moduleAt: moduleAt + first - at, length: end - first }] : [];
  });
}

/** The runs of a body, as the section `skerry.offsets` has them. */
export function encodeRuns({ start, runs }: Body): Uint8Array {
  const writer = new ByteWriter().u32(runs.length);
  let end = 0;
  let moduleEnd = start;
  for (const { at, moduleAt, length } of runs) {
    writer.u32(at - end).s33(moduleAt - moduleEnd).u32(length);
    end = at + length;
    moduleEnd = moduleAt + length;
  }
  return writer.toBytes();
}

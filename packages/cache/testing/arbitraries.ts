/** Anything that a store may be given, for tests of what holds for all of it. */

import fc from "fast-check";
import type { Field } from "@skerry/http";
import { bodyOf } from "../encoding/kept_set.ts";
import type { KeptSet, KeptVariant } from "../kept.ts";
import type { Extent, StoredResponse } from "../stored_response.ts";

/** Objects as others make them: fast-check's own may have no prototype. */
function record<Model>(model: { [K in keyof Model]: fc.Arbitrary<Model[K]> }): fc.Arbitrary<Model> {
  return fc.record<Model>(model, { noNullPrototype: true });
}

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ maxLength: 10, unit: "binary" }),
  fc.constantFrom("", "\u00ff", "\u0080x", "\ud800", "\ufffd", "max-age=60"),
);
const ms = fc.oneof(
  fc.nat(),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, Infinity, 1_790_000_000_000, 1_790_000_000_000.5, 2 ** 51, -(2 ** 52)),
);
const field: fc.Arbitrary<Field> = fc.tuple(
  fc.oneof(text, fc.constantFrom("etag", "ETag", "date", "Content-Type", "x-own")),
  fc.oneof(text, fc.constantFrom('"tag"', 'W/"tag"')),
);
const extent: fc.Arbitrary<Extent> = fc.oneof(
  fc.constant<Extent>({ kind: "whole" }),
  record({
    kind: fc.constant("part" as const),
    range: record({ first: ms, last: ms, complete: fc.option(ms, { nil: undefined }) }),
  }),
);
const validators = record({
  etag: fc.option(
    record({ isWeak: fc.boolean(), opaque: fc.oneof(text, fc.constant('"tag"')) }),
    { nil: undefined },
  ),
  lastModifiedMs: fc.option(ms, { nil: undefined }),
  dateMs: ms,
});

/** Fields, and what of them is served: most often some of them, seldom others. */
const fieldsAndServed = fc.tuple(fc.array(field, { maxLength: 6 }), fc.infiniteStream(fc.boolean()))
  .chain(([fields, isServed]) => {
    const some = fields.filter(() => isServed.next().value === true);
    return record({
      fields: fc.constant(fields),
      served: fc.oneof(fc.constant(fields), fc.constant(some), fc.array(field, { maxLength: 3 })),
    });
  });

/** A response. */
export const storedResponses: fc.Arbitrary<StoredResponse> = fc.tuple(
  fieldsAndServed,
  record({
    status: fc.integer({ min: 0, max: 999 }),
    vary: fc.array(text, { maxLength: 3 }),
    variant: text,
    validators,
    extent,
    responseMs: ms,
    initialAgeMs: ms,
    lifetimeMs: ms,
    staleWhileRevalidateMs: ms,
    staleIfErrorMs: ms,
    disconnectedMs: ms,
    mayBeStale: fc.boolean(),
    isValidatedAlways: fc.boolean(),
    isImmutable: fc.boolean(),
    surrogateKeys: fc.array(text, { maxLength: 4 }),
    epoch: ms,
    keptUntilMs: ms,
  }),
).map(([fields, rest]) => ({ ...rest, ...fields }));

const variant: fc.Arbitrary<KeptVariant> = record({
  stored: storedResponses,
  body: fc.uint8Array({ maxLength: 300 }).map(bodyOf),
});

/** A set. */
export const keptSets: fc.Arbitrary<KeptSet> = record({
  variants: fc.array(variant, { maxLength: 3 }),
  hitForMissUntilMs: ms,
});

/** The content of a body. */
export function contentOf(body: KeptVariant["body"]): Uint8Array {
  const bytes = new Uint8Array(body.bytes);
  let at = 0;
  for (const slice of body.bytes === 0 ? [] : body.slices(0, body.bytes - 1)) {
    bytes.set(slice, at);
    at += slice.length;
  }
  return bytes;
}

/** A set as a value that can be compared. */
export function plainSet(set: KeptSet): unknown {
  const variants = set.variants.map(({ stored, body }) => ({ stored, body: contentOf(body) }));
  return { variants, hitForMissUntilMs: set.hitForMissUntilMs };
}

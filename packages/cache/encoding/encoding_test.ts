import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes } from "@skerry/base";
import type { KeptSet } from "../kept.ts";
import { keptSets, plainSet, storedResponses } from "../testing/arbitraries.ts";
import { decodeSet, encodeSet } from "./kept_set.ts";
import { decodeResponse, encodeResponse } from "./stored_response.ts";

const flat = (set: KeptSet) => concatBytes(encodeSet(set).pieces);

Deno.test("a stored response comes back from its bytes as it was", () => {
  fc.assert(
    fc.property(storedResponses, (stored) => {
      assert.deepEqual(decodeResponse(encodeResponse(stored)), stored);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a set comes back from its bytes as it was, with its bodies", () => {
  fc.assert(
    fc.property(keptSets, (set) => {
      const { bytes, pieces } = encodeSet(set);
      const whole = concatBytes(pieces);
      assert.equal(whole.length, bytes);
      const found = decodeSet(whole);
      assert.deepEqual(found && plainSet(found), plainSet(set));
    }),
    { numRuns: 1500 },
  );
});

Deno.test("bytes that were cut short, or have more behind them, are no set and no response", () => {
  fc.assert(
    fc.property(keptSets, storedResponses, fc.nat(), (set, stored, seed) => {
      const bytes = flat(set);
      assert.equal(decodeSet(bytes.subarray(0, seed % bytes.length)), undefined);
      assert.equal(decodeSet(concatBytes([bytes, new Uint8Array(1)])), undefined);
      const head = encodeResponse(stored);
      assert.equal(decodeResponse(head.subarray(0, seed % head.length)), undefined);
      assert.equal(decodeResponse(concatBytes([head, new Uint8Array(1)])), undefined);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("whatever bytes are read, they give a value or none, and never much more than they are", () => {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  const changed = fc.tuple(keptSets, fc.array(change, { minLength: 1, maxLength: 5 })).map(
    ([set, changes]) => {
      const bytes = flat(set);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    },
  );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), changed), (bytes) => {
      const set = decodeSet(bytes);
      const kept = set?.variants.reduce(
        (sum, { stored, body }) =>
          sum + body.bytes + stored.fields.length + stored.served.length + stored.vary.length +
          stored.surrogateKeys.length,
        0,
      );
      assert.ok((kept ?? 0) <= 3 * bytes.length);
      decodeResponse(bytes);
    }),
    { numRuns: 5000 },
  );
});

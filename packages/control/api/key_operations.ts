/** Keys and values of tenants. Keys stand in the path, percent-encoded; values are bytes. */

import { encodeUtf8, SkerryError } from "@skerry/base";
import { type Field, fieldValue } from "@skerry/http";
import * as v from "valibot";
import type { Control } from "../control.ts";
import { isName, nameForm } from "../names.ts";
import { mistaken, notFound, Refusal } from "../refusal.ts";
import { readAll } from "./body.ts";
import { type Answer, answer, type Call, type Operation } from "./operation.ts";
import type { KeyBudget, KeyFailure, KeyInfo, KeyValues, KeyWrite, Unchanged } from "./ports.ts";

/** The largest value that is read; what the store takes may be less. */
const valueBytesMax = 4 * 2 ** 20;

const storePath = "/v1/tenants/{tenant}/kv/{store}";
const keyPath = `${storePath}/{key}`;
/** What a key has after it was written. */
export const generation = v.strictObject({ generation: v.number() });

/** A piece of a list of keys. */
export const listedKeys = v.strictObject({
  keys: v.array(v.strictObject({
    key: v.string(),
    generation: v.number(),
    valueBytes: v.number(),
    expiresMs: v.optional(v.number()),
    metadata: v.string(),
  })),
  next: v.optional(v.string()),
});

/** What there is to do with keys. */
export function keyOperations(
  { store }: Control,
  keyValues: KeyValues,
  budget: KeyBudget,
): Operation[] {
  const budgetOf = (tenant: string): KeyBudget => {
    const { keyValueBytesMax: bytesMax = budget.bytesMax } = store.tenant(tenant).settings;
    return { ...budget, bytesMax };
  };
  return [
    {
      ...{ id: "listKeys", method: "GET", path: storePath, access: "kv" },
      about: "Lists keys in the order of their bytes. Keys and metadata are in base64url.",
      query: {
        prefix: { about: "Only keys that begin with this.", kind: "text" },
        after: { about: "`next` of the piece before.", kind: "text" },
        limit: { about: "How many at most.", kind: "count" },
      },
      answers: { 200: { about: "A piece of the list.", schema: listedKeys } },
      act(call) {
        const after = call.text("after");
        const found = keyValues.list(storeOf(call), {
          prefix: encodeUtf8(call.text("prefix") ?? ""),
          keysMax: Math.max(1, Math.min(call.count("limit") ?? 100, 1_000)),
          ...(after !== undefined && { after: fromBase64(after) }),
        });
        if (found.kind !== "ok") throw failure(found);
        const keys = found.keys.map(({ key, metadata, generation, valueBytes, expiresMs }) => {
          const texts = { key: toBase64(key), metadata: toBase64(metadata) };
          return { ...texts, generation, valueBytes, expiresMs };
        });
        return answer({ keys, next: found.after && toBase64(found.after) });
      },
    },
    {
      ...{ id: "getKey", method: "GET", path: keyPath, access: "kv" },
      about: "Gives a key's value; its generation is the ETag.",
      answers: { 200: { about: "The value.", media: "application/octet-stream" } },
      act(call) {
        const found = keyValues.get(storeOf(call), keyOf(call));
        if (found.kind === "not found") throw notFound("such key");
        if (found.kind !== "ok") throw failure(found);
        const { value } = found.entry;
        const response = { status: 200, fields: fieldsOf(found.entry), body: value };
        return { kind: "response", response };
      },
    },
    {
      ...{ id: "putKey", method: "PUT", path: keyPath, access: "kv" },
      about: "Sets a key's value; with `If-None-Match: *` only where there is none.",
      query: {
        ttlMs: { about: "How long it stays.", kind: "count" },
        metadata: { about: "What is kept beside it.", kind: "text" },
      },
      fields: ["If-Match", "If-None-Match"],
      body: {
        kind: "bytes",
        media: ["application/octet-stream", "text/plain", "application/json"],
      },
      answers: { 200: { about: "It is kept.", schema: generation } },
      async act(call) {
        const value = await readAll(call.bytes(), valueBytesMax);
        const tenant = call.part("tenant");
        const put = keyValues.put(
          storeOf(call),
          keyOf(call),
          writeOf(call, value),
          budgetOf(tenant),
        );
        if (put.kind === "conflict") throw conflict(put.generation);
        if (put.kind === "over budget") {
          const why = `the tenant may not keep more ${put.which}`;
          throw new Refusal("SKERRY_QUOTA_USED_UP", why);
        }
        if (put.kind !== "ok") throw failure(put);
        return answer({ generation: put.generation }, 200, put.generation);
      },
    },
    {
      ...{ id: "removeKey", method: "DELETE", path: keyPath, access: "kv" },
      about: "Removes a key.",
      fields: ["If-Match"],
      answers: { 204: { about: "It is gone." } },
      act(call): Answer {
        const removed = keyValues.delete(storeOf(call), keyOf(call), unchanged(call) ?? "always");
        if (removed.kind === "not found") throw notFound("such key");
        if (removed.kind === "conflict") throw conflict(removed.generation);
        if (removed.kind !== "ok") throw failure(removed);
        return { kind: "response", response: { status: 204, fields: [], body: undefined } };
      },
    },
  ];
}

function storeOf({ part }: Call) {
  const store = part("store");
  if (!isName(store)) throw mistaken("store", `expected ${nameForm}`);
  return { tenant: part("tenant"), store };
}

function keyOf({ part }: Call): Uint8Array {
  return encodeUtf8(part("key"));
}

function unchanged({ revision }: Call): Unchanged | undefined {
  return revision === undefined ? undefined : { generation: revision };
}

function writeOf(call: Call, value: Uint8Array): KeyWrite {
  const isNew = fieldValue(call.request.fields, "if-none-match") === "*";
  const [ttlMs, metadata] = [call.count("ttlMs"), call.text("metadata")];
  if (ttlMs === 0) throw mistaken("ttlMs", "expected a number above 0");
  return {
    value,
    condition: isNew ? "absent" : unchanged(call) ?? "always",
    ...(ttlMs !== undefined && { ttlMs }),
    ...(metadata !== undefined && { metadata: encodeUtf8(metadata) }),
  };
}

function fieldsOf({ generation, expiresMs, metadata }: KeyInfo): Field[] {
  const expires: Field[] = expiresMs === undefined ? [] : [["skerry-expires-ms", `${expiresMs}`]];
  return [
    ["content-type", "application/octet-stream"],
    ["etag", `"${generation}"`],
    ["skerry-metadata", toBase64(metadata)],
    ...expires,
  ];
}

function conflict(generation: number): Refusal {
  const why = generation === 0 ? "there is no such key" : `the key is at generation ${generation}`;
  return new Refusal("SKERRY_REVISION_CHANGED", why);
}

/** What is thrown where keys could not be had. */
export function failure(failed: KeyFailure): Error {
  if (failed.kind === "too large") {
    return new Refusal("SKERRY_BODY_TOO_LARGE", "the key, its value or its metadata is too large");
  }
  if (failed.why !== "busy") return new SkerryError("SKERRY_DATABASE_FAILED", failed.message);
  const details = { retryAfterMs: 1_000 };
  return new Refusal("SKERRY_NODE_UNAVAILABLE", "others write all the time", details);
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    throw mistaken("after", "expected `next` of the piece before");
  }
}

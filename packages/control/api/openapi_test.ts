import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { anything, assert, constantFrom, jsonValue, oneof, property } from "fast-check";
import * as v from "valibot";
import { documentOf, testApi } from "../testing/api.ts";
import { lookUp, problemsOf } from "../testing/json_schema.ts";
import { settingsFor } from "../testing/node.ts";
import { jsonSchemaOf } from "./json_schema.ts";
import type { Schema } from "./operation.ts";
import { fastlyKeysSchema, purgeSchema } from "./purge_schemas.ts";
import {
  canarySchema,
  deploySchema,
  tenantSettingsSchema,
  tokenSchema,
  versionSettingsSchema,
} from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

Deno.test("the document has just the routes that are answered, each with what it takes and gives", async () => {
  const { api, node } = await testApi();
  const document = documentOf(api());
  const paths = document["paths"] as Record<string, Record<string, Json>>;
  const told = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
  );
  const answered = api().operations.map(({ method, path }) => `${method} ${path}`);
  deepEqual(told.sort(), [...new Set(answered)].sort());
  equal(new Set(answered).size, answered.length);
  const ids = api().operations.map(({ id }) => id);
  equal(new Set(ids).size, ids.length);
  for (const operation of api().operations) {
    const item = paths[operation.path]?.[operation.method.toLowerCase()];
    ok(item !== undefined);
    equal(item["requestBody"] !== undefined, operation.body !== undefined, operation.id);
    const statuses = Object.keys(item["responses"] as Json);
    deepEqual(statuses, [...Object.keys(operation.answers), "default"]);
    const parameters = item["parameters"] as Json[];
    const inPath = parameters.filter((each) => each["in"] === "path").map((each) => each["name"]);
    deepEqual(inPath, [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  }
  node.close();
});

Deno.test("every reference in the document leads somewhere, and it is JSON", async () => {
  const { api, node } = await testApi();
  const document = documentOf(api());
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
  ok(references.length > 10);
  for (const [, reference = ""] of references) ok(lookUp(document, reference) !== undefined);
  deepEqual(JSON.parse(JSON.stringify(document)), document);
  node.close();
});

const schemas: Readonly<Record<string, Schema>> = {
  canarySchema,
  deploySchema,
  fastlyKeysSchema,
  purgeSchema,
  tenantSettingsSchema,
  tokenSchema,
  versionSettingsSchema,
};

/** Values that schemas take, to be changed in one place. */
const taken = [
  { weight: 2, sandboxesMax: 5, privateBackends: ["10.0.0.0/8", "[fd00::]/8"] },
  { version: 1, percent: 5, sticky: { cookie: "visitor" } },
  { version: 1, percent: 99.99, sticky: { field: "x-user" } },
  { urls: ["https://a.example/b?c"], keys: ["a"], hosts: ["a.example:8080"], soft: true },
  { surrogate_keys: ["a", "b c"] },
  { name: "ci", scopes: ["read", "deploy"], expiresMs: 5 },
  {
    ...settingsFor("a.example", { clock: "frozen", wallMsMax: 0.5, env: { A: "b" } }),
    backends: { api: { origin: "https://api.example", health: { path: "/up", everyMs: 5 } } },
    health: { path: "/", status: 204 },
  },
  { module: `sha256:${"0".repeat(64)}`, settings: settingsFor("a.example"), activate: false },
];

Deno.test("the document takes what the API takes, and refuses what it refuses", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    const told = jsonSchemaOf(schema);
    const check = (value: unknown) => {
      const isTaken = v.is(schema, value) && !hasList(value, told);
      equal(problemsOf(value, told, {}).length === 0, isTaken, `${name}: ${JSON.stringify(value)}`);
    };
    for (const value of taken) check(value);
    const part = oneof(jsonValue(), constantFrom(-1, 0, 1.5, 1e9, "", "a", "A!", "x".repeat(2000)));
    assert(
      property(constantFrom(...taken), anything(), part, (value, seed, put) => {
        check(changed(value, Math.abs(JSON.stringify(seed)?.length ?? 0), put));
      }),
      { numRuns: 300 },
    );
  }
});

Deno.test("a schema that the document could not tell is a mistake of ours", () => {
  const untold = [v.date(), v.pipe(v.string(), v.email()), v.pipe(v.string(), v.regex(/a/i))];
  for (const schema of untold) throws(() => jsonSchemaOf(schema), /bug in Skerry/);
});

/** The value with another one at one of its places. */
function changed(value: unknown, place: number, put: unknown): unknown {
  if (typeof value !== "object" || value === null) return put;
  const keys = Object.keys(value);
  const key = keys[place % (keys.length + 1)];
  if (key === undefined) return put;
  const inner = changed((value as Record<string, unknown>)[key], place >> 1, put);
  return Array.isArray(value)
    ? value.map((each, index) => String(index) === key ? inner : each)
    : { ...value, [key]: inner };
}

/** Whether a list stands where the document has an object: the API looks at that itself. */
function hasList(value: unknown, schema: Json): boolean {
  if (Array.isArray(value) && schema["type"] === "object") return true;
  if (typeof value !== "object" || value === null) return false;
  const properties = schema["properties"] as Readonly<Record<string, Json>> | undefined;
  const rest = schema["items"] ?? schema["additionalProperties"];
  return Object.entries(value).some(([key, inner]) => {
    const own = properties?.[key] ?? rest;
    return typeof own === "object" && hasList(inner, own as Json);
  });
}

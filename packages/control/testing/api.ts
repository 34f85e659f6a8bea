/** The admin API of a node under test, called without a socket; each answer is held against the document. */

import { ok } from "node:assert/strict";
import { concatBytes, decodeUtf8, encodeUtf8, sourceOf } from "@skerry/base";
import { type Field, fieldValue, type HttpResponse } from "@skerry/http";
import { AdminApi } from "../api/admin_api.ts";
import type { AnswerOf } from "../api/read_answers.ts";
import type { KeyInfo, KeyValues, NodeStatus } from "../api/ports.ts";
import { type PurgeOrder, Purging } from "../purging.ts";
import type { Scope } from "../scopes.ts";
import { problemsOf } from "./json_schema.ts";
import { type TestNode, testNode } from "./node.ts";

type Json = Readonly<Record<string, unknown>>;

/** What is sent beside method and path. */
export interface Sent {
  readonly token?: string;
  /** A value is sent as JSON, a text or bytes as they are. */
  readonly body?: unknown;
  readonly type?: string;
  readonly fields?: readonly Field[];
  readonly from?: string;
}

/** An answer, its body read. */
export interface Received {
  readonly status: number;
  readonly field: (name: string) => string | undefined;
  readonly text: string;
  /** The body as JSON; empty where it is none. */
  // deno-lint-ignore no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

/** A node with its API. */
export interface TestApi {
  readonly node: TestNode;
  /** The operator's token. */
  readonly root: string;
  readonly api: () => AdminApi;
  readonly faults: unknown[];
  /** The operations that were answered with what they are for. */
  readonly done: Set<string>;
  /** All that was purged. */
  readonly purges: readonly PurgeOrder[];
  status: NodeStatus;
  explain: (url: string) => AnswerOf<"explanation"> | undefined;
  /** What followers of services are told; they end when it does. */
  events: (signal: AbortSignal) => AsyncIterable<string>;
  call(method: string, path: string, sent?: Sent): Promise<Received>;
  /** The same without a look at the body. */
  respond(method: string, path: string, sent?: Sent): Promise<HttpResponse>;
  /** A token of a tenant. */
  token(tenant: string, ...scopes: Scope[]): Promise<string>;
  crash(): Promise<void>;
}

/** Makes a node with its API and the tenants `acme` and `bolt`. */
export async function testApi(limits: Parameters<typeof testNode>[0] = {}): Promise<TestApi> {
  const node = await testNode(limits);
  const keyValues = memoryKeyValues();
  const faults: unknown[] = [];
  const done = new Set<string>();
  const purges: PurgeOrder[] = [];
  let gone: (() => void) | undefined;
  const make = () =>
    new AdminApi({
      purging: new Purging(node.control, {
        purge(order) {
          purges.push(order);
          return Promise.resolve({ id: `${purges.length}`, nodes: { here: 5 }, pending: [] });
        },
      }),
      ...{ control: node.control, keyValues, keyBudget: { bytesMax: 1000, keysMax: 10 } },
      ...{ version: "0.0.0", onFault: (error) => faults.push(error) },
      tail: { follow: (_service, signal) => made.events(signal) },
      cache: { explain: ({ url }) => Promise.resolve(made.explain(url)) },
      node: {
        status: () => made.status.status(),
        addresses: () => made.status.addresses(),
        ready: () => made.status.ready(),
        metrics: (tenant) => made.status.metrics(tenant),
        metricsText: (tenant, accept) => made.status.metricsText(tenant, accept),
      },
    });
  let api = make();
  const first = await node.control.tokens.first(() => Promise.resolve());
  const root = first?.text ?? "";
  const made: TestApi = {
    ...{ node, root, faults, done, purges, api: () => api },
    status: {
      status: () => ({ cells: [] }),
      addresses: () => ({ http: "http://127.0.0.1:7676" }),
      ready: () => ({ isReady: true }),
      metrics: (tenant) => ({ tenant: tenant ?? null }),
      metricsText: (tenant) => ({ media: "text/plain", text: `of ${tenant ?? "all"}` }),
    },
    explain: () => undefined,
    async *events() {
      yield '{"n":1}';
    },
    async respond(method, path, { token = root, body, type, fields = [], from } = {}) {
      const raw = body instanceof Uint8Array || typeof body === "string";
      const bytes = raw ? body : body === undefined ? undefined : encodeUtf8(JSON.stringify(body));
      const sent: Field[] = [["Host", "node.example"], ...fields];
      if (token !== "") sent.push(["Authorization", `Bearer ${token}`]);
      if (bytes !== undefined) sent.push(["Content-Type", type ?? "application/json"]);
      return await api.handle({
        ...{ method, target: path, scheme: "http", fields: sent },
        body: bytes === undefined ? undefined : sourceOf(bytes),
        peer: { address: from ?? "192.0.2.1", port: 1 },
        whenGone: (act) => gone = act,
      });
    },
    async call(method, path, sent = {}) {
      const { status, fields, body } = await made.respond(method, path, sent);
      const pieces = body instanceof Uint8Array ? [body] : await Array.fromAsync(body ?? []);
      const text = decodeUtf8(concatBytes(pieces));
      const type = fieldValue(fields, "content-type") ?? "";
      const json = /json$/.test(type) && !type.includes("ndjson") ? JSON.parse(text) : {};
      const id = checkAnswer(api, method, path, { status, type, json });
      if (id !== undefined && status < 300) done.add(id);
      return { status, field: (name) => fieldValue(fields, name), text, json };
    },
    async token(tenant, ...scopes) {
      const path = `/v1/tenants/${tenant}/tokens`;
      return (await made.call("POST", path, { body: { name: "test", scopes } })).json.token;
    },
    async crash() {
      gone?.();
      await node.crash();
      api = make();
    },
  };
  for (const tenant of ["acme", "bolt"]) {
    await made.call("PUT", `/v1/tenants/${tenant}`, { body: {} });
  }
  return made;
}

/** Holds an answer against what the document says of it. */
function checkAnswer(
  api: AdminApi,
  method: string,
  target: string,
  { status, type, json }: { status: number; type: string; json: unknown },
): string | undefined {
  const path = target.replace(/\?.*/, "").split("/");
  const operation = api.operations.find((each) => {
    const parts = each.path.split("/");
    return each.method === method && parts.length === path.length &&
      parts.every((part, index) => part.startsWith("{") || part === path[index]);
  });
  const isProblem = type === "application/problem+json";
  if (operation === undefined) {
    ok(isProblem, `${method} ${target}: ${status} ${type}`);
    return undefined;
  }
  const document = documentOf(api);
  const item = (document["paths"] as Record<string, Record<string, Json>>)[operation.path];
  const responses = item?.[method.toLowerCase()]?.["responses"] as Record<string, Json>;
  const response = isProblem ? responses["default"] : responses[String(status)];
  ok(response !== undefined, `${operation.id} is not said to answer ${status}`);
  const content = (response["content"] ?? {}) as Record<string, Json>;
  const kind = content[type];
  ok(kind !== undefined || type === "", `${operation.id} is not said to answer ${type}`);
  const schema = (kind?.["schema"] ?? {}) as Json;
  const problems = problemsOf(json, schema, document);
  ok(problems.length === 0, `${operation.id}: ${problems.join(", ")}\n${JSON.stringify(json)}`);
  return operation.id;
}

const documents = new WeakMap<AdminApi, Json>();

/** The document of an API, as it is served. */
export function documentOf(api: AdminApi): Json {
  const known = documents.get(api);
  if (known !== undefined) return known;
  const operation = api.operations.find(({ id }) => id === "document");
  // deno-lint-ignore no-explicit-any -- this operation looks at nothing of its call
  const answer = operation?.act(undefined as any) as { value: Json };
  const document = JSON.parse(JSON.stringify(answer.value)) as Json;
  documents.set(api, document);
  return document;
}

/** Keys and values in memory, as the API knows a store. */
function memoryKeyValues(): KeyValues {
  const kept = new Map<
    string,
    KeyInfo & { readonly value: Uint8Array; readonly key: Uint8Array }
  >();
  let generation = 0;
  const id = ({ tenant, store }: { tenant: string; store: string }, key: Uint8Array) =>
    `${tenant}/${store}/${key.toHex()}`;
  return {
    get(name, key) {
      const entry = kept.get(id(name, key));
      return entry === undefined ? { kind: "not found" } : { kind: "ok", entry };
    },
    put(name, key, { value, metadata = new Uint8Array(0), condition = "always", ttlMs }, budget) {
      const found = kept.get(id(name, key))?.generation ?? 0;
      const wanted = condition === "absent"
        ? 0
        : condition === "always"
        ? found
        : condition.generation;
      if (found !== wanted) return { kind: "conflict", generation: found };
      if (value.length > budget.bytesMax) return { kind: "over budget", which: "bytes" };
      generation += 1;
      kept.set(id(name, key), { key, value, metadata, generation, expiresMs: ttlMs });
      return { kind: "ok", generation };
    },
    forget(tenant, keysMax) {
      const own = [...kept.keys()].filter((name) => name.startsWith(`${tenant}/`));
      const removed = own.slice(0, keysMax);
      for (const name of removed) kept.delete(name);
      return { kind: "ok", removed: removed.length };
    },
    delete(name, key, condition) {
      const found = kept.get(id(name, key));
      if (found === undefined) return { kind: "not found" };
      if (condition !== "always" && condition.generation !== found.generation) {
        return { kind: "conflict", generation: found.generation };
      }
      kept.delete(id(name, key));
      return { kind: "ok" };
    },
    list({ tenant, store }, { prefix, after, keysMax }) {
      const start = `${tenant}/${store}/${prefix.toHex()}`;
      const last = after === undefined ? "" : `${tenant}/${store}/${after.toHex()}`;
      const names = [...kept.keys()].filter((name) => name.startsWith(start) && name > last).sort();
      const keys = names.slice(0, keysMax).flatMap((name) => kept.get(name) ?? [])
        .map((entry) => ({ ...entry, valueBytes: entry.value.length }));
      return { kind: "ok", keys, after: names.length > keysMax ? keys.at(-1)?.key : undefined };
    },
  };
}

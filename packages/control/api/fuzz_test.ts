import { deepEqual, equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { type TestApi, testApi } from "../testing/api.ts";
import { settingsFor } from "../testing/node.ts";

async function withApi(act: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await testApi();
  try {
    await act(api);
    deepEqual(api.faults, []);
  } finally {
    api.node.close();
  }
}

/** Keys that schemas know, so that what is made up comes near to what is taken. */
const keys = [
  ...["module", "settings", "activate", "note", "env", "routes", "host", "prefix", "backends"],
  ...["origin", "health", "path", "status", "version", "percent", "sticky", "cookie", "value"],
  ...["name", "scopes", "expiresMs", "weight", "privateBackends", "__proto__", "constructor"],
];

const leaf = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1, 1e308, 2 ** 53, "", "read", "operator", "a.example", "*"),
  fc.string(),
  fc.double(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("tree"), { maxLength: 4 }), tie("object")),
  object: fc.dictionary(fc.constantFrom(...keys), tie("tree"), { maxKeys: 6 }),
}));

const near = fc.record({
  module: fc.constant(`sha256:${"0".repeat(64)}`),
  settings: tree.map((value) => ({ ...settingsFor("a.example"), ...Object(value) })),
});

/** What is sent: JSON near to what is taken, far from it, or no JSON. */
const body = fc.oneof(
  tree.map((value) => JSON.stringify(value)),
  near.map((value) => JSON.stringify(value)),
  fc.string(),
  fc.uint8Array(),
);

Deno.test("no body makes an operation fail otherwise than with what is wrong with it", () =>
  withApi(async (api) => {
    const operations = api.api().operations.filter(({ body }) => body !== undefined);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operations),
        body,
        async ({ id, method, path, body }, sent) => {
          const there = path.replace("{tenant}", "acme").replaceAll(/\{\w+\}/g, "x");
          const type = body?.kind === "bytes" ? body.media[0] ?? "" : "application/json";
          const { status } = await api.call(method, there, { body: sent, type });
          ok(status < 500, `${id}: ${status}`);
        },
      ),
      { numRuns: 400 },
    );
    equal((await api.call("GET", "/healthz")).status, 200);
  }));

Deno.test("no target, method or field makes the API fail otherwise than with a problem", () =>
  withApi(async (api) => {
    const part = fc.oneof(
      fc.constantFrom(
        "v1",
        "tenants",
        "acme",
        "services",
        "shop",
        "versions",
        "kv",
        "..",
        "%2e",
        "%00",
      ),
      fc.webSegment(),
      fc.string(),
    );
    const field = fc.tuple(
      fc.constantFrom(
        "Authorization",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Host",
        "Content-Length",
      ),
      fc.oneof(
        fc.string(),
        fc.constantFrom("Bearer ", "*", '"1"', "Basic eDp5", `Bearer ${api.root}`),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "get", "A B"),
        fc.array(part, { maxLength: 8 }),
        fc.string(),
        fc.array(field, { maxLength: 3 }),
        async (method, parts, query, fields) => {
          const target = `/${parts.join("/")}${query === "" ? "" : `?${query}`}`;
          const { status, body } = await api.respond(method, target, { fields });
          ok(status < 500, `${method} ${target}: ${status}`);
          if (status >= 400) ok(body instanceof Uint8Array && body.length > 50);
        },
      ),
      { numRuns: 500 },
    );
  }));

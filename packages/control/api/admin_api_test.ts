import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { concatBytes, decodeUtf8, encodeUtf8, sha256, SkerryError } from "@skerry/base";
import { digestText } from "../names.ts";
import { settingsFor } from "../testing/node.ts";
import { type TestApi, testApi } from "../testing/api.ts";

async function withApi(
  act: (api: TestApi) => Promise<void>,
  limits: Parameters<typeof testApi>[0] = {},
): Promise<void> {
  const api = await testApi(limits);
  try {
    await act(api);
    deepEqual(api.faults, []);
  } finally {
    api.node.close();
  }
}

const acme = "/v1/tenants/acme";
const shop = `${acme}/services/shop`;
const wasm = { type: "application/wasm" };
const module = digestText(await sha256(encodeUtf8("a module")));

function deployment(more: Record<string, unknown> = {}) {
  return { module, settings: settingsFor("shop.example"), ...more };
}

/** Uploads the module and deploys it as the service `shop` of `acme`. */
async function deploy({ call }: TestApi, more: Record<string, unknown> = {}) {
  await call("PUT", `${acme}/modules/${module}`, { body: "a module", ...wasm });
  return await call("POST", `${shop}/versions`, { body: deployment(more) });
}

Deno.test("a service's life, by the API alone; every operation answers as its document says", () =>
  withApi(async (api) => {
    const { call } = api;
    equal((await call("GET", "/healthz", { token: "" })).status, 200);
    equal((await call("GET", "/readyz", { token: "" })).status, 200);
    equal((await call("GET", "/v1/openapi.json", { token: "" })).json.openapi, "3.1.0");
    deepEqual((await call("GET", "/v1/node")).json, { cells: [] });
    deepEqual((await call("GET", "/v1/addresses")).json, { http: "http://127.0.0.1:7676" });
    deepEqual((await call("GET", "/v1/metrics.json")).json, { tenant: null });
    equal((await call("GET", "/metrics")).text, "of all");
    equal((await call("PUT", acme, { body: { servicesMax: 3 } })).status, 200);
    const { tenants } = (await call("GET", "/v1/tenants")).json;
    deepEqual(tenants.map(({ name }: { name: string }) => name), ["acme", "bolt"]);
    deepEqual((await call("GET", acme)).json.settings, { servicesMax: 3 });

    equal((await call("PUT", shop)).status, 201);
    equal((await call("PUT", shop)).status, 200);
    await call("PUT", `${shop}/config/greeting`, { body: { value: "hello" } });
    await call("PUT", `${shop}/secrets/key`, { body: { value: "swordfish" } });
    equal((await call("GET", `${acme}/modules/${module}`)).status, 404);
    const first = await deploy(api, { note: "first" });
    equal(first.status, 201);
    equal(first.json.activation, "activated");
    deepEqual(first.json.cells, { acknowledged: 2, of: 2 });
    equal((await call("GET", `${acme}/modules/${module}`)).status, 200);
    const [served] = (await api.node.control.allServices()).services;
    deepEqual([served?.config, served?.secrets], [{ greeting: "hello" }, { key: "swordfish" }]);

    await deploy(api, { activate: false });
    await call("PUT", `${shop}/canary`, {
      body: { version: 2, percent: 5, sticky: { cookie: "v" } },
    });
    deepEqual((await call("GET", shop)).json.canary.sticky, { cookie: "v" });
    await call("DELETE", `${shop}/canary`);
    await call("PUT", `${shop}/canary`, { body: { version: 2, percent: 0.5 } });
    equal((await call("POST", `${shop}/canary/promote`)).json.service.active, 2);
    equal((await call("POST", `${shop}/rollback`)).json.service.active, 1);
    equal((await call("POST", `${shop}/versions/2/activate`)).json.service.active, 2);
    equal((await call("GET", `${shop}/versions`)).json.versions.length, 2);
    equal((await call("GET", `${shop}/versions/1`)).json.note, "first");
    equal((await call("GET", `${acme}/services`)).json.services.length, 1);

    equal((await call("GET", `${shop}/config`)).json.config[0].value, "hello");
    deepEqual(Object.keys((await call("GET", `${shop}/secrets`)).json.secrets[0]), [
      ...["name", "changedMs"],
    ]);
    deepEqual((await call("POST", "/v1/secrets/rotate")).json, { count: 1, unreadable: 0 });
    await call("DELETE", `${shop}/config/greeting`);
    await call("DELETE", `${shop}/secrets/key`);
    equal((await call("DELETE", `${shop}/secrets/key`)).status, 404);

    equal((await call("GET", `${shop}/tail`)).text, '{"n":1}\n');
    const made =
      (await call("POST", `${acme}/tokens`, { body: { name: "ci", scopes: ["read"] } })).json;
    deepEqual((await call("GET", "/v1/whoami", { token: made.token })).json.scopes, ["read"]);
    equal((await call("GET", `${acme}/tokens`)).json.tokens.length, 1);
    equal((await call("DELETE", `${acme}/tokens/${made.id}`)).status, 204);
    const other =
      (await call("POST", "/v1/tokens", { body: { name: "b", scopes: ["operator"] } })).json;
    equal((await call("GET", "/v1/tokens")).json.tokens.length, 2);
    equal((await call("DELETE", `/v1/tokens/${other.id}`)).status, 204);

    const key = `${acme}/kv/carts/a%2Fb%20%C3%BC`;
    const put = await call("PUT", key, { body: "three", type: "text/plain" });
    equal(put.field("etag"), `"${put.json.generation}"`);
    equal((await call("GET", key)).text, "three");
    equal((await call("GET", `${acme}/kv/carts?prefix=a/b`)).json.keys.length, 1);
    equal((await call("DELETE", key)).status, 204);

    const purged = await call("POST", `${shop}/purge`, { body: { urls: ["http://a/"] } });
    deepEqual(purged.json, { id: "1", nodes: { here: 5 }, pending: [] });
    equal((await call("POST", "/service/acme--shop/purge/news")).json.id, "2");
    const bulk = { body: { surrogate_keys: ["a", "b"] } };
    deepEqual((await call("POST", "/service/acme--shop/purge", bulk)).json, { a: "3", b: "3" });
    deepEqual((await call("POST", "/service/acme%2Fshop/purge_all")).json, {
      status: "ok",
      id: "4",
    });

    api.explain = () => ({
      ...{ service: "acme/shop", resource: "http://a/", decision: "miss", why: "uri-miss" },
      variants: [],
    });
    const question = { body: { url: "http://a/" } };
    equal((await call("POST", `${acme}/cache/explain`, question)).json.why, "uri-miss");

    const actions = (await call("GET", `${acme}/audit`)).json.entries.map((
      entry: { action: string },
    ) => entry.action);
    ok(["deploy", "activate", "put secret", "make token"].every((each) => actions.includes(each)));
    notEqual((await call("GET", "/v1/audit?limit=2")).json.next, undefined);
    equal((await call("DELETE", shop)).status, 200);
    equal((await call("DELETE", acme)).status, 200);
    equal((await call("GET", acme)).status, 404);
    deepEqual(api.api().operations.map(({ id }) => id).filter((id) => !api.done.has(id)), []);
  }));

Deno.test("who follows a service is told no more once the token is revoked, or the service another one", () =>
  withApi(async (api) => {
    const { call, respond } = api;
    const ends = {
      async revoked(id: string) {
        equal((await call("DELETE", `${acme}/tokens/${id}`)).status, 204);
      },
      async removed() {
        equal((await call("DELETE", shop)).status, 200);
        await call("PUT", shop);
      },
    };
    await call("PUT", shop);
    for (const end of [ends.revoked, ends.removed]) {
      const body = { name: "tail", scopes: ["tail"] };
      const { token, id } = (await call("POST", `${acme}/tokens`, { body })).json;
      api.events = async function* () {
        yield "before";
        await end(id);
        yield "after";
      };
      const { body: lines } = await respond("GET", `${shop}/tail`, { token });
      ok(lines !== undefined && !(lines instanceof Uint8Array));
      equal(decodeUtf8(concatBytes(await Array.fromAsync(lines))), "before\n", end.name);
    }
  }));

Deno.test("a tenant that is made anew finds no keys of the one before it", () =>
  withApi(async ({ call }) => {
    const [key, body] = [`${acme}/kv/default/greeting`, "hello"];
    equal((await call("PUT", key, { body, type: "text/plain" })).status, 200);
    equal((await call("PUT", acme, { body: {} })).status, 200);
    equal((await call("GET", key)).text, "hello");
    equal((await call("DELETE", acme)).status, 200);
    equal((await call("PUT", acme, { body: {} })).status, 201);
    equal((await call("GET", key)).status, 404);
  }));

Deno.test("each operation wants a token, of the tenant, with the scope; and reads no body before", () =>
  withApi(async (api) => {
    await deploy(api);
    const scopes = [
      "read",
      "deploy",
      "config",
      "secrets",
      "kv",
      "purge",
      "tail",
      "audit",
      "tokens",
    ] as const;
    const bolt = await api.token("bolt", ...scopes);
    let asked = 0;
    for (const { id, method, path, access, body } of api.api().operations) {
      if (access === "everybody") continue;
      const there = path.replace("{tenant}", "acme").replace("{service}", "shop")
        .replace("{digest}", module).replace("{id}", "acme--shop").replaceAll(/\{\w+\}/g, "x");
      const isTenants = /\{tenant\}|\{id\}/.test(path);
      const unread = {
        get read(): never {
          throw new Error(`${id} has read a body`);
        },
      };
      // Each from its own address, so that none has tried too often.
      const address = `192.0.2.${asked += 1}`;
      const status = async (token: string) => {
        const type = body?.kind === "bytes" ? body.media[0] : "application/json";
        const fields = [["Host", "a"], ["Content-Type", type ?? ""], [
          "Authorization",
          `Bearer ${token}`,
        ]];
        const response = await api.api().handle({
          ...{ method, target: there, scheme: "http", peer: { address, port: 1 } },
          fields: fields.map(([name = "", value = ""]) => [name, value] as const),
          body: unread as never,
          whenGone: () => {},
        });
        return response.status;
      };
      equal(await status("x"), 401, id);
      if (access === "any token") continue;
      equal(await status(bolt), isTenants ? 404 : 403, id);
      const less = await api.token("acme", ...scopes.filter((scope) => scope !== access));
      equal(await status(less), 403, id);
    }
  }, { tokensMax: 1000 }));

Deno.test("who asks for another tenant's things learns as much as of one that is not there", () =>
  withApi(async (api) => {
    await deploy(api);
    const token = await api.token("bolt", "read", "deploy", "kv", "secrets", "tail");
    for (const path of ["", "/services", "/services/shop", "/kv/a/b", `/modules/${module}`]) {
      const there = await api.call("GET", `${acme}${path}`, { token });
      const nowhere = await api.call("GET", `/v1/tenants/nobody${path}`, { token });
      deepEqual([there.status, there.text], [404, nowhere.text]);
    }
    const mine = { token, body: deployment({ settings: settingsFor("bolt.example") }) };
    const stolen = await api.call("POST", "/v1/tenants/bolt/services/x/versions", mine);
    deepEqual([stolen.status, stolen.json.code], [404, "SKERRY_NOT_FOUND"]);
  }));

Deno.test("a secret is in no answer, no audit entry and no file of the state", () =>
  withApi(async (api) => {
    await deploy(api);
    const said: string[] = [];
    const call = async (...sent: Parameters<TestApi["call"]>) =>
      said.push((await api.call(...sent)).text);
    const value = "swordfish-4711";
    await call("PUT", `${shop}/secrets/key`, { body: { value } });
    await call("PUT", `${shop}/secrets/.bad`, { body: { value } });
    await call("PUT", `${shop}/secrets/key`, { body: { value, more: value } });
    await call("PUT", `${shop}/secrets/key`, { body: { value: [value] } });
    await call("PUT", `${shop}/secrets/key`, { body: `{"value": "${value}"` });
    await call("PUT", `${shop}/secrets/key`, { body: { value }, fields: [["If-Match", '"1"']] });
    for (const path of ["", "/secrets", "/versions", "/config"]) {
      await call("GET", `${shop}${path}`);
    }
    await call("GET", "/v1/audit?limit=1000");
    doesNotMatch(said.join(), /swordfish/);
    const database = api.node.control.store.secrets.all();
    doesNotMatch(decodeUtf8(database[0]?.sealed ?? new Uint8Array()), /swordfish/);
  }));

Deno.test("a secret's row that is moved to another service or name does not open", () =>
  withApi(async (api) => {
    await deploy(api);
    const { call, node } = api;
    await call("PUT", `${shop}/secrets/key`, { body: { value: "swordfish" } });
    const { store } = node.control;
    const [row] = store.secrets.all();
    ok(row !== undefined);
    store.maintain(() => {
      store.secrets.remove(store.service("acme", "shop"), "key");
      store.secrets.put({ ...row, name: "other" }, 0);
    });
    const { services, unreadable } = await node.control.allServices();
    equal(services.length, 0);
    match(unreadable[0]?.why ?? "", /cannot be opened/);
  }));

Deno.test("a version that cannot be served is answered 422 with its number and the reasons", () =>
  withApi(async (api) => {
    api.node.prepare = () => ({
      kind: "failed",
      diagnostics: [{ message: "it imports env.gone", at: { kind: "binary", offset: 12 } }],
    });
    const { status, json } = await deploy(api);
    deepEqual([status, json.code, json.version], [422, "SKERRY_VERSION_FAILED", 1]);
    equal(json.diagnostics[0].message, "it imports env.gone");
    equal((await api.call("GET", shop)).json.active, undefined);
    equal((await api.call("GET", `${shop}/versions/1`)).json.state, "failed");
    equal((await api.call("POST", `${shop}/versions/1/activate`)).status, 422);
  }));

Deno.test("mistakes in what is sent are told, all of them, with their places", () =>
  withApi(async ({ call }) => {
    const settings = { ...settingsFor("a:80"), wallMsMax: -1, routes: [{ host: 5 }], more: 1 };
    const refused = await call("POST", `${shop}/versions`, { body: { module: "x", settings } });
    equal(refused.status, 400);
    deepEqual(refused.json.mistakes, [
      { path: "module", message: "expected sha256: and 64 hexadecimal digits" },
      { path: "settings/wallMsMax", message: "expected >0" },
      { path: "settings/routes/0/host", message: "expected string" },
      { path: "settings/routes/0/prefix", message: "this key is missing" },
      { path: "settings/more", message: "this key is unknown" },
    ]);
    const host = await call("POST", `${shop}/versions`, {
      body: { module, settings: settingsFor("a:80") },
    });
    deepEqual(host.json.mistakes, [
      { path: "settings/routes/0/host", message: "a host is told without a port" },
    ]);
    const mistakes = async (body: unknown) => {
      const { status, json } = await call("PUT", acme, { body });
      return status === 400 && json.mistakes[0].message;
    };
    equal(await mistakes("{"), "the body is not JSON");
    equal(await mistakes(""), "the body is not JSON");
    equal(await mistakes(new Uint8Array([0x22, 0xff, 0x22])), "the body is not UTF-8");
    equal(await mistakes('{"__proto__": {"weight": 1}}'), 'no key may be named "__proto__"');
    equal(await mistakes("[".repeat(100_000)), "lists and objects may be nested 32 deep");
    equal(await mistakes(`[${"{},".repeat(5_000)}{}]`), "a document may have 4096 values");
    equal(await mistakes(`{${'"":0,'.repeat(5_000)}"":0}`), "a document may have 4096 values");
    equal(await mistakes('["\\"['), "the body is not JSON");
    equal(await mistakes([]), "expected an object");
    const env = await call("POST", `${shop}/versions`, {
      body: deployment({ settings: { ...settingsFor("a.example"), env: [] } }),
    });
    deepEqual(env.json.mistakes, [{ path: "settings/env", message: "expected an object" }]);
  }));

Deno.test("what no operation takes is refused for what it is", () =>
  withApi(async ({ call, respond, token }) => {
    const check = async (status: number, ...sent: Parameters<TestApi["call"]>) => {
      const found = await call(...sent);
      equal(found.status, status, `${sent[0]} ${sent[1]}: ${found.text}`);
      return found;
    };
    await check(404, "GET", "/");
    await check(404, "GET", "/v1/tenants/");
    await check(404, "GET", "/v1/tenants/acme/");
    await check(404, "GET", "/v2/tenants");
    equal((await check(405, "POST", "/v1/tenants")).field("allow"), "GET, HEAD");
    equal((await check(405, "PATCH", acme)).field("allow"), "GET, HEAD, PUT, DELETE");
    equal((await respond("HEAD", "/healthz")).status, 200);
    equal((await respond("HEAD", `${shop}/tail`)).status, 405);
    await check(400, "TRACE", "/v1/tenants");
    await check(415, "PUT", acme, { body: "{}", type: "text/plain" });
    const gzip = { body: {}, fields: [["Content-Encoding", "gzip"]] as const };
    await check(415, "PUT", acme, gzip);
    await check(415, "PUT", acme);
    await check(413, "PUT", acme, { body: `"${"x".repeat(2 ** 20)}"` });
    await check(413, "PUT", acme, { body: {}, fields: [["Content-Length", "9999999"]] });
    await check(411, "PUT", `${acme}/modules/${module}`, {
      fields: [["Content-Type", "application/wasm"]],
    });
    await check(400, "PUT", `${acme}/modules/${module}`, { body: "another", ...wasm });
    await check(400, "PUT", `${acme}/modules/sha256:x`, { body: "another", ...wasm });
    await check(400, "GET", "/v1/tenants?limit=x");
    await check(400, "GET", "/v1/tenants?limits=1");
    await check(400, "GET", "/v1/tenants?limit=1&limit=2");
    await check(400, "GET", "/v1/tenants/../tenants/acme%00");
    await check(400, "PUT", acme, { body: {}, fields: [["If-Match", "x"]] });
    await check(412, "PUT", acme, { body: {}, fields: [["If-Match", '"999"']] });
    await check(400, "PUT", "/v1/tenants/Acme!", { body: {} });
    await check(400, "PUT", `${acme}/services/__proto__`);
    await check(400, "POST", `${shop}/versions`, {
      ...{ body: deployment(), fields: [["Idempotency-Key", "a b"]] },
    });
    await check(404, "GET", `${shop}/versions/01`);
    const both = { fields: [["Authorization", "Bearer x"]] as const };
    await check(401, "GET", "/v1/tenants", both);
    match(
      (await check(401, "GET", "/v1/tenants", { token: "" })).field("www-authenticate") ?? "",
      /^Bearer/,
    );
    await check(403, "GET", "/v1/tenants", { token: await token("acme", "read") });
  }));

Deno.test("a revision from an ETag guards a change, and a key repeats a deployment", () =>
  withApi(async (api) => {
    const first = await deploy(api);
    const fields = [["If-Match", first.field("etag") ?? ""]] as const;
    equal((await api.call("PUT", `${shop}/config/a`, { body: { value: "" }, fields })).status, 200);
    equal((await api.call("POST", `${shop}/rollback`, { fields })).status, 412);
    const keyed = { body: deployment(), fields: [["Idempotency-Key", "k"]] as const };
    const [once, twice] = [
      await api.call("POST", `${shop}/versions`, keyed),
      await api.call("POST", `${shop}/versions`, keyed),
    ];
    deepEqual([once.json.version.number, twice.json.version.number], [2, 2]);
  }));

Deno.test("a disk that is full is told as such, and nothing of the machine with it", () =>
  withApi(async (api) => {
    await deploy(api);
    const where = "/var/lib/skerry/state.db";
    api.node.prepare = () => {
      throw new SkerryError("SKERRY_DATABASE_FAILED", "database or disk is full", { where });
    };
    const { status, json, text } = await deploy(api);
    deepEqual([status, json.code], [507, "SKERRY_DATABASE_FAILED"]);
    doesNotMatch(text, /var/);
  }));

Deno.test("a mistake of ours is answered 500 and reported, and says nothing of itself", async () => {
  const api = await testApi();
  api.status = {
    ...api.status,
    ready: () => {
      throw new Error("swordfish");
    },
  };
  const { status, text } = await api.call("GET", "/readyz");
  equal(status, 500);
  doesNotMatch(text, /swordfish/);
  equal(api.faults.length, 1);
  api.node.close();
});

Deno.test("a node that is not ready says so with 503", () =>
  withApi(async (api) => {
    api.status = { ...api.status, ready: () => ({ isReady: false, why: "cell 1 starts" }) };
    const { status, json } = await api.call("GET", "/readyz", { token: "" });
    deepEqual([status, json], [503, { isReady: false, why: "cell 1 starts" }]);
  }));

Deno.test("no more follow a tenant's services than may, and who is gone is counted no more", () =>
  withApi(async (api) => {
    await deploy(api);
    api.events = async function* (signal) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      yield* [];
    };
    const ends: (() => void)[] = [];
    const follow = () =>
      api.api().handle({
        ...{ method: "GET", target: `${shop}/tail`, scheme: "http", body: undefined },
        fields: [["Host", "a"], ["Authorization", `Bearer ${api.root}`]],
        peer: { address: "192.0.2.1", port: 1 },
        whenGone: (act) => ends.push(act),
      });
    for (let more = 0; more < 8; more++) equal((await follow()).status, 200);
    equal((await follow()).status, 429);
    ends[0]?.();
    const { status, body } = await follow();
    equal(status, 200);
    ok(body !== undefined && !(body instanceof Uint8Array));
    ends.at(-1)?.();
    deepEqual(await Array.fromAsync(body), []);
    for (const end of ends) end();
    equal((await follow()).status, 200);
  }));

Deno.test("keys are written on conditions, within the tenant's budget", () =>
  withApi(async ({ call }) => {
    const key = `${acme}/kv/carts/a`;
    const put = (body: string, ...fields: [string, string][]) =>
      call("PUT", key, { body, type: "application/octet-stream", fields });
    const first = await put("1", ["If-None-Match", "*"]);
    equal(first.status, 200);
    equal((await put("2", ["If-None-Match", "*"])).status, 412);
    equal((await put("2", ["If-Match", first.field("etag") ?? ""])).status, 200);
    equal((await put("3", ["If-Match", first.field("etag") ?? ""])).status, 412);
    equal((await put("x".repeat(1001))).status, 403);
    await call("PUT", acme, { body: { keyValueBytesMax: 2000 } });
    equal((await put("x".repeat(1001))).status, 200);
    const kept = { body: "v", type: "text/plain" };
    equal((await call("PUT", `${key}?ttlMs=0`, kept)).status, 400);
    equal((await call("PUT", `${key}?ttlMs=5&metadata=m`, kept)).status, 200);
    const found = await call("GET", key);
    deepEqual([found.field("skerry-expires-ms"), found.field("skerry-metadata")], ["5", "bQ"]);
    equal((await call("GET", `${acme}/kv/No!`)).status, 400);
    equal((await call("GET", `${acme}/kv/carts?after=!`)).status, 400);
    equal((await call("GET", `/v1/tenants/bolt/kv/carts/a`)).status, 404);
  }));

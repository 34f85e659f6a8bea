import { deepEqual, equal, ok } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Database, Statement } from "@skerry/base";
import { encodeUtf8, sha256 } from "@skerry/base";
import * as fc from "fast-check";
import { digestText } from "./names.ts";
import { type TestApi, testApi } from "./testing/api.ts";
import { byName, type SeenService, SmallModel } from "./testing/small_model.ts";
import { settingsFor } from "./testing/node.ts";

/** Names that mean something elsewhere: to JavaScript, to paths, to SQL. */
const tenants = ["constructor", "a--b"] as const;
const services = ["prototype", "select"] as const;
const entryNames = ["toString", "a.b", "_-"] as const;
const hosts = ["a.example", "*.b.example", "x.b.example", "c.example"] as const;
const versionsKept = 3;

const service = fc.record({
  tenant: fc.constantFrom(...tenants),
  name: fc.constantFrom(...services),
});
const number = fc.integer({ min: 1, max: 6 });
const value = fc.oneof(
  fc.string(),
  fc.constantFrom("", "'; DROP TABLE tenants; --", "\u0000\ud800"),
);

/** One thing that is asked of the API. */
const action = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("put tenant" as const), service }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove tenant" as const), service }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove service" as const), service }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("deploy" as const),
      ...{ service, host: fc.constantFrom(...hosts) },
      ...{
        isGood: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
        activate: fc.boolean(),
      },
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("activate" as const), service, number }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rollback" as const), service }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("canary" as const),
      ...{ service, number: fc.option(number, { nil: undefined }) },
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("promote" as const), service }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("config" as const, "secrets" as const),
      ...{ service, name: fc.constantFrom(...entryNames) },
      value: fc.option(value, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("crash" as const), service }) },
);

type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;

const module = digestText(await sha256(encodeUtf8("a module")));

async function upload({ call }: TestApi, tenant: string): Promise<void> {
  const body = { body: "a module", type: "application/wasm" };
  await call("PUT", `/v1/tenants/${tenant}/modules/${module}`, body);
}

/** Asks the API and the model; gives both statuses. */
async function ask(api: TestApi, model: SmallModel, action: Action): Promise<[number, number]> {
  const { tenant, name } = action.service;
  const path = `/v1/tenants/${tenant}/services/${name}`;
  const call = async (method: string, more: string, body?: unknown) =>
    (await api.call(method, `${path}${more}`, { body })).status;
  switch (action.kind) {
    case "crash":
      await api.crash();
      return [0, 0];
    case "put tenant": {
      const { status } = await api.call("PUT", `/v1/tenants/${tenant}`, { body: {} });
      await upload(api, tenant);
      return [status, model.putTenant(tenant)];
    }
    case "remove tenant": {
      const { status } = await api.call("DELETE", `/v1/tenants/${tenant}`);
      return [status, model.removeTenant(tenant)];
    }
    case "remove service":
      return [await call("DELETE", ""), model.removeService(tenant, name)];
    case "deploy": {
      const { host, isGood, activate } = action;
      const ready = api.node.prepare;
      if (!isGood) api.node.prepare = () => ({ kind: "failed", diagnostics: [] });
      const body = { module, settings: settingsFor(host), activate };
      const status = await call("POST", "/versions", body);
      api.node.prepare = ready;
      return [status, model.deploy(tenant, name, { host, isGood }, activate)];
    }
    case "activate": {
      const status = await call("POST", `/versions/${action.number}/activate`);
      return [status, model.activate(tenant, name, action.number)];
    }
    case "rollback":
      return [await call("POST", "/rollback"), model.rollback(tenant, name)];
    case "canary": {
      const { number } = action;
      const status = number === undefined
        ? await call("DELETE", "/canary")
        : await call("PUT", "/canary", { version: number, percent: 5 });
      return [status, model.canary(tenant, name, number)];
    }
    case "promote":
      return [await call("POST", "/canary/promote"), model.promote(tenant, name)];
    case "config":
    case "secrets": {
      const { kind, value } = action;
      const kept = value?.toWellFormed();
      const at = `/${kind}/${action.name}`;
      const status = kept === undefined
        ? await call("DELETE", at)
        : await call("PUT", at, { value: kept });
      return [status, model.entry(kind, tenant, name, action.name, kept)];
    }
  }
}

async function seenBy({ node }: TestApi): Promise<SeenService[]> {
  const { services, unreadable } = await node.control.allServices();
  deepEqual(unreadable, []);
  return services.map(({ tenant, name, active, canary, config, secrets }) => ({
    ...{ tenant, name, active: active.number, canary: canary?.version.number, config, secrets },
    host: active.settings.routes[0]?.host ?? "",
  })).sort(byName);
}

async function start(): Promise<[TestApi, SmallModel]> {
  const api = await testApi({ versionsKept });
  for (const tenant of ["acme", "bolt"]) await api.call("DELETE", `/v1/tenants/${tenant}`);
  for (const tenant of tenants) {
    await api.call("PUT", `/v1/tenants/${tenant}`, { body: {} });
    await upload(api, tenant);
  }
  return [api, new SmallModel(tenants, versionsKept)];
}

Deno.test("whatever is asked in whatever order, with crashes between, the node is as a small model says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 60 }), async (actions) => {
      const [api, model] = await start();
      try {
        for (const each of actions) {
          const [status, expected] = await ask(api, model, each);
          equal(status, expected, `${JSON.stringify(each)}: ${status} instead of ${expected}`);
          deepEqual(await seenBy(api), model.seen());
        }
        deepEqual(api.faults, []);
      } finally {
        api.node.close();
      }
    }),
    { numRuns: 25 },
  );
});

/** How many writes a process does still before it ends; for ever where that is undefined. */
interface Life {
  writesLeft: number | undefined;
}

/** A database whose process ends before one of its writes. */
function dying(database: Database, life: Life): Database {
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    return {
      ...statement,
      run(...parameters) {
        if (life.writesLeft !== undefined) life.writesLeft -= 1;
        if (life.writesLeft === 0) database.close();
        return statement.run(...parameters);
      },
    };
  };
  return {
    prepare,
    execute: (sql) => database.execute(sql),
    transaction: (act) => database.transaction(act),
    close: () => database.close(),
  };
}

Deno.test("a process that ends in the middle of a change leaves the state before it, whichever write it was", async () => {
  const deaths = { found: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 3, maxLength: 20 }),
      action.filter(({ kind }) => kind !== "crash"),
      fc.integer({ min: 1, max: 12 }),
      async (actions, last, writes) => {
        const [api, model] = await start();
        try {
          for (const each of actions) await ask(api, model, each);
          const before = await seenBy(api);
          const life: Life = { writesLeft: undefined };
          api.node.wrap = (database) => dying(database, life);
          await api.crash();
          life.writesLeft = writes;
          const [status, expected] = await ask(api, model, last);
          const hasDied = status !== expected;
          api.node.wrap = (database) => database;
          await api.crash();
          const after = await seenBy(api);
          deaths.found += hasDied ? 1 : 0;
          // A deployment is several changes: what is seen of it is the last one alone.
          const isEither = [before, model.seen()].some((state) => isDeepStrictEqual(state, after));
          ok(isEither, JSON.stringify([before, model.seen(), after]));
          if (!hasDied) deepEqual(after, model.seen());
        } finally {
          api.node.close();
        }
      },
    ),
    { numRuns: 40 },
  );
  ok(deaths.found > 0, "some have died");
});

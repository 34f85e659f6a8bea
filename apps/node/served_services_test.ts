import { deepEqual } from "node:assert/strict";
import {
  CacheServer,
  HttpCache,
  noFragments,
  type PurgeRecords,
  Purges,
  scopeText,
} from "@skerry/cache";
import type { Change, ServiceState } from "@skerry/control";
import { Backends, type Network } from "@skerry/egress";
import { DatabaseKeyValues } from "@skerry/hostcalls";
import { nextTurn, openDatabase, systemClock, systemRandom } from "@skerry/platform";
import { Pool } from "@skerry/sandbox";
import { ServedServices } from "./served_services.ts";

/** Routes to backends need no program. That one has an address that is none of the world's: none is opened. */
const network: Network = {
  resolve: () => Promise.reject(new Error("nobody asks")),
  pool: () => {
    throw new Error("nobody sends anything");
  },
};

function makeServices(purges: PurgeRecords = new Purges(1)): ServedServices {
  const database = openDatabase(":memory:", { survives: "process end" });
  const nothing = { get: () => undefined, set: () => "refused" as const, delete: () => false };
  const cache = new HttpCache({ store: nothing, purges, newBoundary: () => "" });
  return new ServedServices({
    pool: new Pool({ sandboxesMax: 1, clock: systemClock, turn: nextTurn }),
    clock: systemClock,
    keyValues: new DatabaseKeyValues(database, systemClock),
    cache: new CacheServer({ cache, clock: systemClock }),
    fragments: noFragments(systemClock),
    backends: new Backends(network, systemClock, systemRandom),
    pseudonym: "skerry-test",
    programBytesMax: 1,
    tenantSandboxesMax: 1,
    fetchProgram: () => Promise.reject(new Error("it cannot be loaded")),
  });
}

function service(
  name: `${string}/${string}`,
  revision: number,
  routes: readonly (readonly [host: string, prefix: string])[],
): Change {
  const [tenant = "", own = ""] = name.split("/");
  const settings = {
    env: {},
    routes: routes.map(([host, prefix]) => ({ host, prefix, backend: "there" })),
    backends: { there: { origin: "http://192.0.2.1" } },
  };
  const active = { number: revision, artifact: `sha256:${"0".repeat(64)}`, settings };
  const state: ServiceState = {
    ...{ key: revision, tenant, name: own, revision, active },
    ...{ config: {}, secrets: {} },
  };
  return { kind: "service", service: state };
}

const tenant = (name: string): Change => ({ kind: "tenant", tenant: { name, settings: {} } });

/** The service that answers, by its full name. */
async function answers(services: ServedServices, host: string, path: string) {
  const request = {
    ...{ method: "GET", target: path, scheme: "http", fields: [], body: undefined } as const,
    ...{ peer: { address: "192.0.2.2", port: 1 }, whenGone() {} },
  };
  const routed = await services.route(request, { scheme: "http", host, port: 80, path, query: "" });
  return routed.kind === "unavailable" ? routed.name : routed.kind;
}

Deno.test("a tenant that is removed takes its services along, and those that are on their way", async () => {
  const services = makeServices();
  const cold = (...changes: Change[]) => services.apply({ changes, isHot: false });
  await cold(tenant("a"), tenant("a-b"), service("a/shop", 1, [["shop.example", "/api"]]));
  await cold(service("a-b/shop", 2, [["other.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/api"), "a/shop");
  const late = cold(service("a/shop", 3, [["shop.example", "/late"]]));
  await Promise.all([late, cold({ kind: "tenant removed", name: "a", revision: 4 })]);
  deepEqual(await answers(services, "shop.example", "/api"), "none");
  deepEqual(await answers(services, "shop.example", "/late"), "none");
  deepEqual(await answers(services, "other.example", "/"), "a-b/shop");
  await cold(tenant("b"), service("b/shop", 5, [["shop.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/api"), "b/shop");
  await cold(tenant("a"));
  deepEqual(await answers(services, "shop.example", "/api"), "b/shop");
  deepEqual(services.size.services, 2);
});

Deno.test("what a removed tenant had is not served where it is told late, nor as another's of its name", async () => {
  const services = makeServices();
  const cold = (...changes: Change[]) => services.apply({ changes, isHot: false });
  await cold(tenant("a"));
  await cold({ kind: "tenant removed", name: "a", revision: 4 });
  await cold(service("a/shop", 3, [["shop.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/"), "none");
  await cold(tenant("a"), service("a/shop", 2, [["shop.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/"), "none");
  await cold(service("a/shop", 6, [["shop.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/"), "a/shop");
});

Deno.test("a host that another tenant has by now is its, also where what gave it up cannot be loaded", async () => {
  const services = makeServices();
  const cold = (...changes: Change[]) => services.apply({ changes, isHot: false });
  await cold(tenant("a"), tenant("b"), service("b/shop", 1, [["b.example", ""]]));
  await cold(service("a/shop", 2, [["shop.example", ""], ["shop.example", "/api"]]));
  const gaveUp = { changes: [service("a/shop", 3, [["a.example", ""]])], isHot: true };
  deepEqual(await services.apply(gaveUp), ["a/shop: it cannot be loaded"]);
  deepEqual(await answers(services, "shop.example", "/api"), "a/shop");
  await cold(service("b/shop", 4, [["shop.example", ""]]));
  deepEqual(await answers(services, "shop.example", "/"), "b/shop");
  deepEqual(await answers(services, "shop.example", "/api"), "b/shop");
});

Deno.test("what was kept for a service that is removed goes also where another of its name has come already", async () => {
  const removals: readonly Change[] = [
    { kind: "service removed", tenant: "a", name: "shop", revision: 2 },
    { kind: "tenant removed", name: "a", revision: 2 },
  ];
  for (const removal of removals) {
    const purges = new Purges(10);
    const services = makeServices(purges);
    const cold = (...changes: Change[]) => services.apply({ changes, isHot: false });
    await cold(tenant("a"), service("a/shop", 1, [["shop.example", ""]]));
    const scope = scopeText({ kind: "service", owner: { tenant: "a", service: "shop" } });
    const { epoch } = purges;
    await cold(removal, tenant("a"), service("a/shop", 3, [["shop.example", ""]]));
    deepEqual(await answers(services, "shop.example", "/"), "a/shop");
    deepEqual(purges.judge(epoch, [scope]).kind, "purged");
  }
});

Deno.test("what is removed is served no more, also where another of its name has come that cannot be loaded", async () => {
  const removals: readonly Change[] = [
    { kind: "service removed", tenant: "a", name: "shop", revision: 2 },
    { kind: "tenant removed", name: "a", revision: 2 },
  ];
  const next = service("a/shop", 3, [["shop.example", "/next"]]);
  const failed = ["a/shop: it cannot be loaded"];
  for (const removal of removals) {
    const services = makeServices();
    const apply = (isHot: boolean, ...changes: Change[]) => services.apply({ changes, isHot });
    await apply(false, tenant("a"), service("a/shop", 1, [["shop.example", ""]]));
    deepEqual(await answers(services, "shop.example", "/"), "a/shop");
    deepEqual(await apply(true, removal, tenant("a"), next), failed);
    deepEqual(await answers(services, "shop.example", "/"), "none");
    // Its tenant is there for the next one.
    await apply(false, service("a/shop", 4, [["shop.example", "/next"]]));
    deepEqual(await answers(services, "shop.example", "/next"), "a/shop");
  }
});

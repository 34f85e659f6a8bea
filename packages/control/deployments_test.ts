import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { encodeUtf8, sha256, SkerryError, sourceOf } from "@skerry/base";
import { digestText } from "./names.ts";
import type { DeployRequest } from "./deployments.ts";
import type { Change, PreparationResult } from "./ports.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";
import {
  artifactOf,
  developer,
  operator,
  settingsFor,
  type TestNode,
  testNode,
} from "./testing/node.ts";

const name = ["acme", "shop"] as const;

/** Runs a test on a node with a tenant `acme` and another, `bolt`. */
async function withNode(act: (node: TestNode) => Promise<void>): Promise<void> {
  const node = await testNode({ versionsKept: 3, tenantPreparationsMax: 2 });
  try {
    await node.control.tenancy.putTenant(operator, "acme", {});
    await node.control.tenancy.putTenant(operator, "bolt", {});
    node.changes.length = 0;
    await act(node);
  } finally {
    node.close();
  }
}

async function deploy(node: TestNode, more: Partial<DeployRequest> = {}, actor = developer) {
  const module = more.module ?? await node.upload(more.tenant ?? "acme", "a module");
  const settings = settingsFor("shop.example");
  return await node.control.deployments.deploy(actor, {
    ...{ tenant: "acme", service: "shop", settings, activate: true },
    ...more,
    module,
  });
}

function refused(code: RefusalCode, about = /./) {
  return (error: unknown) => {
    ok(error instanceof Refusal, String(error));
    equal(error.code, code, error.message);
    return about.test(`${error.message} ${JSON.stringify(error.details)}`);
  };
}

const told = (change: Change | undefined) =>
  change?.kind === "service"
    ? [change.service.active.number, change.service.canary?.version.number]
    : change?.kind;

Deno.test("a version is received, prepared, activated, and every cell is told", () =>
  withNode(async (node) => {
    const { service, version, activation, cells } = await deploy(node, { note: "first" });
    equal(activation, "activated");
    deepEqual(cells, { acknowledged: 2, of: 2 });
    equal(service.active, 1);
    equal(version.state, "ready");
    equal(version.note, "first");
    equal(version.createdBy, "developer");
    equal(version.artifact, artifactOf(version.module));
    equal(version.activatedMs, node.clock.nowMs);
    deepEqual(node.changes.map(told), [[1, undefined]]);
    const { services } = await node.control.allServices();
    const [change] = node.changes;
    ok(change?.kind === "service");
    deepEqual(services, [change.service]);
    equal(services[0]?.revision, service.revision);
  }));

Deno.test("a version that fails never serves, the answer says why, and the one before serves on", () =>
  withNode(async (node) => {
    await deploy(node);
    node.prepare = () => ({
      kind: "failed",
      diagnostics: [{ message: "no\x1b[31m", at: { kind: "binary", offset: 7 } }],
    });
    await rejects(
      deploy(node),
      refused("SKERRY_VERSION_FAILED", /"version":2.*u\{1b\}.*offset":7/),
    );
    const { activations } = node.control;
    await rejects(activations.activate(developer, name, 2), refused("SKERRY_VERSION_FAILED"));
    const canary = { version: 2, percent: 5 };
    await rejects(activations.setCanary(developer, name, canary), refused("SKERRY_STATE_CONFLICT"));
    equal((await node.control.allServices()).services[0]?.active.number, 1);
  }));

Deno.test("a rollback goes back, and another one forth again", () =>
  withNode(async (node) => {
    await deploy(node);
    const { activations } = node.control;
    await rejects(activations.rollback(developer, name), refused("SKERRY_STATE_CONFLICT"));
    await deploy(node);
    equal((await activations.rollback(developer, name)).service.active, 1);
    equal((await activations.rollback(developer, name)).service.active, 2);
    equal((await activations.activate(developer, name, 2)).service.previous, 1);
    deepEqual(node.changes.map(told).map((each) => each?.[0]), [1, 2, 1, 2, 2]);
  }));

Deno.test("a canary takes its share until it is promoted or ended", () =>
  withNode(async (node) => {
    await deploy(node);
    const second = await deploy(node, { activate: false });
    equal(second.activation, "not asked for");
    const { activations } = node.control;
    const canary = { version: 2, percent: 5, sticky: { cookie: "who" } };
    await activations.setCanary(developer, name, canary);
    const [state] = (await node.control.allServices()).services;
    deepEqual(state?.canary?.sticky, { cookie: "who" });
    deepEqual([state?.canary?.version.number, state?.canary?.percent], [2, 5]);
    await activations.setCanary(developer, name, undefined);
    await rejects(activations.promote(developer, name), refused("SKERRY_STATE_CONFLICT"));
    await activations.setCanary(developer, name, canary);
    const { service } = await activations.promote(developer, name);
    deepEqual([service.active, service.previous, service.canary], [2, 1, undefined]);
    const same = { version: 2, percent: 1 };
    await rejects(activations.setCanary(developer, name, same), refused("SKERRY_STATE_CONFLICT"));
    deepEqual(node.changes.map(told), [
      ...[[1, undefined], [1, 2], [1, undefined], [1, 2], [2, undefined]],
    ]);
  }));

Deno.test("the same Idempotency-Key is the same version, whatever has become of it; another request is refused", () =>
  withNode(async (node) => {
    const module = await node.upload("acme", "a module");
    const keyed = { module, idempotencyKey: "k" };
    const both = await Promise.all([deploy(node, keyed), deploy(node, keyed)]);
    deepEqual(both.map(({ version }) => version.number), [1, 1]);
    await deploy(node);
    await node.control.activations.rollback(developer, name);
    await node.control.activations.rollback(developer, name);
    const again = await deploy(node, keyed);
    deepEqual([again.version.number, again.service.active], [1, 2]);
    const other = { ...keyed, note: "other" };
    await rejects(deploy(node, other), refused("SKERRY_STATE_CONFLICT", /Idempotency-Key/));
    node.clock.nowMs += 25 * 3_600_000;
    equal((await deploy(node, keyed)).version.number, 3);
  }));

Deno.test("a preparation that a crash cut short is taken up where the deployment is asked for again", () =>
  withNode(async (node) => {
    const module = await node.upload("acme", "a module");
    const ready = node.prepare;
    const begun = Promise.withResolvers<void>();
    node.prepare = () => {
      begun.resolve();
      return new Promise<PreparationResult>(() => {});
    };
    void deploy(node, { module, idempotencyKey: "k" });
    await begun.promise;
    await node.crash();
    node.prepare = ready;
    const service = node.control.store.service(...name);
    equal(node.control.store.version(service, 1).state, "received");
    const { version, activation } = await deploy(node, { module, idempotencyKey: "k" });
    deepEqual([version.number, version.state, activation], [1, "ready", "activated"]);
  }));

Deno.test("where the preparer cannot even try, the version is received still, and can be had later", () =>
  withNode(async (node) => {
    const ready = node.prepare;
    node.prepare = () => Promise.reject(new SkerryError("SKERRY_FILE_UNREADABLE", "it died"));
    await rejects(deploy(node), /it died/);
    node.prepare = ready;
    const { service } = await node.control.activations.activate(developer, name, 1);
    equal(service.active, 1);
  }));

Deno.test("an older version that is ready later does not take the place of a newer one", () =>
  withNode(async (node) => {
    const slow = Promise.withResolvers<PreparationResult>();
    const { prepare } = node;
    node.prepare = (version) => version.number === 1 ? slow.promise : prepare(version);
    const module = await node.upload("acme", "a module");
    const first = deploy(node, { module });
    await deploy(node, { module });
    slow.resolve({ kind: "ready", artifact: `sha256:${"1".repeat(64)}`, facts: {} });
    const { activation, service } = await first;
    deepEqual([activation, service.active], ["superseded", 2]);
  }));

Deno.test("a revision that has changed meanwhile refuses the change", () =>
  withNode(async (node) => {
    const module = await node.upload("acme", "a module");
    await rejects(deploy(node, { module, revision: 1 }), refused("SKERRY_REVISION_CHANGED"));
    const { service: { revision } } = await deploy(node, { module });
    const both = await Promise.allSettled([
      deploy(node, { module, revision }),
      deploy(node, { module, revision }),
    ]);
    deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const { activations, tenancy } = node.control;
    const stale = refused("SKERRY_REVISION_CHANGED");
    await rejects(activations.rollback(developer, name, revision), stale);
    await rejects(activations.activate(developer, name, 1, revision), stale);
    await rejects(activations.setCanary(developer, name, undefined, revision), stale);
    await rejects(tenancy.removeService(developer, name, revision), stale);
  }));

Deno.test("a tenant deploys only what it has uploaded itself", () =>
  withNode(async (node) => {
    const module = await node.upload("acme", "a module");
    const bolt = { tenant: "bolt", settings: settingsFor("bolt.example") };
    await rejects(deploy(node, { ...bolt, module }), refused("SKERRY_NOT_FOUND"));
    await node.upload("bolt", "a module");
    equal((await deploy(node, { ...bolt, module })).service.active, 1);
  }));

Deno.test("a host belongs to one tenant, until no active version of it has that host", () =>
  withNode(async (node) => {
    await deploy(node);
    const bolt = (host: string) => deploy(node, { tenant: "bolt", settings: settingsFor(host) });
    for (const host of ["shop.example", "SHOP.example.", "*.example"]) {
      await rejects(bolt(host), (error) => {
        return error instanceof Refusal && /HOST_TAKEN|OPERATOR_NEEDED/.test(error.code) &&
          error.details.version !== undefined;
      });
    }
    await bolt("*.shop.example");
    const below = deploy(node, { settings: settingsFor("a.shop.example") });
    await rejects(below, refused("SKERRY_HOST_TAKEN"));
    await deploy(node, { settings: settingsFor("other.example") });
    equal((await bolt("shop.example")).activation, "activated");
    const { activations } = node.control;
    await rejects(activations.activate(developer, name, 1), refused("SKERRY_HOST_TAKEN"));
    // The refusal has changed nothing: its own host is the tenant's still.
    await rejects(bolt("other.example"), refused("SKERRY_HOST_TAKEN"));
  }));

Deno.test("within a tenant a host and path lead to one service", () =>
  withNode(async (node) => {
    await deploy(node);
    await rejects(deploy(node, { service: "till" }), refused("SKERRY_HOST_TAKEN", /service shop/));
    const routes = [{ host: "shop.example", prefix: "/till" }];
    const till = { service: "till", settings: settingsFor("", { routes }) };
    equal((await deploy(node, till)).activation, "activated");
  }));

Deno.test("an operator alone gives away hosts that take what is everybody's; the tenant keeps them", () =>
  withNode(async (node) => {
    for (const host of ["*", "*.example"]) {
      const settings = settingsFor(host);
      await rejects(deploy(node, { settings }), refused("SKERRY_OPERATOR_NEEDED"));
      await deploy(node, { settings }, operator);
      equal((await deploy(node, { settings })).activation, "activated");
    }
    // What takes all that is left over stands in nobody's way.
    await deploy(node, { settings: settingsFor("*") }, operator);
    const bolt = deploy(node, { tenant: "bolt", settings: settingsFor("bolt.example") });
    equal((await bolt).activation, "activated");
  }));

Deno.test("old versions are forgotten, but those that serve or would after a rollback", () =>
  withNode(async (node) => {
    await deploy(node);
    await deploy(node);
    for (let more = 0; more < 6; more++) await deploy(node, { activate: false });
    const { store } = node.control;
    const numbers = store.versions.list(store.service(...name), 100).map(({ number }) => number);
    deepEqual(numbers, [8, 7, 6, 2, 1]);
  }));

Deno.test("what was prepared for a service that is gone is nobody else's", () =>
  withNode(async (node) => {
    const late = Promise.withResolvers<PreparationResult>();
    const evil = await node.upload("acme", "of acme");
    const own = await node.upload("bolt", "of bolt");
    const prepared = node.prepare;
    node.prepare = (version) => version.tenant === "acme" ? late.promise : prepared(version);
    const gone = rejects(deploy(node, { module: evil }), refused("SKERRY_NOT_FOUND"));
    while (node.control.preparing === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    await node.control.tenancy.removeTenant(operator, "acme");
    const deploying = deploy(node, { tenant: "bolt", module: own });
    late.resolve({ kind: "ready", artifact: artifactOf(evil), facts: {} });
    equal((await deploying).version.artifact, artifactOf(own));
    await gone;
  }));

Deno.test("contents that nothing needs are removed after a while, the others stay", () =>
  withNode(async (node) => {
    const used = await node.upload("acme", "a module");
    const unused = await node.upload("acme", "another");
    await deploy(node, { module: used });
    equal((await node.control.modules.collect()).contents, 0);
    node.clock.nowMs += 2 * 3_600_000;
    const recent = await node.upload("bolt", "a third");
    deepEqual(await node.control.modules.collect(), { contents: 1, bytes: 7 });
    deepEqual([...node.contents.keys()].sort(), [used, recent].sort());
    await rejects(deploy(node, { module: unused }), refused("SKERRY_NOT_FOUND"));
    await node.control.tenancy.removeTenant(operator, "acme");
    node.clock.nowMs += 2 * 3_600_000;
    await node.control.modules.collect();
    equal(node.contents.size, 0);
  }));

Deno.test("a tenant has no more modules than it may, until it has not used one for an hour", async () => {
  const node = await testNode({ modulesMax: 3, modulesBytesMax: 20, uploadsMax: 1 });
  await node.control.tenancy.putTenant(operator, "acme", {});
  const full = refused("SKERRY_QUOTA_USED_UP");
  await node.upload("acme", "0123456789");
  await rejects(node.upload("acme", "01234567890"), full);
  await node.upload("acme", "0123456789");
  await node.upload("acme", "a");
  await node.upload("acme", "b");
  await rejects(node.upload("acme", "c"), full);
  node.clock.nowMs += 2 * 3_600_000;
  await node.upload("acme", "c");
  await node.control.modules.collect();
  deepEqual([...node.contents.values()].map(({ bytes }) => bytes), [1]);
  const digest = digestText(await sha256(encodeUtf8("d")));
  const receive = () => node.control.modules.receive(developer, "acme", digest, sourceOf("d"));
  const two = await Promise.allSettled([receive(), receive()]);
  deepEqual(two.map(({ status }) => status), ["fulfilled", "rejected"]);
  await node.upload("acme", "e");
  node.close();
});

Deno.test("no tenant has more versions prepared at once than it may, and no version is kept for that", () =>
  withNode(async (node) => {
    const module = await node.upload("acme", "a module");
    const slow = Promise.withResolvers<PreparationResult>();
    node.prepare = () => slow.promise;
    const two = [deploy(node, { module }), deploy(node, { module })];
    await rejects(deploy(node, { module }), refused("SKERRY_TOO_MANY"));
    slow.resolve({ kind: "failed", diagnostics: [] });
    await Promise.allSettled(two);
    equal(node.control.store.service(...name).newest, 2);
    equal(node.control.preparing, 0);
  }));

Deno.test("a service that is removed while a version of it is prepared stays removed", () =>
  withNode(async (node) => {
    const [begun, slow] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<PreparationResult>(),
    ];
    node.prepare = () => {
      begun.resolve();
      return slow.promise;
    };
    const deployed = deploy(node);
    await begun.promise;
    await node.control.tenancy.removeService(developer, name);
    slow.resolve({ kind: "ready", artifact: `sha256:${"1".repeat(64)}`, facts: {} });
    await rejects(deployed, refused("SKERRY_NOT_FOUND"));
    deepEqual(node.changes.map(told), ["service removed"]);
    equal((await node.control.allServices()).services.length, 0);
  }));

Deno.test("each service is told before it is added, also one that has another's name", () =>
  withNode(async (node) => {
    const { tenancy } = node.control;
    await deploy(node);
    await deploy(node);
    const told = name.join("/");
    deepEqual(node.added, [told]);
    await tenancy.removeService(developer, name);
    await deploy(node);
    deepEqual(node.added, [told, told]);
    await tenancy.removeService(developer, name);
    tenancy.addService(developer, ...name);
    await deploy(node);
    deepEqual(node.added, [told, told, told]);
  }));

Deno.test("revisions rise for ever, also when a service is removed and made again", () =>
  withNode(async (node) => {
    const { service: { revision } } = await deploy(node);
    await node.control.tenancy.removeService(developer, name);
    await deploy(node);
    const revisions = node.changes.map((change) =>
      change.kind === "service" ? change.service.revision : "revision" in change && change.revision
    );
    deepEqual(revisions, [revision, revision + 1, revision + 4]);
  }));

/** Versions of a real node's services: activated, rolled back and tried out while thousands of requests come. */

import assert from "node:assert/strict";
import { brokenVersions, program } from "./guests.ts";
import { Load, tell } from "./load.ts";
import { type RunningNode, withRunningNode } from "./running_node.ts";

const shop = "/v1/tenants/acme/services/shop";

Deno.test("versions change under load without a request that fails or sees two of them", () =>
  withRunningNode({}, async (node) => {
    await node.tenant("acme");
    for (const [release, VERSION] of [["aaaa", "1"], ["bbbb", "2"]] as const) {
      await node.deploy("acme/shop", await program(release), { env: { VERSION } });
    }
    // A body tells the module's release and the settings' version, which belong together.
    const body = /^release-(aaaa version=1|bbbb version=2) host=shop\.test/;
    const target = { host: "shop.test", path: "/", body };
    const load = new Load({
      port: node.port,
      requestsPerSecond: 1_500,
      connectionsMax: 8,
      answerMsMax: 30_000,
      targets: [{ ...target, keepsAlive: true }, { ...target, keepsAlive: false }],
    });
    const changes = 24;
    for (let change = 1; change <= changes; change++) {
      const how = change % 2 === 0 ? "rollback" : `versions/${change % 4 === 1 ? 1 : 2}/activate`;
      const { cells, service } = await node.ok("POST", `${shop}/${how}`);
      assert.deepEqual(cells, { acknowledged: 2, of: 2 });
      // Once a change is acknowledged, nobody sees what was before.
      const seen = await Promise.all(Array.from({ length: 8 }, () => node.text("shop.test")));
      for (const text of seen) assert.match(text, new RegExp(`version=${service.active} `));
    }
    const { failures, targets } = await load.end();
    assert.equal(tell(failures), "");
    for (const { timesMs, bodies } of targets) {
      assert.ok(timesMs.length > 300, `${timesMs.length} requests`);
      assert.equal(bodies.size, 2);
    }
  }));

Deno.test("a canary gets its share, and clients stay with what they were given", () =>
  withRunningNode({ cells: 1, threads: 1 }, async (node) => {
    await node.tenant("acme");
    await node.deploy("acme/shop", await program(), { env: { VERSION: "1" } });
    await node.deploy("acme/shop", await program(), { env: { VERSION: "2" } }, false);
    const isCanary = async (headers: Record<string, string> = {}) =>
      / version=2 /.test(await node.text("shop.test", "/", { headers }));
    const shareOf = async (count: number) => {
      let found = 0;
      for (let index = 0; index < count; index++) if (await isCanary()) found += 1;
      return found;
    };
    assert.equal(await shareOf(20), 0);
    for (const percent of [10, 35]) {
      await node.ok("PUT", `${shop}/canary`, { version: 2, percent });
      assert.equal(await shareOf(200), 2 * percent);
    }

    await node.ok("PUT", `${shop}/canary`, { version: 2, percent: 50, sticky: { cookie: "v" } });
    const cookies = new Map<string, boolean>();
    for (let client = 0; client < 20; client++) {
      const first = await node.ask("shop.test");
      const [cookie = ""] = first.headers.getSetCookie();
      assert.match(cookie, /^v=\d+; Path=\/; HttpOnly/);
      cookies.set(cookie.split(";")[0] ?? "", / version=2 /.test(await first.text()));
    }
    assert.deepEqual(new Set(cookies.values()), new Set([true, false]));
    for (const [cookie, was] of cookies) assert.equal(await isCanary({ cookie }), was);
    // A share that grows takes further clients along and gives none back.
    await node.ok("PUT", `${shop}/canary`, { version: 2, percent: 75, sticky: { cookie: "v" } });
    for (const [cookie, was] of cookies) assert.ok(await isCanary({ cookie }) || !was);

    await node.ok("PUT", `${shop}/canary`, {
      version: 2,
      percent: 50,
      sticky: { field: "X-User" },
    });
    const users = new Map<string, boolean>();
    for (let user = 0; user < 40; user++) {
      users.set(`user-${user}`, await isCanary({ "x-user": `user-${user}` }));
    }
    assert.deepEqual(new Set(users.values()), new Set([true, false]));
    for (const [user, was] of users) assert.equal(await isCanary({ "x-user": user }), was);

    await node.ok("POST", `${shop}/canary/promote`);
    assert.equal(await shareOf(20), 20);
    await node.ok("POST", `${shop}/rollback`);
    assert.equal(await shareOf(20), 0);
  }));

Deno.test("versions that are broken are told why and never serve, whoever else deploys beside", () =>
  withRunningNode({ cells: 1, threads: 1 }, async (node) => {
    await node.tenant("acme");
    await node.tenant("other");
    const good = { env: { VERSION: "1" }, health: { path: "/status?202", status: 202 } };
    await node.deploy("acme/shop", await program(), good);
    const broken = async () => {
      for (const [name, { module, health, settings, why }] of Object.entries(brokenVersions)) {
        const asked = { ...settings, ...(health !== undefined && { health }) };
        const { status, json } = await node.tryDeploy("acme/shop", await module(), asked);
        assert.equal(status, 422, `what ${name} is answered ${status} ${JSON.stringify(json)}`);
        assert.equal(json.code, "SKERRY_VERSION_FAILED");
        assert.match(JSON.stringify(json.diagnostics), why, name);
        await checkNeverServes(node, json.version);
      }
    };
    const beside = async () => {
      for (let count = 0; count < 5; count++) await node.deploy("other/beside", await program());
    };
    await Promise.all([broken(), beside()]);
    assert.match(await node.text("beside.test"), /^release-0000/);
    const { active, newest } = await node.ok("GET", shop);
    assert.deepEqual([active, newest], [1, 1 + Object.keys(brokenVersions).length]);
  }));

/** A version that has failed is not activated by being asked for, nor as a canary. */
async function checkNeverServes(node: RunningNode, version: number): Promise<void> {
  assert.equal((await node.api("POST", `${shop}/versions/${version}/activate`)).status, 422);
  assert.equal((await node.api("PUT", `${shop}/canary`, { version, percent: 50 })).status, 409);
  assert.match(await node.text("shop.test"), /version=1 /);
}

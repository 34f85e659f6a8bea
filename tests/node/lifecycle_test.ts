/** A real node that is stopped, killed and started again. */

import assert from "node:assert/strict";
import { program } from "./guests.ts";
import {
  childrenOf,
  delay,
  isAlive,
  type RunningNode,
  until,
  withRunningNode,
} from "./running_node.ts";

const shop = "/v1/tenants/acme/services/shop";

Deno.test("a node that is stopped lets requests end and takes no more; started again it serves the same", () =>
  // Without what ends cells together with their supervisor.
  withRunningNode({ more: ["--sandbox", "none"] }, async (node) => {
    await node.tenant("acme");
    await node.ok("PUT", shop);
    await node.ok("PUT", `${shop}/config/colour`, { value: "blue" });
    await node.ok("PUT", `${shop}/secrets/key`, { value: "swordfish" });
    await node.deploy("acme/shop", await program(), { env: { VERSION: "1" } });
    await node.deploy("acme/shop", await program("next"), { env: { VERSION: "2" } });
    await node.deploy("acme/shop", await program("last"), { env: { VERSION: "3" } }, false);
    await node.ok("PUT", `${shop}/canary`, { version: 3, percent: 0.01 });
    assert.equal(await node.text("shop.test", "/count?visits"), "1");
    const before = await lists(node);

    const underWay = Array.from({ length: 6 }, () => node.text("shop.test", "/drip?15"));
    await delay(500);
    node.signal("SIGTERM");
    const refusal = until(() =>
      Deno.connect({ port: node.port }).then((socket) => {
        socket.close();
        return undefined;
      }, (error) => error instanceof Deno.errors.ConnectionRefused || undefined), () => "refusal");
    for (const text of await Promise.all(underWay)) assert.equal(text, "drip ".repeat(15) + "end");
    assert.equal(await refusal, true);
    assert.equal(await node.ended, 0);

    await node.start();
    assert.deepEqual(await lists(node), before);
    assert.match(await node.text("shop.test"), /^release-next version=2 /);
    assert.equal(await node.text("shop.test", "/count?visits"), "2");
    assert.equal(await node.text("shop.test", "/file?/config/colour"), "blue");
    assert.equal(await node.text("shop.test", "/file?/secrets/key"), "swordfish");
    assert.doesNotMatch(JSON.stringify(node.log) + node.stderr, /swordfish/);

    // What was asked lasts as long as its answer, though nobody is there to serve for any more.
    const supervisors = await childrenOf(node.pid);
    const processes = (await Promise.all(supervisors.map(childrenOf))).flat();
    assert.equal(processes.length, 3);
    const asked = node.text("shop.test", "/drip?10");
    await delay(300);
    await node.kill();
    const started = node.start();
    assert.equal(await asked, "drip ".repeat(10) + "end");
    await until(() => !processes.some(isAlive) || undefined, () => "all processes to end");
    await started;
    assert.deepEqual(await lists(node), before);
    assert.equal(await node.text("shop.test", "/count?visits"), "3");
  }));

Deno.test("a node that is told to log failures logs no request that went well", () =>
  withRunningNode({ more: ["--log", "failures"] }, async (node) => {
    await node.tenant("acme");
    await node.ok("PUT", shop);
    await node.deploy("acme/shop", await program());
    for (let count = 0; count < 10; count += 1) await node.text("shop.test");
    await node.text("nobody.test");
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
    const requests = node.log.filter(({ type }) => type === "request");
    assert.deepEqual(requests.map(({ host, outcome }) => [host, outcome]), [[
      "nobody.test",
      "unrouted",
    ]]);
  }));

Deno.test("a cell that is killed is started again and knows what was changed meanwhile", () =>
  withRunningNode({ cells: 1, threads: 2 }, async (node) => {
    await node.tenant("acme");
    await node.deploy("acme/shop", await program(), { env: { VERSION: "1" } });
    await node.deploy("acme/shop", await program(), { env: { VERSION: "2" } });
    const [cell] = await node.cells();
    assert.ok(cell !== undefined);
    Deno.kill(cell.pid, "SIGKILL");
    await until(
      async () => (await node.cells())[0]?.pid !== cell.pid || undefined,
      () => "its end",
    );
    // Nobody is there to take it, and it counts all the same.
    const { service } = await node.ok("POST", `${shop}/rollback`);
    assert.equal(service.active, 1);
    assert.match(await node.text("shop.test"), /version=1 /);
    assert.match(node.stderr, /cell 0: it ended by SIGKILL/);
  }));

/** All that the API tells of what is deployed. */
async function lists(node: RunningNode): Promise<unknown> {
  const { tenants } = await node.ok("GET", "/v1/tenants");
  const { versions } = await node.ok("GET", `${shop}/versions`);
  const [services, config, secrets, tokens] = await Promise.all([
    node.ok("GET", "/v1/tenants/acme/services"),
    node.ok("GET", `${shop}/config`),
    node.ok("GET", `${shop}/secrets`),
    node.ok("GET", "/v1/tokens"),
  ]);
  const known = tokens.tokens.map((
    { id, scopes }: { id: string; scopes: string[] },
  ) => [id, scopes]);
  return { tenants, services, versions, config, secrets, known };
}

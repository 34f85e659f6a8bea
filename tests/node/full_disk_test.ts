/** A real node whose disk is full. */

import assert from "node:assert/strict";
import { deployed } from "./chaos.ts";
import { program } from "./guests.ts";
import { Load, tell } from "./load.ts";
import { delay, until, withRunningNode } from "./running_node.ts";
import { fill, withSmallDisk } from "./small_disk.ts";

/** What more is left free each time, in bytes. */
const roomBytes = 16 * 1024;

const canMount = await withSmallDisk(() => Promise.resolve(true));

Deno.test({
  name: "a full disk is told to who deploys, hurts no service, and loses nothing",
  // Without root there is no small file system.
  ignore: canMount !== true,
  fn: () => withSmallDisk(onSmallDisk),
});

function onSmallDisk(disk: string): Promise<void> {
  return withRunningNode({ state: `${disk}/state`, cells: 2, threads: 1 }, async (node) => {
    await node.tenant("acme");
    await node.deploy("acme/shop", await program(), { env: { VERSION: "1" } });
    await node.deploy("acme/shop", await program(), { env: { VERSION: "2" } });
    assert.equal(await node.text("shop.test", "/count?hits"), "1");
    const load = new Load({
      ...{ port: node.port, requestsPerSecond: 500, connectionsMax: 8, answerMsMax: 30_000 },
      targets: [true, false].map((keepsAlive) => ({
        ...{ host: "shop.test", path: "/", body: /^release-\S+ version=\d+ / },
        keepsAlive,
      })),
    });
    // With no room at all, then with a little more each time: what is refused fails at another place.
    let active = 2;
    const refusals: number[] = [];
    for (let attempt = 0; attempt < 16; attempt++) {
      await fill(disk, attempt * roomBytes);
      const VERSION = String(10 + attempt);
      const { status, json } = await node.tryDeploy("acme/shop", await program(`n-${VERSION}`), {
        env: { VERSION },
      });
      if (status === 201) active = 10 + attempt;
      else refusals.push(status);
      assert.ok(status === 201 || status === 507, JSON.stringify(json));
      assert.match(await node.text("shop.test"), new RegExp(`version=${active} `));
    }
    assert.ok(refusals.length > 2, refusals.join());
    await fill(disk, 0);
    const changes = await Promise.all([
      node.api("PUT", "/v1/tenants/acme/services/shop/config/colour", {
        value: "x".repeat(60_000),
      }),
      node.api("PUT", "/v1/tenants/acme/services/shop/secrets/key", {
        value: "x".repeat(60_000),
      }),
    ]);
    for (const { status, json } of changes) assert.equal(status, 507, JSON.stringify(json));
    const counted = await node.text("shop.test", "/count?hits");
    assert.match(counted, /^(2|-7)$/);

    // A cell that is killed comes back, though nothing can be written.
    const [cell] = await node.cells();
    Deno.kill(cell?.pid ?? assert.fail(), "SIGKILL");
    await until(async () => {
      const [now] = await node.cells();
      return now?.state === "serving" && now.pid !== cell?.pid || undefined;
    }, () => `cell 0 in ${node.stderr}`);
    await delay(300);
    const { failures } = await load.end();
    assert.equal(tell(failures.filter(({ isBroken }) => !isBroken)), "");

    const before = await deployed(node);
    // So does the whole node, and as soon as there is room it takes what is new.
    await node.kill();
    await node.start();
    assert.deepEqual(await deployed(node), before);
    assert.match(await node.text("shop.test"), new RegExp(`version=${active} `));
    await Deno.remove(`${disk}/filler`);
    await node.deploy("acme/shop", await program("room"), { env: { VERSION: "3" } });
    assert.match(await node.text("shop.test"), /^release-room version=3 /);
  });
}

/** What the services of a real node are: where they are found, what they keep, whom they reach, what they tell. */

import assert from "node:assert/strict";
import { keyValueStatuses } from "@skerry/hostcalls";
import { program } from "./guests.ts";
import { until, withRunningNode } from "./running_node.ts";

Deno.test("services of several tenants on one node", async (t) => {
  await withRunningNode({}, async (node) => {
    const module = await program();
    const deploy = (name: string, ...routes: [host: string, prefix: string][]) =>
      node.deploy(name, module, {
        env: { VERSION: name },
        routes: routes.map(([host, prefix]) => ({ host, prefix })),
      });
    const backend = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) =>
        new Response(`${request.method} ${new URL(request.url).pathname}`, { status: 203 }),
    );
    await node.tenant("acme", { privateBackends: ["127.0.0.0/8", "[::1]/128"] });
    await node.tenant("bolt");

    await t.step("are found by host and the longest prefix of the path", async () => {
      await deploy("acme/exact", ["shop.test", ""], ["shop.test", "/a/b"]);
      await deploy("acme/deep", ["shop.test", "/a"], ["shop.test", "/a/b/c"]);
      await deploy("acme/wild", ["*.shop.test", ""]);
      await deploy("acme/named", ["www.shop.test", "/only"]);
      await deploy("bolt/any", ["*", "/any"]);
      const found = async (host: string, path: string) => {
        const answer = await node.ask(host, path);
        if (answer.status !== 200) return answer.status;
        const [, version, script] =
          /version=(\S+) host=\S+ script=(\S*)/.exec(await answer.text()) ??
            [];
        return `${version} ${script}`;
      };
      const wanted = {
        "shop.test /": "acme/exact ",
        "shop.test /a": "acme/deep /a",
        "shop.test /ab": "acme/exact ",
        "shop.test /a/b": "acme/exact /a/b",
        "shop.test /a/b/cd": "acme/exact /a/b",
        "shop.test /a/b/c/d": "acme/deep /a/b/c",
        "SHOP.Test. /a": "acme/deep /a",
        "shop.test:8080 /a": "acme/deep /a",
        "x.shop.test /": "acme/wild ",
        "x.y.shop.test /": "acme/wild ",
        "www.shop.test /only/this": "acme/named /only",
        "www.shop.test /other": 404,
        "other.test /any/thing": "bolt/any /any",
        "other.test /": 404,
        "noshop.test /any": "bolt/any /any",
      };
      const told: Record<string, unknown> = {};
      for (const asked of Object.keys(wanted)) {
        const [host = "", path = ""] = asked.split(" ");
        told[asked] = await found(host, path);
      }
      assert.deepEqual(told, wanted);
      await node.ok("DELETE", "/v1/tenants/bolt/services/any");
      assert.equal(await found("other.test", "/any"), 421);
    });

    await t.step("take no hosts from each other's tenants", async () => {
      for (const host of ["shop.test", "new.shop.test", "*.shop.test", "*.test", "SHOP.test."]) {
        const { status } = await node.tryDeploy("bolt/thief", module, { host });
        assert.equal(status, 409, host);
      }
      const { token } = await node.ok("POST", "/v1/tenants/bolt/tokens", {
        name: "bolt",
        scopes: ["read", "deploy"],
      });
      for (const path of ["", "/services", "/services/exact", "/kv/default"]) {
        assert.equal(
          (await node.api("GET", `/v1/tenants/acme${path}`, undefined, { token })).status,
          404,
        );
      }
      assert.match(await node.text("shop.test"), /version=acme\/exact/);
    });

    await t.step("keep keys that all cells see, each tenant its own", async () => {
      const counts = await Promise.all(
        Array.from({ length: 60 }, async () => Number(await node.text("shop.test", "/count?hits"))),
      );
      // No two requests have counted the same, wherever they ran.
      assert.deepEqual(counts.sort((a, b) => a - b), Array.from({ length: 60 }, (_, at) => at + 1));
      await node.deploy("bolt/own", module);
      assert.equal(await node.text("own.test", "/count?hits"), "1");
      const cells = new Set(node.log.map(({ cell, thread }) => `${cell} ${thread}`));
      assert.equal(cells.size, 4);
    });

    await t.step("read their configuration and secrets as files, and see changes", async () => {
      const path = "/v1/tenants/acme/services/exact";
      await node.ok("PUT", `${path}/config/colour`, { value: "blue" });
      await node.ok("PUT", `${path}/secrets/key`, { value: "swordfish" });
      const told = async () =>
        new Set(
          await Promise.all(
            Array.from({ length: 12 }, async () =>
              await node.text("shop.test", "/file?/config/colour") + " " +
              await node.text("shop.test", "/file?/secrets/key")),
          ),
        );
      assert.deepEqual(await told(), new Set(["blue swordfish"]));
      await node.ok("PUT", `${path}/secrets/key`, { value: "tuna" });
      assert.deepEqual(await told(), new Set(["blue tuna"]));
      assert.equal((await node.ask("own.test", "/file?/secrets/key")).status, 404);
    });

    await t.step("reach their backends and no others", async () => {
      const { port } = backend.addr;
      const named = { origin: `http://localhost:${port}` };
      const settings = {
        backends: { api: { origin: `http://127.0.0.1:${port}` }, named },
        routes: [{ host: "asks.test", prefix: "" }, {
          host: "asks.test",
          prefix: "/pass",
          backend: "named",
        }],
      };
      await node.deploy("acme/asks", module, settings);
      assert.equal(await node.text("asks.test", "/fetch?api"), "203 GET /asked");
      assert.equal(await node.text("asks.test", "/fetch?named"), "203 GET /asked");
      assert.equal(
        await node.text("asks.test", "/pass/on", { method: "DELETE" }),
        "DELETE /pass/on",
      );
      assert.match(await node.text("asks.test", "/fetch?other"), /^errno /);
      // The same of a tenant who may reach public addresses alone.
      const routes = settings.routes.map((route) => ({ ...route, host: "barred.test" }));
      await node.deploy("bolt/barred", module, { ...settings, routes });
      assert.equal((await node.ask("barred.test", "/fetch?api")).status, 502);
      assert.equal((await node.ask("barred.test", "/pass/on")).status, 503);
    });

    await t.step("tell what they do, to the log and to whoever follows", async () => {
      const stop = new AbortController();
      const tail = await fetch(`${node.adminUrl}/v1/tenants/acme/services/exact/tail`, {
        headers: { authorization: `Bearer ${node.token}` },
        signal: stop.signal,
      });
      const lines: Record<string, unknown>[] = [];
      const reading = (async () => {
        for await (
          const text of (tail.body ?? assert.fail()).pipeThrough(new TextDecoderStream())
        ) {
          lines.push(...text.trimEnd().split("\n").map((line) => JSON.parse(line)));
        }
      })().catch(() => {});
      // Cells hear of it one after the other.
      await until(async () => {
        await node.ask("own.test", "/log?not-theirs");
        await node.ask("shop.test", "/log?hello-you");
        return lines.find(({ line }) => line === "hello-you");
      }, () => "a guest's line");
      const request = await until(
        () => lines.find(({ type, path }) => type === "request" && path === "/log"),
        () => "a request",
      );
      const { service, version, status, outcome } = request;
      assert.deepEqual([service, version, status, outcome], ["acme/exact", 1, 200, "returned"]);
      assert.ok(!lines.some(({ line }) => line === "not-theirs"));
      stop.abort();
      await reading;
      const logged = await node.logged(({ line }) => line === "hello-you");
      assert.equal(logged["service"], "acme/exact");
    });

    await t.step("are told of none that had their names before", async () => {
      const deployNew = async () => {
        await node.tenant("crux");
        await deploy("crux/shop", ["crux.test", ""]);
      };
      const counted = async () => {
        const { services } = await node.ok("GET", "/v1/metrics.json");
        const requests: { count: number }[] | undefined = services
          .find(({ name }: { name: string }) => name === "crux/shop")?.requests;
        return requests?.reduce((sum, { count }) => sum + count, 0);
      };
      await deployNew();
      for (let more = 0; more < 3; more++) await node.text("crux.test");
      await until(async () => await counted() === 3, () => "its counts");
      const tail = await fetch(`${node.adminUrl}/v1/tenants/crux/services/shop/tail`, {
        headers: { authorization: `Bearer ${node.token}` },
      });
      const late = node.text("crux.test", "/sleep?2000");
      const lateWrite = node.text("crux.test", "/late?2000");
      await node.text("crux.test");
      await node.ok("DELETE", "/v1/tenants/crux");
      assert.equal(await counted(), undefined);
      // Who follows what is gone is told so.
      await tail.text();
      await deployNew();
      await node.text("crux.test");
      assert.equal(await late, "slept");
      // The keys are those of the tenant that has the name now.
      assert.equal(keyValueStatuses[Number(await lateWrite)], "FAILED");
      const { serviceKey } = await node.logged(({ path }) => path === "/sleep");
      await node.text("crux.test", "/own");
      const own = await node.logged(({ path }) => path === "/own");
      assert.equal(own["service"], "crux/shop");
      assert.ok(Number(own["serviceKey"]) > Number(serviceKey));
      await until(async () => await counted() === 2, () => "its own counts alone");
    });
    await backend.shutdown();
  });
});

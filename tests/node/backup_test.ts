/** A copy of a node's state that is taken while it changes, and a node that starts from it. */

import assert from "node:assert/strict";
import { skerry } from "../end_to_end/skerry.ts";
import { withNode } from "./harness.ts";

Deno.test("a copy that is taken while keys are written and versions deployed is a state to start from", async () => {
  const folder = await Deno.makeTempDir({ prefix: "skerry-backup-" });
  const copy = `${folder}/copy`;
  let token = "";
  await withNode(async (node) => {
    token = node.token;
    const call = async (method: string, path: string, body?: string) => {
      const response = await fetch(`${node.admin}/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${node.token}`, "content-type": "application/json" },
        ...(body !== undefined && { body }),
      });
      assert.ok(response.ok, `${path}: ${await response.text()}`);
      return response;
    };
    await call("PUT", "/tenants/shop", "{}");
    await node.done(["new", "hello", "--language", "wat"]);
    const deploy = ["deploy", "hello", "--service", "shop/hello", "--host", "hello.example"];
    await node.done(deploy);
    await call("PUT", "/tenants/shop/services/hello/secrets/KEY", '{"value": "sealed"}');
    let isOver = false;
    let written = 0;
    const writing = (async () => {
      for (; !isOver; written += 1) {
        await call(
          "PUT",
          `/tenants/shop/kv/main/${btoa(`key${written}`).replaceAll("=", "")}`,
          "v",
        );
      }
    })();
    const deploying = node.done(deploy);
    const { code, stderr } = await skerry([
      "backup",
      "--state",
      `${node.folder}/state`,
      "--to",
      copy,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /copy: 1 services, [12] versions, \d modules and artifacts/);
    isOver = true;
    await Promise.all([writing, deploying]);
    assert.ok(written > 0);
    const again = await skerry(["backup", "--state", `${node.folder}/state`, "--to", copy]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /something is there already/);
  });
  const { mode } = await Deno.stat(copy);
  assert.equal((mode ?? 0) & 0o077, 0);
  await withNode(async (node) => {
    assert.equal(node.token, token);
    assert.match((await node.get("hello.example")).text, /^Hello/);
    const headers = { authorization: `Bearer ${token}` };
    const keys = await fetch(`${node.admin}/v1/tenants/shop/kv/main`, { headers });
    assert.ok(keys.ok, await keys.text());
    // Seals what was sealed anew: it must be opened for that.
    const rotated = await fetch(`${node.admin}/v1/secrets/rotate`, { method: "POST", headers });
    assert.ok(rotated.ok, await rotated.text());
  }, { state: copy });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is no state is not copied", async () => {
  const folder = await Deno.makeTempDir();
  const { code, stderr } = await skerry(["backup", "--state", folder, "--to", `${folder}/copy`]);
  assert.equal(code, 1);
  assert.match(stderr, /no state of a node/);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

/** The verbs that ask a node, as a person types them, against a real one. */

import assert from "node:assert/strict";
import { type TestNode, withNode } from "./harness.ts";

/** A program that answers with a text. */
function answering(text: string): string {
  const answer = `Content-Type: text/plain\n\n${text}\n`;
  const escaped = answer.replaceAll("\n", "\\n");
  return `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\${
    answer.length.toString(16).padStart(2, "0")
  }\\00\\00\\00")
  (data (i32.const 16) "${escaped}")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
`;
}

/** Writes a project whose program answers with a text, in place of the one that was there. */
async function project(node: TestNode, name: string, text: string, more = ""): Promise<void> {
  const folder = `${node.folder}/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  const manifest = `name = "${name}"\nlanguage = "wat"\n${more}\n[build]\nsources = ["main.wat"]\n`;
  await Deno.writeTextFile(`${folder}/skerry.toml`, manifest);
  await Deno.writeTextFile(`${folder}/main.wat`, answering(text));
  await Deno.remove(`${folder}/build`, { recursive: true }).catch(() => {});
}

async function json(node: TestNode, words: readonly string[], token = node.token) {
  return JSON.parse(await node.done([...words, "--json"], { token }));
}

Deno.test("a project is deployed, changed, tried on a share, and rolled back", async () => {
  await withNode(async (node) => {
    await fetch(`${node.admin}/v1/tenants/shop`, {
      method: "PUT",
      body: "{}",
      headers: { authorization: `Bearer ${node.token}`, "content-type": "application/json" },
    }).then((response) => response.body?.cancel());
    await project(node, "hello", "one");
    const first = await node.done(["deploy", "hello", "--service", "shop/hello"]);
    const { port } = new URL(node.url);
    assert.match(first, /^shop\/hello: version 1 serves\n.* built in \d+ ms, sent in \d+ ms, dep/);
    assert.match(first, new RegExp(`\nhttp://hello\\.shop\\.localhost:${port}/\n$`));
    assert.equal((await node.get("hello.shop.localhost")).text, "one\n");

    await project(node, "hello", "two");
    const words = ["deploy", "hello", "--service", "shop/hello", "--note", "the \u202esecond"];
    const waiting = await node.done([...words, "--no-activate"]);
    assert.match(waiting, /^shop\/hello: version 2 is ready; version 1 serves\n/);
    assert.equal((await node.get("hello.shop.localhost")).text, "one\n");
    const canary = await node.done(["versions", "canary", "shop/hello", "2", "99%"]);
    assert.equal(
      canary,
      "shop/hello: version 1 serves, version 2 99 of 100 requests\n",
    );
    const listed = await node.done(["versions", "list", "shop/hello"]);
    assert.match(listed, /^VERSION +STATE +SERVES/);
    assert.match(listed, /\n2 +ready +99% .*the \\u\{202e\}second\n1 +ready +1% /);
    await node.done(["versions", "canary", "shop/hello", "--end"]);
    assert.equal((await node.get("hello.shop.localhost")).text, "one\n");
    await node.done(["versions", "activate", "shop/hello", "2"]);
    assert.equal((await node.get("hello.shop.localhost")).text, "two\n");
    const back = await node.done(["versions", "rollback", "shop/hello"]);
    assert.equal(back, "shop/hello: version 1 serves (before it: version 2)\n");
    assert.equal((await node.get("hello.shop.localhost")).text, "one\n");

    await project(node, "hello", "three");
    const tried = await json(node, ["deploy", "hello", "--service", "shop/hello", "--canary", "5"]);
    assert.deepEqual(tried.service.canary, { version: 3, percent: 5 });
    assert.equal(tried.service.active, 1);
    const promoted = await json(node, ["versions", "canary", "shop/hello", "--promote"]);
    assert.equal(promoted.service.active, 3);
    assert.equal((await node.get("hello.shop.localhost")).text, "three\n");
    const shown = await json(node, ["versions", "show", "shop/hello", "2"]);
    assert.equal(shown.note, "the \u202esecond");
    assert.match(
      await node.done(["versions", "show", "shop/hello", "3"]),
      /\nroute +hello\.shop\.localhost\/\.\.\.\n$/,
    );
  });
});

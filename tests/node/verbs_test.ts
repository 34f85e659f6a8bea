/** The verbs that ask a node, as a person types them, against a real one. */

import assert from "node:assert/strict";
import { shopCertificate } from "../../packages/platform/tls/testing/certificates.ts";
import { notes } from "../end_to_end/notes_program.ts";
import { skerry } from "../end_to_end/skerry.ts";
import { type TestNode, testsOfNode } from "./harness.ts";

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

const shared = testsOfNode("the verbs that ask a node");

shared.test("a project is deployed, changed, tried on a share, and rolled back", async (node) => {
  await node.done(["tenants", "put", "shop"]);
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

shared.test("a version that cannot be served says all that is wrong, and what served before goes on", async (node) => {
  await node.done(["tenants", "put", "shop"]);
  await project(node, "hello", "one", '[health]\npath = "/up"\n');
  const words = ["deploy", "hello", "--service", "shop/hello"];
  await node.done(words);
  // A program that exits with a failure, and one that wants what nobody offers.
  const broken = [
    [
      '(module (func (export "_start") unreachable))',
      /asked for \/up, it answered 500 where 200/,
    ],
    ['(module (import "moon" "rise" (func)) (func (export "_start")))', /the module: .*moon/],
  ] as const;
  for (const [program, why] of broken) {
    await Deno.writeTextFile(`${node.folder}/hello/main.wat`, program);
    await Deno.remove(`${node.folder}/hello/build`, { recursive: true });
    const { code, stdout, stderr } = await node.verb(words);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /the node answers 422 SKERRY_VERSION_FAILED: version \d cannot be served\n/,
    );
    assert.match(stderr, why);
  }
  assert.equal((await node.get("hello.shop.localhost")).text, "one\n");
  const listed = await node.done(["versions", "list", "shop/hello"]);
  assert.match(listed, /\n3 +failed +.*\n2 +failed +.*\n1 +ready +all /);
  assert.match(await node.done(["versions", "show", "shop/hello", "3"]), /\nthe module: .*moon/);
  const activated = await node.verb(["versions", "activate", "shop/hello", "2"]);
  assert.equal(activated.code, 1);
  const none = await node.verb(["versions", "rollback", "shop/hello"]);
  assert.match(none.stderr, /409 SKERRY_STATE_CONFLICT: no version was active before/);
});

shared.test("files and an initialisation come along, of programs that are built and of prebuilt ones", async (node) => {
  await node.done(["tenants", "put", "shop"]);
  const bundle = '[[bundles]]\nguest = "/data"\npath = "files"\n';
  const built = `language = "wat"\nbuild.sources = ["main.wat"]\n`;
  const prebuilt = 'module = "prebuilt.wasm"\n';
  const deployed = async (more: string) => {
    const manifest = `name = "notes"\n${more}${bundle}`;
    await Deno.writeTextFile(`${node.folder}/notes/skerry.toml`, manifest);
    await node.done(["deploy", "notes", "--service", "shop/notes"]);
    const answers = [
      await node.get("notes.shop.localhost"),
      await node.get("notes.shop.localhost"),
    ];
    return answers.map(({ text }) => text);
  };
  await Deno.mkdir(`${node.folder}/notes/files`, { recursive: true });
  await Deno.writeTextFile(`${node.folder}/notes/files/note`, "hello ");
  await Deno.writeTextFile(`${node.folder}/notes/main.wat`, notes);
  assert.deepEqual(await deployed(built), ["hello x", "hello x"]);
  await Deno.copyFile(
    `${node.folder}/notes/build/notes.wasm`,
    `${node.folder}/notes/prebuilt.wasm`,
  );
  assert.deepEqual(await deployed(prebuilt), ["hello x", "hello x"]);
  const prepared = ["hello prepared x", "hello prepared x"];
  assert.deepEqual(await deployed(`snapshot = "prepare"\n${built}`), prepared);
  assert.deepEqual(await deployed(`snapshot = "prepare"\n${prebuilt}`), prepared);

  const directories = '[[directories]]\nguest = "/x"\nhost = "x"\n';
  await Deno.writeTextFile(
    `${node.folder}/notes/skerry.toml`,
    `name = "notes"\n${prebuilt}${directories}`,
  );
  const refused = await node.verb(["deploy", "notes", "--service", "shop/notes"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /notes\/skerry\.toml:3:1: directories: a node hands out no/);
});

shared.test("a secret is set, listed by its name and removed, and is in nothing that a verb prints", async (node) => {
  const secret = "correct-horse-battery";
  await node.done(["tenants", "put", "shop"]);
  const early = await node.verb(["secret", "put", "shop/api", "KEY"], { stdin: secret });
  assert.equal(early.code, 1);
  assert.match(early.stderr, /404 SKERRY_NOT_FOUND/);
  await node.done(["services", "add", "shop/api"]);
  const said = [early.stderr, early.stdout];
  const call = { stdin: `${secret}\n` };
  said.push(await node.done(["secret", "put", "shop/api", "KEY"], call));
  said.push(await node.done(["secret", "put", "shop/api", "OTHER", "--json"], call));
  said.push(await node.done(["secret", "list", "shop/api"]));
  assert.match(said.at(-1) ?? "", /^NAME +CHANGED\nKEY +\d{4}-.*\nOTHER +/);
  said.push(await node.done(["secret", "list", "shop/api", "--json"]));
  said.push(await node.done(["secret", "rm", "shop/api", "OTHER"]));
  const twice = await node.verb(["secret", "rm", "shop/api", "OTHER"]);
  assert.equal(twice.code, 1);
  said.push(twice.stderr);
  const large = await node.verb(["secret", "put", "shop/api", "KEY"], {
    stdin: secret.repeat(10_000),
  });
  assert.match(large.stderr, /400|413/);
  said.push(large.stderr, await node.done(["versions", "list", "shop/api"]));
  assert.ok(said.every((text) => !text.includes(secret) && !text.includes(node.token)));

  await Deno.writeTextFile(`${node.folder}/greeting`, "hi\nthere\n");
  const file = ["--from-file", "greeting"];
  await node.done(["config", "put", "shop/api", "greeting.txt", ...file]);
  const { config } = await json(node, ["config", "list", "shop/api"]);
  assert.equal(config[0].value, "hi\nthere\n");
  assert.match(await node.done(["config", "list", "shop/api"]), /hi\\u\{a\}there/);
  await node.done(["config", "rm", "shop/api", "greeting.txt"]);
  assert.equal(await node.done(["config", "list", "shop/api"]), "there are none\n");
  const binary = await node.verb(["config", "put", "shop/api", "x"], {
    stdin: new Uint8Array([0xff, 0xfe]),
  });
  assert.equal(binary.code, 2);
});

shared.test("keys are set on conditions, listed, given as the very bytes, and removed", async (node) => {
  await node.done(["tenants", "put", "shop"]);
  const bytes = new Uint8Array([0, 1, 0xff, 0x1b]);
  await node.done(["kv", "put", "shop/main", "a/b c"], { stdin: bytes });
  const got = await json(node, ["kv", "get", "shop/main", "a/b c"]);
  assert.deepEqual(Uint8Array.fromBase64(got.value, { alphabet: "base64url" }), bytes);
  await node.done(["kv", "put", "shop/main", "text", "--ttl", "1h", "--metadata", "\u202em"], {
    stdin: "as it is\n",
  });
  assert.equal(await node.done(["kv", "get", "shop/main", "text"]), "as it is\n");
  const taken = await node.verb(["kv", "put", "shop/main", "text", "--if-absent"], {
    stdin: "x",
  });
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /412 SKERRY_REVISION_CHANGED/);
  const changed = ["kv", "put", "shop/main", "text", "--if-generation", "1"];
  assert.equal((await node.verb(changed, { stdin: "x" })).code, 1);
  const listed = await node.done(["kv", "list", "shop/main"]);
  assert.match(
    listed,
    /^KEY +GENERATION.*\na\/b c +1 +4\ntext +\d+ +9 +\S+ \S+ +\\u\{202e\}m\n$/,
  );
  assert.match(await node.done(["kv", "list", "shop/main", "--prefix", "te"]), /\n.*\n$/);
  await node.done(["kv", "rm", "shop/main", "text"]);
  assert.equal((await node.verb(["kv", "get", "shop/main", "text"])).code, 1);
  assert.equal((await node.verb(["kv", "get", "shop/main", ".."])).code, 2);
});

shared.test("two tenants see nothing of each other, whatever their tokens allow", async (node) => {
  await node.done(["tenants", "put", "ant", "--services", "3", "--memory", "64MiB"]);
  await node.done(["tenants", "put", "bee", "--private-backend", "10.1.0.0/16"]);
  const scopes = ["read", "deploy", "config", "secrets", "kv", "tokens"];
  const make = async (tenant: string) => {
    const words = ["tokens", "make", "ci", "--tenant", tenant, "--scope", ...scopes];
    return (await node.done([...words, "--expires", "90d"])).trim();
  };
  const [ant, bee] = [await make("ant"), await make("bee")];
  await project(node, "hello", "from ant");
  const deployed = await json(node, ["deploy", "hello"], ant);
  assert.equal(deployed.service.tenant, "ant");
  await project(node, "hello", "from bee");
  await node.done(["deploy", "hello"], { token: bee });
  assert.equal((await node.get("hello.ant.localhost")).text, "from ant\n");
  assert.equal((await node.get("hello.bee.localhost")).text, "from bee\n");

  assert.deepEqual((await json(node, ["services"], bee)).services.length, 1);
  assert.match(
    await node.done(["services"]),
    /\nant\/hello +version 1 .*\nbee\/hello +version 1 /,
  );
  const foreign = [
    ["services", "ant"],
    ["versions", "list", "ant/hello"],
    ["versions", "activate", "ant/hello", "1"],
    ["deploy", "hello", "--service", "ant/hello"],
    ["secret", "list", "ant/hello"],
    ["config", "list", "ant/hello"],
    ["kv", "list", "ant/main"],
    ["tokens", "list", "--tenant", "ant"],
    ["services", "rm", "ant/hello", "--yes"],
  ];
  for (const words of foreign) {
    const { code, stderr } = await node.verb(words, { token: bee });
    assert.equal(code, 1, words.join(" "));
    assert.match(stderr, /404 SKERRY_NOT_FOUND: there is no such tenant/);
  }
  const shadow = await node.verb(["deploy", "hello", "--host", "hello.ant.localhost"], {
    token: bee,
  });
  assert.match(shadow.stderr, /409 SKERRY_HOST_TAKEN/);
  const all = await node.verb(["tenants"], { token: bee });
  assert.match(all.stderr, /403 SKERRY_OPERATOR_NEEDED/);

  const { tokens } = await json(node, ["tokens", "list"], ant);
  assert.equal(tokens.length, 1);
  await node.done(["tokens", "rm", tokens[0].id], { token: ant });
  const revoked = await node.verb(["services"], { token: ant });
  assert.equal(revoked.code, 1);
  assert.match(revoked.stderr, /401 SKERRY_TOKEN_REFUSED/);
  assert.ok(!revoked.stderr.includes(ant));
  assert.equal((await node.verb(["tenants", "rm", "ant"])).code, 2);
  assert.match((await node.verb(["tenants", "rm", "ant"])).stderr, /1 services .* gone for good/);
  await node.done(["tenants", "rm", "ant", "--yes"]);
  assert.equal((await node.get("hello.ant.localhost")).status, 421);
  assert.match(
    await node.done(["tenants"]),
    /^TENANT .*\nbee +\S+ \S+ +private backends 10\.1\.0\.0\/16\n$/,
  );
});

shared.test("a token is had from a file that is its owner's alone, and one that is made goes into such a file", async (node) => {
  const folder = `${node.folder}/.config/skerry`;
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/token`;
  const made = ["tokens", "make", "mine", "--operator", "--output", path];
  const said = await node.done(made);
  const token = (await Deno.readTextFile(path)).trim();
  assert.match(token, /^skerry_/);
  assert.ok(!said.includes(token));
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assert.equal(await node.done(["services"], { token: "" }), "there are none\n");
  await Deno.chmod(path, 0o644);
  const open = await node.verb(["services"], { token: "" });
  assert.equal(open.code, 1);
  assert.match(open.stderr, /others than its owner may read this token\n.*chmod 600/);
  await Deno.remove(path);
  assert.equal((await node.verb(["services"], { token: "" })).code, 2);
});

Deno.test("where no node answers that is said, with the place; and usage that is wrong is 2", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const env = { SKERRY_TOKEN: "skerry_never_shown", SKERRY_NODE: `http://127.0.0.1:${port}` };
  const { code, stderr } = await skerry(["services"], { env });
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(`^skerry: http://127.0.0.1:${port}: no node answers there: connection refused`, "i"),
  );
  assert.ok(!stderr.includes(env.SKERRY_TOKEN));
  const wrong = [
    ["versions", "activate", "shop/api", "first"],
    ["versions", "canary", "shop/api", "2", "100"],
    ["versions", "shift"],
    ["deploy", "--canary", "0"],
    ["tokens", "make", "x", "--scope", "everything"],
    ["kv", "put", "a/b/c", "key"],
  ];
  for (const words of wrong) {
    assert.equal((await skerry(words, { env })).code, 2, words.join(" "));
  }
  // A proxy would see the token: what goes to this machine goes through none.
  const asked: string[] = [];
  const proxy = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked.push(request.url);
    return new Response(null, { status: 502 });
  });
  const proxied = { ...env, HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}` };
  assert.equal((await skerry(["services"], { env: proxied })).code, 1);
  assert.deepEqual(asked, []);
  await proxy.shutdown();
});

Deno.test("a node whose certificate does not hold is told nothing, and one elsewhere wants a host", async () => {
  let asked = 0;
  const { certPem: cert, keyPem: key } = shopCertificate;
  const options = { port: 0, hostname: "127.0.0.1", cert, key, onListen() {} };
  const server = Deno.serve(options, () => {
    asked += 1;
    return new Response();
  });
  const env = { SKERRY_TOKEN: "skerry_never_shown" };
  const url = `https://127.0.0.1:${server.addr.port}`;
  const { code, stderr } = await skerry(["services", "--node", url], { env });
  assert.equal(code, 1);
  assert.match(stderr, /no node answers there: invalid peer certificate/);
  assert.equal(asked, 0);
  await server.shutdown();
  const elsewhere = ["deploy", "examples/hello-wat", "--service", "shop/hello"];
  const refused = await skerry([...elsewhere, "--node", "https://node.invalid"], { env });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /name no host, and the node is elsewhere\n.*--host/);
  const plain = await skerry(["services", "--node", "http://node.invalid"], { env });
  assert.equal(plain.code, 2);
});

shared.test("what the cache keeps is purged, and a receipt says when it was", async (node) => {
  await node.done(["tenants", "put", "shop"]);
  await project(node, "hello", "one", '[cache]\nmode = "cache"\nttl = "1h"');
  await node.done(["deploy", "hello", "--service", "shop/hello"]);
  const host = "hello.shop.localhost";
  const ways = [
    [`http://${host}/`, `http://${host}/else`],
    ...[["--key", "a", "b"], ["--host", host], ["--all"], ["--all", "--soft"]],
  ];
  for (const words of ways) {
    await node.get(host);
    const { id, nodes, pending } = await json(node, [
      "purge",
      "--service",
      "shop/hello",
      ...words,
    ]);
    assert.match(id, /^\w+-\w+$/);
    assert.equal(Object.keys(nodes).length, 1);
    assert.deepEqual(pending, []);
  }
  const told = await node.done(["purge", "--service", "shop/hello", "--all"]);
  assert.match(told, /^PURGE +NODE +APPLIED\n\w+-\w+ +skerry-\w+ +\d{4}-\d\d-\d\dT.*Z\n$/);
  const { code, stderr } = await node.verb(["purge", "--service", "shop/hello"]);
  assert.deepEqual([code, /nothing is named/.test(stderr)], [2, true]);
});

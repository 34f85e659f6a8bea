/** A real node over TLS and without, as it is met by clients that are none of ours. */

import assert from "node:assert/strict";
import {
  otherCertificate,
  shopCertificate,
} from "../../packages/platform/tls/testing/certificates.ts";
import { program } from "./guests.ts";
import { delay, type RunningNode, until, withRunningNode } from "./running_node.ts";

/** Whether a command is installed here. */
const has = (command: string) => {
  try {
    return new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
};

/** Runs a command that must succeed, and gives what it prints. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, `${command} ${args.join(" ")}: ${text(stdout)}${text(stderr)}`);
  return text(stdout);
}

/** What Node's own clients are told; prints what they get. */
const nodeClients = `
const [url, body] = process.argv.slice(1);
const { connect } = await import("node:http2");
const fetched = await fetch(url + "/echo", { method: "POST", body });
console.log(await fetched.text());
const session = connect(url);
const asked = Array.from({ length: 20 }, (_, index) => new Promise((resolve, reject) => {
  const stream = session.request({ ":path": "/echo", ":method": "POST" });
  let text = "";
  stream.setEncoding("utf8").on("data", (piece) => text += piece).on("end", () => resolve(text));
  stream.on("error", reject).end(body + index);
}));
console.log((await Promise.all(asked)).join());
session.close();
`;

Deno.test("clients of every kind are served, over TLS and without", async (t) => {
  await withRunningNode({ tls: true }, async (node) => {
    const echo = echoServer();
    await node.tenant("acme", { privateBackends: ["127.0.0.0/8"] });
    await node.deploy("acme/shop", await program(), {
      routes: ["shop.test", "localhost"].flatMap((host) => [
        { host, prefix: "" },
        { host, prefix: "/live", backend: "live" },
      ]),
      backends: { live: { origin: echo.origin } },
    });
    const url = `https://localhost:${node.tlsPort}`;
    const certificate = `${node.certificates}/default.crt`;
    const curl = (...words: string[]) => run("curl", ["--silent", "--fail", ...words]);

    await t.step({
      name: "curl by HTTP/1.1 and HTTP/2",
      ignore: !has("curl"),
      async fn() {
        for (const version of ["--http1.1", "--http2"]) {
          const words = [version, "--cacert", certificate, "--write-out", " %{http_version}"];
          const told = await curl(...words, "--data", "x".repeat(100_000), `${url}/echo`);
          assert.equal(told, `${"x".repeat(100_000)} ${version === "--http2" ? "2" : "1.1"}`);
        }
        const two = await curl("--cacert", certificate, `${url}/?one`, `${url}/status?404`)
          .catch(String);
        assert.match(two, /release-0000/);
        const plain = [`http://127.0.0.1:${node.port}/env?SERVER_PROTOCOL`, "--header"];
        assert.equal(await curl(...plain, "Host: shop.test"), "HTTP/1.1");
        assert.match(
          await curl("--head", ...plain, "Host: shop.test"),
          /^HTTP\/1\.1 200 [^]*x-request-id: /,
        );
        const expect = ["--header", "Host: shop.test", "--header", "Expect: 100-continue"];
        assert.equal(await curl(...expect, "--data", "y", `${node.url}/echo`), "y");
      },
    });

    await t.step({
      name: "Node's fetch and HTTP/2",
      ignore: !has("node"),
      async fn() {
        const child = new Deno.Command("node", {
          args: ["--input-type=module", "--eval", nodeClients, "--", url, "body"],
          env: { NODE_EXTRA_CA_CERTS: certificate },
        });
        const { stdout, stderr } = await child.output();
        const numbered = Array.from({ length: 20 }, (_, index) => `body${index}`).join();
        const told = new TextDecoder().decode(stdout);
        assert.equal(told, `body\n${numbered}\n`, new TextDecoder().decode(stderr));
      },
    });

    await t.step("Deno's fetch, with bodies that stream both ways", async () => {
      using client = Deno.createHttpClient({ caCerts: [shopCertificate.certPem] });
      const pieces = new ReadableStream({
        async start(controller) {
          for (let index = 0; index < 20; index++) {
            controller.enqueue(new Uint8Array(10_000).fill(65 + index));
            await delay(5);
          }
          controller.close();
        },
      });
      const answer = await fetch(`${url}/echo`, { client, method: "POST", body: pieces });
      const bytes = await answer.bytes();
      assert.deepEqual([bytes.length, bytes[0], bytes.at(-1)], [200_000, 65, 84]);
    });

    for (
      const [tool, args] of [
        ["h2load", ["--requests=2000", "--clients=4", "--max-concurrent-streams=10"]],
        ["h2load", ["--requests=2000", "--clients=10", "--h1"]],
      ] as const
    ) {
      await t.step({
        name: `${tool} ${args.join(" ")}`,
        ignore: !has(tool),
        async fn() {
          const told = await run(tool, [...args, `${url}/`]);
          assert.match(told, /2000 succeeded, 0 failed, 0 errored, 0 timeout/);
        },
      });
    }

    await t.step({
      name: "nghttp",
      ignore: !has("nghttp"),
      async fn() {
        const told = await run("nghttp", ["--no-verify-peer", "--multiply=10", `${url}/`]);
        assert.equal(told.match(/release-0000/g)?.length, 10);
      },
    });

    await t.step("a WebSocket through a route to a backend", async () => {
      const socket = new WebSocket(`ws://localhost:${node.port}/live/talk`);
      const heard: string[] = [];
      socket.onmessage = ({ data }) => heard.push(data);
      await new Promise((resolve, reject) => [socket.onopen, socket.onerror] = [resolve, reject]);
      for (const text of ["one", "two", "x".repeat(100_000)]) socket.send(text);
      await until(() => heard.length === 3 || undefined, () => "three messages");
      assert.deepEqual(heard, ["one", "two", "x".repeat(100_000)].map((text) => `heard ${text}`));
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.close();
      await closed;
    });

    await t.step("certificates are replaced while connections stand", async () => {
      const old = await Deno.connectTls({
        ...{ hostname: "localhost", port: node.tlsPort, caCerts: [shopCertificate.certPem] },
      });
      assert.match(await asked(old), /^HTTP\/1\.1 200 /);
      await node.putCertificate("shop.test", otherCertificate);
      await node.putCertificate("default", otherCertificate);
      await node.putCertificate("other.test", otherCertificate);
      node.signal("SIGHUP");
      await until(() => /were read again/.test(node.stderr) || undefined, () => node.stderr);
      // All threads of all cells show it.
      for (let count = 0; count < 20; count++) await connects(node, "other.test", otherCertificate);
      assert.match(await asked(old), /^HTTP\/1\.1 200 /);
      old.close();
      // What is no certificate changes nothing.
      await Deno.writeTextFile(`${node.certificates}/default.crt`, "nonsense");
      node.signal("SIGHUP");
      await until(() => /CERTIFICATE/.test(node.stderr) || undefined, () => node.stderr);
      await connects(node, "other.test", otherCertificate);
    });
    await echo.close();
  });
});

/** A handshake by which the node shows a certificate for the host that it is asked for. */
async function connects(
  node: RunningNode,
  host: string,
  { certPem }: typeof otherCertificate,
): Promise<void> {
  const socket = await Deno.connect({ port: node.tlsPort });
  const secured = await Deno.startTls(socket, { hostname: host, caCerts: [certPem] });
  await secured.handshake();
  secured.close();
}

/** What a connection is answered, as far as it comes at once. */
async function asked(connection: Deno.Conn): Promise<string> {
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const buffer = new Uint8Array(10_000);
  const count = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

/** A backend that says over a WebSocket what it hears. */
function echoServer() {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(`heard ${data}`);
    return response;
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    close: () => server.shutdown(),
  };
}

/** A node on a socket that whoever starts it keeps, as systemd does: clients wait while it is started again. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { bindShared } from "@skerry/platform";
import { root, skerry } from "../end_to_end/skerry.ts";

/** How many clients ask at the same time, each on a new connection for each request. */
const clientsCount = 8;

/** Starts a node as sd_listen_fds(3) says: the socket is descriptor 3, and the variables name the process. */
async function start(socket: ReturnType<typeof bindShared>, words: readonly string[]) {
  const command = `exec 3<&${socket.inherited}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"`;
  const node = ["node", `${root}/bin/skerry.mjs`, "node", "--listen", "fd:3", ...words];
  const child = socket.lend(() =>
    spawn("bash", ["-c", command, "bash", ...node], { stdio: ["ignore", "ignore", "pipe"] })
  );
  let told = "";
  const ready = Promise.withResolvers<string>();
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    told += piece;
    const admin = /administered on (\S+)/.exec(told)?.[1];
    if (admin !== undefined && told.includes("All that is deployed is served.")) {
      ready.resolve(admin);
    }
  });
  void once(child, "exit").then(() => ready.reject(new Error(`it has ended:\n${told}`)));
  return { child, admin: await ready.promise };
}

/** Asks a node to stop. It is the launcher that hears it: killed, it would leave the node alone. */
async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  // Of a child that it has sent a signal to itself, Deno tells that it ended by it.
  Deno.kill(child.pid ?? 0, "SIGTERM");
  assert.deepEqual(await ended, [0, null]);
}

function ask(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { host: "127.0.0.1", port, agent: false, headers: { host: "hello.example" } };
  request(options, (response) => void text(response).then(resolve, reject)).on("error", reject)
    .end();
  return promise;
}

const ignore = Deno.build.os !== "linux";
Deno.test({
  name: `a node that is started again on the socket of its starter costs no request${
    ignore ? " (skipped: not on Linux)" : ""
  }`,
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "skerry-restart-" });
    const socket = bindShared({ hostname: "127.0.0.1", port: 0 });
    const words = ["--state", `${folder}/state`, "--admin", "127.0.0.1:0", "--cells", "1"];
    let { child, admin } = await start(socket, [...words, "--threads", "1"]);
    try {
      const env = { SKERRY_NODE: admin, HOME: folder };
      const token = ["--token-file", `${folder}/state/admin.token`];
      const done = async (words: readonly string[], more: readonly string[] = []) => {
        const { code, stderr } = await skerry([...words, ...more], { cwd: folder, env });
        assert.equal(code, 0, stderr);
      };
      await done(["new", "hello", "--language", "wat"]);
      const shop = await fetch(`${admin}/v1/tenants/shop`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${
            (await Deno.readTextFile(`${folder}/state/admin.token`)).trim()
          }`,
          "content-type": "application/json",
        },
        body: "{}",
      });
      assert.ok(shop.ok, await shop.text());
      const host = ["--service", "shop/hello", "--host", "hello.example"];
      await done(["deploy", "hello"], [...host, ...token]);
      const expected = await ask(socket.address.port);
      assert.match(expected, /^Hello/);
      let isOver = false;
      let asked = 0;
      const clients = Promise.all(Array.from({ length: clientsCount }, async () => {
        while (!isOver) {
          assert.equal(await ask(socket.address.port), expected);
          asked += 1;
        }
      }));
      const more = async (count: number) => {
        for (const before = asked; asked < before + count;) {
          await Promise.race([clients, new Promise((resolve) => setTimeout(resolve, 5))]);
        }
      };
      await more(100);
      await stop(child);
      ({ child, admin } = await start(socket, [...words, "--threads", "1"]));
      await more(100);
      isOver = true;
      await clients;
    } finally {
      if (child.exitCode === null) await stop(child);
      socket.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

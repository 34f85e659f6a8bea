/** One address that several listeners serve: in a thread, in threads, in processes of which one is killed. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { isSkerryError } from "@skerry/base";
import { libc } from "./libc.ts";
import { listen, type Listener } from "./listen.ts";
import { RawClient } from "./listen_testing.ts";
import { bindShared, type SharedAddress, type SharedSocket } from "./shared_socket.ts";

const anywhere = { hostname: "127.0.0.1", port: 0 };

/** A test of what only Linux can. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  const ignore = libc() === undefined;
  Deno.test({ name: `${name}${ignore ? " (skipped: not on Linux)" : ""}`, ignore, fn });
}

/** A listener that answers with its name. */
function serve(shared: SharedAddress, name: string): Promise<Listener> {
  const body = new TextEncoder().encode(name);
  return listen(shared, () => ({ status: 200, fields: [], body }));
}

/** What a connection of its own is answered. */
async function ask({ address }: SharedAddress): Promise<string> {
  const client = new RawClient(await Deno.connect(address));
  try {
    await client.send("GET / HTTP/1.0\r\n\r\n");
    return bodyOf(await client.all());
  } finally {
    client.close();
  }
}

function bodyOf(response: string): string {
  return response.split("\r\n\r\n")[1] ?? "";
}

async function askMany(shared: SharedAddress, count: number): Promise<ReadonlySet<string>> {
  return new Set(await Promise.all(Array.from({ length: count }, () => ask(shared))));
}

linuxTest("listeners that share a socket each have their part of the clients", async () => {
  const shared = bindShared(anywhere);
  const listeners = await Promise.all([serve(shared, "a"), serve(shared, "b")]);
  assert.deepEqual(await askMany(shared, 200), new Set(["a", "b"]));
  for (const listener of listeners) {
    assert.deepEqual(listener.address, shared.address);
    await listener.close(0);
  }
  shared.close();
});

linuxTest("a listener that closes leaves who waits to the others, also to later ones", async () => {
  const shared = bindShared(anywhere);
  const [first, second] = [await serve(shared, "first"), await serve(shared, "second")];
  await first.close(0);
  assert.deepEqual(await askMany(shared, 50), new Set(["second"]));
  await second.close(0);
  const waiting = askMany(shared, 50);
  const third = await serve(shared, "third");
  assert.deepEqual(await waiting, new Set(["third"]));
  await third.close(0);
  shared.close();
  await assert.rejects(ask(shared));
});

linuxTest(
  "a listener that closes under load loses no request, of kept connections either",
  async () => {
    const shared = bindShared(anywhere);
    const [first, second] = [await serve(shared, "first"), await serve(shared, "second")];
    let isClosing = false;
    const client = async () => {
      let connection = new RawClient(await Deno.connect(shared.address));
      for (let after = 0; after < 100;) {
        if (isClosing) after += 1;
        await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        const response = await connection.response();
        assert.match(response, /(first|second)$/);
        if (!/Connection: close/.test(response)) continue;
        connection.close();
        connection = new RawClient(await Deno.connect(shared.address));
      }
      connection.close();
    };
    const clients = Promise.all(Array.from({ length: 16 }, client));
    await askMany(shared, 50);
    const closed = first.close(60_000);
    isClosing = true;
    await Promise.all([clients, closed]);
    assert.deepEqual(await askMany(shared, 20), new Set(["second"]));
    await second.close(0);
    shared.close();
  },
);

linuxTest("a listener goes on when the socket's maker gives it up", async () => {
  const shared = bindShared(anywhere);
  const listener = await serve(shared, "on");
  shared.close();
  shared.close();
  assert.deepEqual(await askMany(shared, 5), new Set(["on"]));
  await listener.close(0);
  await assert.rejects(ask(shared));
});

linuxTest("threads share a socket, and one that closes takes it from no other", async () => {
  const shared = bindShared(anywhere);
  const threads = await Promise.all(["a", "b"].map(async (name) => {
    const url = new URL("./testing/shared_thread.ts", import.meta.url);
    const thread = new Worker(url, { type: "module" });
    const { address, inherited } = shared;
    thread.postMessage({ shared: { address, inherited }, name });
    await once(thread, "message");
    return thread;
  }));
  const seen = new Set<string>();
  while (seen.size < 2) for (const name of await askMany(shared, 50)) seen.add(name);
  threads[0]?.postMessage("close");
  if (threads[0] !== undefined) await once(threads[0], "message");
  assert.deepEqual(await askMany(shared, 50), new Set(["b"]));
  for (const thread of threads) thread.terminate();
  shared.close();
});

async function startCell({ address, inherited, lend }: SharedSocket, name: string) {
  const cell = new URL("./testing/shared_cell.ts", import.meta.url).pathname;
  const given = JSON.stringify({ address, inherited });
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const options = ["run", "--allow-all", "--no-check", "--quiet", `--config=${config}`];
  const child = lend(() =>
    spawn(Deno.execPath(), [...options, cell, given, name], {
      stdio: ["ignore", "pipe", "inherit"],
    })
  );
  await once(child.stdout ?? assert.fail(), "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

linuxTest("a process that is killed costs only the connections that it had accepted", async () => {
  const shared = bindShared(anywhere);
  const [first, second] = [await startCell(shared, "first"), await startCell(shared, "second")];
  let isDead = false;
  const answers = { first: 0, second: 0, lost: 0 };
  const client = async () => {
    for (let after = 0; after < 50;) {
      const wasDead = isDead;
      // Whether it is refused: that must never be.
      const connection = await Deno.connect(shared.address);
      const raw = new RawClient(connection);
      await raw.send("GET / HTTP/1.0\r\n\r\n").catch(() => {});
      const name = bodyOf(await raw.all());
      raw.close();
      if (name === "first" || name === "second") answers[name] += 1;
      else {
        answers.lost += 1;
        assert.ok(!wasDead, "a connection was lost that was made after the process had died");
      }
      if (wasDead) after += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: 16 }, client));
  while (answers.first < 100 || answers.second < 100) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await kill(first);
  isDead = true;
  await clients;
  // As many as it can have had: each client has one connection at a time.
  assert.ok(answers.lost <= 16, `${answers.lost} connections were lost`);
  await kill(second);
  shared.close();
});

linuxTest("a process inherits a socket only where it is lent to it", async () => {
  const shared = bindShared(anywhere);
  const descriptors = async () => {
    const child = spawn("ls", ["-l", "/proc/self/fd"], { stdio: ["ignore", "pipe", "inherit"] });
    return await new Response(child.stdout as unknown as ReadableStream).text();
  };
  const name = new RegExp(` ${shared.inherited} -> socket:`);
  assert.match(await shared.lend(descriptors), name);
  assert.doesNotMatch(await descriptors(), name);
  shared.close();
});

linuxTest("what this process was started with can be shared as well", async () => {
  // What is taken over has another number from then on.
  const made = bindShared(anywhere);
  const adopted = bindShared({ descriptor: made.inherited ?? -1 });
  assert.deepEqual(adopted.address, made.address);
  const listener = await serve(adopted, "adopted");
  assert.equal(await ask(made), "adopted");
  await listener.close(0);
  adopted.close();
  for (const descriptor of [0, 987_654]) {
    assert.throws(
      () => bindShared({ descriptor }),
      (error) => isSkerryError(error) && error.code === "SKERRY_LISTEN_FAILED",
    );
  }
  await Promise.resolve();
});

linuxTest("a number that is no listening socket is an operating error", async () => {
  const listener = Deno.listen(anywhere);
  const client = await Deno.connect({ ...anywhere, port: listener.addr.port });
  for (const inherited of [-1, 0.5, 0, 987_654]) {
    await assert.rejects(
      serve({ address: anywhere, inherited }, "none"),
      (error) => isSkerryError(error) && error.code === "SKERRY_LISTEN_FAILED",
    );
  }
  client.close();
  listener.close();
});

linuxTest(
  "an address of IPv6 that means any serves IPv4 too, whose clients are told as such",
  async () => {
    const shared = bindShared({ hostname: "::", port: 0 });
    const addresses: string[] = [];
    const listener = await listen(shared, ({ peer }) => {
      addresses.push(peer.address);
      return { status: 200, fields: [], body: undefined };
    });
    for (const hostname of ["127.0.0.1", "::1"]) {
      await ask({ ...shared, address: { ...shared.address, hostname } });
    }
    assert.deepEqual(addresses, ["127.0.0.1", "::1"]);
    await listener.close(0);
    shared.close();
  },
);

linuxTest("the address of a name is shared as well", async () => {
  const shared = bindShared({ hostname: "localhost", port: 0 });
  assert.ok(shared.inherited !== undefined);
  const listener = await serve(shared, "named");
  assert.equal(await ask(shared), "named");
  await listener.close(0);
  shared.close();
});

Deno.test("an address in use cannot be shared", async () => {
  const taken = Deno.listen(anywhere);
  const { hostname, port } = taken.addr;
  assert.throws(
    () => bindShared({ hostname, port }),
    (error) => isSkerryError(error) && error.code === "SKERRY_LISTEN_FAILED",
  );
  taken.close();
  await Promise.resolve();
});

Deno.test("without the kernel's calls each listener binds the address for itself", async () => {
  const shared = bindShared(anywhere, "deno");
  assert.equal(shared.inherited, undefined);
  const body = new TextEncoder().encode("bound");
  const listeners = await Promise.all(
    [1, 2].map(() =>
      listen(shared, () => ({ status: 200, fields: [], body }), { sockets: "deno" })
    ),
  );
  assert.deepEqual(await askMany(shared, 50), new Set(["bound"]));
  for (const listener of listeners) await listener.close(0);
  shared.close();
});

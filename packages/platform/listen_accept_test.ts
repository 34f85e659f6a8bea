/** How clients are accepted, by a machine that is made to answer as it seldom does. */

import assert from "node:assert/strict";
import { listen, type ListenOptions } from "./listen.ts";

/** What `accept` answers, in order; then nothing comes any more. */
type Accepted = () => Promise<Deno.TcpConn>;

/** Runs a server on a listener that accepts these; tells how often it was asked in so many turns of the loop. */
async function acceptAll(
  accepted: readonly Accepted[],
  turns: number,
  options: ListenOptions = {},
): Promise<number> {
  const never = Promise.withResolvers<Deno.TcpConn>();
  never.promise.catch(() => {});
  let asked = 0;
  const listener = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept() {
      asked += 1;
      return accepted[asked - 1]?.() ?? never.promise;
    },
    close: () => never.reject(new Deno.errors.BadResource()),
  };
  const { listen: listenForReal } = Deno;
  Object.assign(Deno, { listen: () => listener });
  const server = await listen(
    { hostname: "127.0.0.1", port: 0 },
    () => ({ status: 200, fields: [], body: undefined }),
    { ...options, sockets: "deno" },
  ).finally(() => Object.assign(Deno, { listen: listenForReal }));
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const before = asked;
  await server.close(0);
  return before;
}

Deno.test("a client that left before it was accepted holds up nobody behind it", async () => {
  const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
  for (const Left of [ConnectionAborted, ConnectionReset, NotConnected]) {
    const gone = Array.from({ length: 100 }, () => () => Promise.reject(new Left()));
    // As many turns of the loop as there are clients would be fair; none of them may cost a sleep.
    assert.equal(await acceptAll(gone, 200), 101);
  }
});

Deno.test("a machine that is short of descriptors is not asked again and again", async () => {
  const emfile = () => Promise.reject(new Error("Too many open files (os error 24)"));
  assert.equal(await acceptAll([emfile, emfile], 10), 1);
});

Deno.test("a socket that is broken when it is accepted is closed, and holds up nobody", async () => {
  let closed = 0;
  const socket = {
    setNoDelay() {
      throw new Error("Invalid argument (os error 22)");
    },
    close: () => void (closed += 1),
  };
  const broken = () => Promise.resolve(socket as unknown as Deno.TcpConn);
  assert.equal(await acceptAll([broken, broken, broken], 10), 4);
  assert.equal(closed, 3);
});

/** A connection from an address, on which nothing comes. */
function connectionFrom(hostname: string, onClose: (hostname: string) => void): Deno.TcpConn {
  const closed = Promise.withResolvers<null>();
  const connection = {
    remoteAddr: { transport: "tcp", hostname, port: 1 },
    setNoDelay() {},
    read: () => closed.promise,
    close() {
      onClose(hostname);
      closed.resolve(null);
    },
  };
  return connection as unknown as Deno.TcpConn;
}

Deno.test("an address that has its part of the connections gets no more, others do", async () => {
  const [one, two, six] = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];
  const addresses = [one, one, one, two, six, "2001:db8::2", "2001:db8::3", "127.0.0.1"];
  const [refused, closed]: [string[], string[]] = [[], []];
  let closedWhileOpen: string[] = [];
  await acceptAll(
    addresses.map((address) => () =>
      Promise.resolve(connectionFrom(address, (gone) => closed.push(gone)))
    ),
    10,
    {
      limits: { connectionsPerAddressMax: 2 },
      onRefused: ({ why }, { address }) => {
        refused.push(`${address} ${why}`);
        closedWhileOpen = closed;
      },
    },
  );
  const why = "there are too many connections from one address";
  assert.deepEqual(refused, [`${one} ${why}`, `2001:db8::3 ${why}`]);
  assert.deepEqual(closedWhileOpen.slice(0, 2), [one, "2001:db8::3"]);
  assert.equal(closed.length, addresses.length);
});

/** How clients are accepted, by a machine that is made to answer as it seldom does. */

import assert from "node:assert/strict";
import { listen } from "./listen.ts";

/** What `accept` answers, in order; then nothing comes any more. */
type Accepted = () => Promise<Deno.TcpConn>;

/** Runs a server on a listener that accepts these; tells how often it was asked in so many turns of the loop. */
async function acceptAll(accepted: readonly Accepted[], turns: number): Promise<number> {
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
    { sockets: "deno" },
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

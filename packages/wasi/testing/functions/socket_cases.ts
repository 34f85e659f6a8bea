/** Accepting connections, and what goes over them. More of it is in calls_socket_test.ts and socket_contract_test.ts. */

import assert from "node:assert/strict";
import { decodeUtf8 } from "@skerry/base";
import { fdflags, riflags, sdflags } from "../../layout.ts";
import type { Cases, CaseTable, Title } from "./case.ts";
import type { FunctionName } from "./interface.ts";
import { validCalls } from "./valid_calls.ts";
import { fds, World } from "./world.ts";

type Value = number | bigint;

/** What a call is given after its descriptor. */
const rest = (world: World, name: FunctionName): Value[] => validCalls[name](world).slice(1);

function setNonblock(world: World, fd: number): void {
  world.do("fd_fdstat_set_flags", fd, fdflags.nonblock);
}

/** What is received with these flags: into a buffer of so many bytes. */
async function receive(world: World, length: number, flags = 0): Promise<string> {
  const { pointer, count, at: [buffer = 0] } = world.buffers(length);
  const result = world.room(8);
  const args = [world.sockets.connection, pointer, count, flags, result, result + 4];
  assert.equal(await world.wait("sock_recv", ...args), "ESUCCESS");
  assert.equal(world.memory.readU16(result + 4), 0, "a stream is never truncated");
  return decodeUtf8(world.memory.copy(buffer, world.memory.readU32(result)));
}

/** Descriptors that are no socket; and the wrong one of the two that are. */
function wrongSockets(name: FunctionName, listeners: Title): Cases {
  return {
    "ENOTSOCK: a stream, a directory, a file": async (world) => {
      const more = rest(world, name);
      for (const fd of [fds.input, fds.output, fds.top, fds.file]) {
        await world.refuses("ENOTSOCK", name, fd, ...more);
      }
    },
    [listeners]: async (world: World) => {
      const { listener, connection } = world.sockets;
      const [fd, errno] = name === "sock_accept"
        ? [connection, "EINVAL"] as const
        : [listener, "ENOTCONN"] as const;
      await world.refuses(errno, name, fd, ...rest(world, name));
    },
  };
}

/** Values of the flags, at their place among the arguments, of which none exists. */
function noSuchFlags(name: FunctionName, index: number, values: readonly number[]): Cases {
  return {
    "EINVAL: flags that do not exist, or of which none is given": async (world) => {
      const valid = validCalls[name](world);
      for (const flags of values) {
        await world.refuses("EINVAL", name, ...valid.toSpliced(index, 1, flags));
      }
    },
  };
}

/** Calls that move bytes, of a peer that has gone. */
function gone(name: "sock_recv" | "sock_send" | "fd_read" | "fd_write"): Cases {
  return {
    "ECONNRESET: a peer that has gone, which is told once": async (world) => {
      const { connection, peer } = world.sockets;
      const more = rest(world, name);
      // What the valid call had sent is received before.
      if (name === "sock_recv") await receive(world, 9);
      peer.fail("ECONNRESET");
      assert.equal(await world.wait(name, connection, ...more), "ECONNRESET");
    },
  };
}

function notConnected(name: "fd_read" | "fd_write"): Cases {
  return {
    "ENOTCONN: a socket that listens": async (world) => {
      await world.refuses("ENOTCONN", name, world.sockets.listener, ...rest(world, name));
    },
  };
}

/** A call that is not to wait, while the peer takes nothing. */
function busy(name: "sock_send" | "fd_write"): Cases {
  return {
    "EAGAIN: a connection that is not to wait, whose peer has not taken what was sent": async (
      world,
    ) => {
      const { connection, peer } = world.sockets;
      const more = rest(world, name);
      setNonblock(world, connection);
      peer.stall();
      assert.equal(await world.wait(name, connection, ...more), "ESUCCESS");
      await world.refuses("EAGAIN", name, connection, ...more);
      peer.goOn();
    },
  };
}

export const socketCases: CaseTable = {
  sock_accept: {
    "success: the lowest free descriptor becomes a connection, at once or when somebody connects":
      async (world) => {
        const { listener, port } = world.sockets;
        for (const fd of [10, 11]) {
          const accepted = world.wait("sock_accept", listener, 0, 0);
          if (fd === 11) port.connect();
          assert.equal(await accepted, "ESUCCESS");
          assert.equal(world.memory.readU32(0), fd);
        }
      },
    "success: the connection does not wait where it is asked not to": async (world) => {
      await world.doLater("sock_accept", world.sockets.listener, fdflags.nonblock, 0);
      const fd = world.memory.readU32(0);
      assert.equal(world.context.descriptors.get(fd).flags, fdflags.nonblock);
    },
    ...wrongSockets("sock_accept", "EINVAL: a socket that is connected"),
    ...noSuchFlags("sock_accept", 1, [1, 2, 8, 16, 32, -1]),
    "EAGAIN: a socket that is not to wait, and nobody has connected": async (world) => {
      const { listener } = world.sockets;
      setNonblock(world, listener);
      await world.wait("sock_accept", listener, 0, 0);
      assert.equal(await world.wait("sock_accept", listener, 0, 0), "EAGAIN");
      await world.refuses("EAGAIN", "sock_accept", listener, 0, 0);
    },
    "EMFILE: as many descriptors as there may be": async () => {
      const world = new World({ limits: { descriptorsMax: 10 } });
      const { listener, connection } = world.sockets;
      await world.refuses("EMFILE", "sock_accept", listener, 0, 0);
      world.close(connection);
      assert.equal(await world.wait("sock_accept", listener, 0, 0), "ESUCCESS");
    },
    "ECONNABORTED: what the system says of who has connected and left": async (world) => {
      const { listener, port } = world.sockets;
      assert.equal(await world.wait("sock_accept", listener, 0, 0), "ESUCCESS");
      port.fail("ECONNABORTED");
      assert.equal(await world.wait("sock_accept", listener, 0, 0), "ECONNABORTED");
    },
  },
  sock_recv: {
    "success: what there is, as much as fits, and nothing at the end": async (world) => {
      const { peer } = world.sockets;
      peer.send("abcde");
      assert.deepEqual([await receive(world, 3), await receive(world, 9)], ["abc", "de"]);
      peer.send("");
      assert.equal(await receive(world, 9), "");
    },
    "success: what is looked at stays, and all that is wanted is waited for": async (world) => {
      const { peer } = world.sockets;
      peer.send("ab");
      assert.equal(await receive(world, 9, riflags.recvPeek), "ab");
      const all = receive(world, 5, riflags.recvWaitall);
      peer.send("cdef");
      assert.deepEqual([await all, await receive(world, 9)], ["abcde", "f"]);
    },
    ...wrongSockets("sock_recv", "ENOTCONN: a socket that listens"),
    ...noSuchFlags("sock_recv", 3, [4, 8, -1]),
    "EAGAIN: a connection that is not to wait, and has nothing": async (world) => {
      const { connection } = world.sockets;
      const { pointer, count } = world.buffers(3);
      setNonblock(world, connection);
      for (const flags of [0, 1, 2, 3]) {
        await world.refuses("EAGAIN", "sock_recv", connection, pointer, count, flags, 0, 8);
      }
    },
    ...gone("sock_recv"),
  },
  sock_send: {
    "success: all buffers, one after the other, when the peer takes them": async (world) => {
      const { connection, peer } = world.sockets;
      const { pointer, count, at } = world.buffers(2, 0, 100_000);
      world.memory.write(at[0] ?? 0, new Uint8Array([97, 98]));
      await world.doLater("sock_send", connection, pointer, count, 0, 0);
      assert.equal(world.memory.readU32(0), 100_002);
      assert.deepEqual([peer.received.slice(0, 3), peer.received.length], ["ab\0", 100_002]);
    },
    ...wrongSockets("sock_send", "ENOTCONN: a socket that listens"),
    ...noSuchFlags("sock_send", 3, [1, 2, -1]),
    ...busy("sock_send"),
    ...gone("sock_send"),
    "EPIPE: a connection that was shut down for sending": async (world) => {
      const { connection } = world.sockets;
      await world.doLater("sock_shutdown", connection, sdflags.wr);
      await world.refuses("EPIPE", "sock_send", connection, ...rest(world, "sock_send"));
    },
  },
  sock_shutdown: {
    "success: the peer is told that no more comes; or nothing more is received; or both": async (
      world,
    ) => {
      const { connection, peer } = world.sockets;
      peer.send("abc");
      await world.doLater("sock_shutdown", connection, sdflags.rd);
      assert.deepEqual([await receive(world, 9), peer.hasEnded], ["", false]);
      await world.doLater("sock_shutdown", connection, sdflags.rd | sdflags.wr);
      assert.deepEqual([peer.hasEnded, peer.isClosed], [true, false]);
    },
    ...wrongSockets("sock_shutdown", "ENOTCONN: a socket that listens"),
    "ENOTCONN: a connection whose peer has gone": async (world) => {
      const { connection, peer } = world.sockets;
      peer.fail("ECONNRESET");
      await world.wait("sock_send", ...validCalls.sock_send(world));
      await world.refuses("ENOTCONN", "sock_shutdown", connection, sdflags.wr);
    },
    ...noSuchFlags("sock_shutdown", 1, [0, 4, 7, -1]),
  },
  fd_read: {
    "success: what a connection brings": async (world) => {
      const { connection, peer } = world.sockets;
      peer.send("abc");
      const { pointer, at: [buffer = 0] } = world.buffers(9);
      await world.doLater("fd_read", connection, pointer, 1, 0);
      assert.equal(decodeUtf8(world.memory.copy(buffer, world.memory.readU32(0))), "abc");
    },
    ...notConnected("fd_read"),
    ...gone("fd_read"),
  },
  fd_write: {
    "success: what a connection takes": async (world) => {
      const { connection, peer } = world.sockets;
      await world.doLater("fd_write", connection, ...rest(world, "fd_write"));
      assert.equal(peer.received, "\0\0\0");
    },
    ...notConnected("fd_write"),
    ...busy("fd_write"),
    ...gone("fd_write"),
  },
  fd_prestat_get: {
    "success: a socket that listens is of a kind that those who look for directories pass over": (
      world,
    ) => {
      world.do("fd_prestat_get", world.sockets.listener, 0);
      assert.equal(world.memory.readU8(0), 1);
    },
  },
  poll_oneoff: {
    "success: a socket tells when somebody connects, when it has bytes, and when it takes some":
      async (world) => {
        const { listener, connection, peer } = world.sockets;
        peer.send("abc");
        const [at, events] = [world.room(3 * 48), world.room(3 * 32)];
        for (
          const [index, [type, fd]] of [[1, listener], [1, connection], [2, connection]].entries()
        ) {
          world.memory.writeU8(at + index * 48 + 8, type ?? 0);
          world.memory.writeU32(at + index * 48 + 16, fd ?? 0);
        }
        // What comes from outside comes in its own time: the output is ready before.
        for (let ready = 1; ready < 3;) {
          await world.doLater("poll_oneoff", at, events, 3, 0);
          ready = world.memory.readU32(0);
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        const bytes = [0, 1, 2].map((index) => world.memory.readU64(events + index * 32 + 16));
        assert.deepEqual(bytes, [1n, 3n, 65_536n]);
      },
  },
};

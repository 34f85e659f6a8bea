/**
 * Addresses at which several threads and processes listen at once.
 *
 * On Linux they share one socket and its queue: one process makes it, the others inherit it. Where one of them is
 * killed, only what it had accepted is lost. Elsewhere each binds the address anew, and what waits for one that is
 * killed is lost with it.
 */

import { SkerryError } from "@skerry/base";
import { type Libc, libc } from "./libc.ts";
import { addressUrl, type ListenAddress } from "./listen_address.ts";
import { listenByDeno } from "./sockets/deno_sockets.ts";
import { listenByEpoll, shareByEpoll } from "./sockets/epoll_server.ts";
import {
  borrowListeningSocket,
  openListeningSocket,
  ownAddress,
  setInheritable,
} from "./sockets/listening_socket.ts";
import type { ServerSocket } from "./sockets/sockets.ts";

/** Where several listen; a plain value, to be passed on to threads and processes. */
export interface SharedAddress {
  readonly address: ListenAddress;
  /**
   * The number of a socket that is there already, in this process or inherited from the one that started it.
   * Undefined where each binds the address for itself.
   */
  readonly inherited: number | undefined;
}

/** A socket for others to listen on. */
export interface SharedSocket extends SharedAddress {
  /** Processes that `act` starts before it returns inherit it; others do not. */
  lend<Result>(act: () => Result): Result;
  /** Gives it up. Those who listen on it go on; once none does, who waits in its queue is refused. */
  close(): void;
}

/** A socket that whoever started this process has made, and keeps when this process ends (sd_listen_fds(3)). */
export interface InheritedSocket {
  readonly descriptor: number;
}

/** Whose sockets: `deno` for Deno's own even where the kernel's are to be had. */
export type Sockets = "any" | "deno";

/**
 * Makes a socket, or takes one that was inherited, that this process's threads, and all processes that it is lent to,
 * can listen on with `listen`. Nobody is served by it alone.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had, or nothing was inherited
 */
export function bindShared(
  wanted: ListenAddress | InheritedSocket,
  sockets: Sockets = "any",
): SharedSocket {
  if ("descriptor" in wanted) return adopt(wanted);
  // Deno finds the addresses of names, and says why one cannot be had.
  const probe = bind(wanted, "deno");
  probe.close();
  const calls = sockets === "any" ? libc() : undefined;
  const { hostname } = probe.address;
  const fd = calls && openListeningSocket(calls, { ...wanted, hostname });
  if (calls === undefined || fd === undefined) {
    return { address: probe.address, inherited: undefined, lend: (act) => act(), close() {} };
  }
  return sharedSocket(calls, fd);
}

/** Low numbers are taken in processes that this one starts: 3 is their way to it. */
const lowDescriptors = 64;

function adopt({ descriptor }: InheritedSocket): SharedSocket {
  const calls = libc();
  const fd = calls && borrowListeningSocket(calls, descriptor, lowDescriptors);
  if (calls !== undefined && fd !== undefined) {
    calls.close(descriptor);
    return sharedSocket(calls, fd);
  }
  throw new SkerryError("SKERRY_LISTEN_FAILED", "this descriptor is no socket that listens", {
    where: `fd:${descriptor}`,
    remedy: "have it passed on by what starts this process, such as a socket unit of systemd",
  });
}

/** @param fd of a socket that is not inheritable */
function sharedSocket(calls: Libc, fd: number): SharedSocket {
  let isClosed = false;
  return {
    address: ownAddress(calls, fd),
    inherited: fd,
    lend(act) {
      if (!isClosed) setInheritable(calls, fd, true);
      try {
        return act();
      } finally {
        if (!isClosed) setInheritable(calls, fd, false);
      }
    },
    close() {
      if (!isClosed) calls.close(fd);
      isClosed = true;
    },
  };
}

/**
 * A socket that listens.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had
 */
export function bind(wanted: ListenAddress | SharedAddress, sockets: Sockets): ServerSocket {
  const isShared = "address" in wanted;
  const address = isShared ? wanted.address : wanted;
  const calls = sockets === "any" ? libc() : undefined;
  if (isShared && wanted.inherited !== undefined) {
    const shared = calls && shareByEpoll(calls, wanted.inherited);
    return shared ?? fail(address, `descriptor ${wanted.inherited} is no socket that listens`);
  }
  const fast = isShared ? undefined : calls && listenByEpoll(calls, address);
  if (fast !== undefined) return fast;
  try {
    return listenByDeno(address, isShared ? "shared" : "own");
  } catch (cause) {
    const inUse = cause instanceof Deno.errors.AddrInUse;
    const why = inUse ? "the address is in use" : cause instanceof Error ? cause.message : "";
    return fail(address, why, cause);
  }
}

function fail(address: ListenAddress, why: string, cause?: unknown): never {
  throw new SkerryError("SKERRY_LISTEN_FAILED", `cannot listen: ${why}`, {
    where: addressUrl(address),
    cause,
  });
}

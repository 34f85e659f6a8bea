/** What the command line hands to a guest: directories and sockets of this machine, and its environment. */

import { SkerryError } from "@skerry/base";
import {
  addressText,
  hostDirectory,
  type ListenAddress,
  listenTcp,
  systemClock,
  type TcpListener,
} from "@skerry/platform";
import type { FileSystem } from "@skerry/wasi";
import type { DirectoryOption } from "./options.ts";
import { note } from "./output.ts";

/** How long peers may take for what a guest sent them, once it has ended or was, in milliseconds. */
export const lingerMs = { ended: 2000, killed: 250 } as const;

/** Waits for what is on its way to peers of guests, but no longer than so many milliseconds. */
export async function settle(listeners: readonly TcpListener[], waitMs: number): Promise<void> {
  const settled = new AbortController();
  const all = Promise.all(listeners.map((listener) => listener.settled()));
  await Promise.race([all, systemClock.sleep(waitMs, settled.signal)]);
  settled.abort();
}

/** What the guest finds in its environment: how many sockets it is handed, too, as systemd's sd_listen_fds(3) has it. */
export function environment(
  env: ReadonlyMap<string, string>,
  listenersCount: number,
): Record<string, string> {
  const sockets = listenersCount === 0 ? {} : { LISTEN_FDS: String(listenersCount) };
  return { ...sockets, ...Object.fromEntries(env) };
}

/** A socket that listens; where the port was not chosen, it is told. */
export function openListener(wanted: ListenAddress, index: number): TcpListener {
  const listener = listenTcp(wanted);
  if (wanted.port === 0) {
    note(`skerry: descriptor ${index + 3} listens on ${addressText(listener.address)}`);
  }
  return listener;
}

/** A directory of this machine, to be written to only where that is asked for. */
export function openDirectory(directory: DirectoryOption): FileSystem {
  const { host, mode } = directory;
  try {
    return hostDirectory(host, { readOnly: mode !== "rw" });
  } catch (error) {
    throw isSwapped(directory) && error instanceof SkerryError
      ? new SkerryError(error.code, error.message, {
        where: host,
        remedy: `the directory of this machine comes first: --dir ${swapped(directory)}`,
        cause: error,
      })
      : error;
  }
}

/** Whether the paths of an option would do the other way round. */
function isSwapped({ guest, host, written }: DirectoryOption): boolean {
  if (written === undefined || guest === host) return false;
  try {
    hostDirectory(guest);
    return true;
  } catch {
    return false;
  }
}

function swapped({ guest, host, mode }: DirectoryOption): string {
  return `${guest}::${host}${mode === "rw" ? "" : `:${mode}`}`;
}

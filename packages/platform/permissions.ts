/** Giving up what this process may do, once it is known what it needs. */

import { libc } from "./libc.ts";

/** What a process that runs guests still needs. */
export interface NeededPermissions {
  /** Deno reaches `/proc/self/fd`, by which host directories are walked, only while it may do everything. */
  readonly hostDirectories: boolean;
  /** Whether it serves. */
  readonly network: boolean;
  /** Whether it goes on to read the files that it was let read when it was started. */
  readonly files?: boolean;
  /**
   * Where it goes on to write to some of the folders that it was let write to when it was started: the others, to which it
   * does not. It writes to none unless told.
   */
  readonly writtenNoMore?: readonly string[];
}

/** Opens, for this thread, what sockets need: once a permission is given up by one thread, none can open more. */
export function keepSockets(): void {
  libc();
}

/**
 * Gives up every permission that is not needed, for all threads of the process (a worker that inherits its
 * permissions shares them). It cannot be had back, by us or by whoever breaks out of a sandbox.
 */
export async function dropPermissions(needed: NeededPermissions): Promise<void> {
  if (needed.hostDirectories) return;
  // Sockets need it, and it stays open.
  if (needed.network) libc();
  const names = ["run", "ffi", "write", "read", "env", "sys", "import"] as const;
  for (const name of needed.network ? names : [...names, "net"] as const) {
    if (name === "read" && needed.files === true) continue;
    if (name === "write" && await isLeft(needed.writtenNoMore)) continue;
    await Deno.permissions.revoke({ name });
  }
}

/** Whether writing to some folders is left after it was given up for others. Never where it was not bound to folders. */
async function isLeft(writtenNoMore: readonly string[] | undefined): Promise<boolean> {
  if (writtenNoMore === undefined) return false;
  for (const path of writtenNoMore) await Deno.permissions.revoke({ name: "write", path });
  return (await Deno.permissions.query({ name: "write" })).state !== "granted";
}

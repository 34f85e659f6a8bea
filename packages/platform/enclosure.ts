/**
 * Shutting in a process by the kernel, beside what its runtime allows it: who breaks out of the runtime still sees only
 * the files that it is shown, no other process, and has no rights to get. By bubblewrap, where the machine has it.
 */

import { spawnSync } from "node:child_process";

/** What a process that is shut in sees of the machine: absolute paths, each with all that is below it. */
export interface EnclosedView {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Whether it has the machine's network, or none. Descriptors that it inherits work either way. */
  readonly network: "shared" | "none";
}

/** A program that shuts others in. */
export interface Enclosure {
  /** The whole command that runs a command shut in. */
  enclose(view: EnclosedView, command: readonly string[]): readonly string[];
}

/** Where libraries are, and what the linker and the C library's resolver read. */
const systemPaths = ["/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/localtime"];
const networkPaths = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf"];

/** How long an attempt may take, in milliseconds. */
const attemptMsMax = 5_000;

/**
 * Finds bubblewrap, and tries whether it may do here what is asked of it.
 *
 * @returns why not, where it cannot be used
 */
export function findBubblewrap(): Enclosure | string {
  const command = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/bwrap`)
    .find(isFile);
  if (command === undefined) return "bubblewrap (bwrap) is not installed";
  const enclosure: Enclosure = {
    enclose: (view, inner) => [command, ...bubblewrapArguments(view), "--", ...inner],
  };
  const view: EnclosedView = { readable: [], writable: [], network: "none" };
  const [program = "", ...args] = enclosure.enclose(view, ["/usr/bin/env", "true"]);
  const { status, stderr, error } = spawnSync(program, args, { timeout: attemptMsMax });
  if (status === 0) return enclosure;
  return `bubblewrap cannot be used: ${error?.message ?? String(stderr).trim().slice(0, 200)}`;
}

/** bwrap(1). What comes later covers what came before. */
function bubblewrapArguments({ readable, writable, network }: EnclosedView): string[] {
  const shown = [...systemPaths, ...(network === "shared" ? networkPaths : [])];
  return [
    ...["--unshare-user-try", "--unshare-ipc", "--unshare-pid", "--unshare-uts"],
    ...["--unshare-cgroup-try", ...(network === "none" ? ["--unshare-net"] : [])],
    ...["--cap-drop", "ALL", "--new-session"],
    ...shown.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ...readable.flatMap((path) => ["--ro-bind", path, path]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    // What the outermost folder has besides cannot be written to either.
    ...["--remount-ro", "/", "--chdir", "/"],
  ];
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What others put around a program: a process, and a container. */

import { fileURLToPath } from "node:url";

const installScript = fileURLToPath(
  new URL("../../scripts/install_bench_tools.mjs", import.meta.url),
);

/** How a peer is used, or why it is not. */
export interface PeerUse {
  readonly name: string;
  /** Uses in a round. */
  readonly count: number;
  readonly act: () => Promise<void>;
  readonly missing: string | undefined;
}

/** Every namespace that an unprivileged container can have, and a file system to read from. */
const containerArgs = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "/bin/true"];

/** A process and a container that do nothing. */
export function peerUses(): PeerUse[] {
  return [
    peer("process, /bin/true", 8, "/bin/true", []),
    peer("container, bwrap /bin/true", 4, "bwrap", containerArgs),
  ];
}

function peer(name: string, count: number, command: string, args: string[]): PeerUse {
  if (!isThere(command)) new Deno.Command("node", { args: [installScript] }).outputSync();
  const missing = isThere(command) ? whyRefused(command, args) : absent;
  const options = { args, stdin: "null", stdout: "null", stderr: "null" } as const;
  const act = async () => {
    const { success } = await new Deno.Command(command, options).spawn().status;
    if (!success) throw new Error(`${command} failed`);
  };
  return { name, count: missing === undefined ? count : 0, act, missing };
}

const absent = "not there, and `node scripts/install_bench_tools.mjs` could not install it";

function isThere(command: string): boolean {
  try {
    new Deno.Command(command, { args: ["--version"] }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Why a command does not run here: a kernel may refuse namespaces, say. */
function whyRefused(command: string, args: string[]): string | undefined {
  const { success, stderr } = new Deno.Command(command, { args }).outputSync();
  return success ? undefined : `refused here, ${new TextDecoder().decode(stderr).trim()}`;
}

/** Servers and their load, each on a core of its own. */

/** The core that servers run on, one under load at a time, and the core of what loads them. */
const cores = { server: "0", load: "1" } as const;

/** What a process is started with. */
export interface PinnedOptions {
  readonly stdout?: "null" | "piped";
  /** Beside what it inherits. */
  readonly env?: Record<string, string>;
}

/** A process that is kept on one core with all of its threads, and those that it starts. Its stderr is kept. */
export function pinned(
  core: keyof typeof cores,
  command: string,
  args: readonly string[],
  { stdout = "null", env = {} }: PinnedOptions = {},
): Deno.Command {
  return new Deno.Command("taskset", {
    args: ["--cpu-list", cores[core], command, ...args],
    stdin: "null",
    stdout,
    env,
    stderr: "piped",
  });
}

/**
 * Ends where one core cannot be kept free of the other's work, or a tool is missing and cannot be had.
 *
 * @param script what installs tools
 * @param more tools beside those that every such benchmark needs
 */
export async function ensureTools(script: string, more: readonly string[] = []): Promise<void> {
  if (navigator.hardwareConcurrency < 2) throw new Error("this benchmark needs two cores");
  const names = ["wrk", "taskset", "node", ...more];
  const missing = await missingOf(names);
  if (missing.length === 0) return;
  await new Deno.Command("node", { args: [script] }).output();
  for (const name of await missingOf(names)) {
    throw new Error(`this benchmark needs ${name}, which ${script} installs where it can`);
  }
}

async function missingOf(names: readonly string[]): Promise<string[]> {
  const found = async (name: string) =>
    await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()
      .then(() => true, () => false);
  const isThere = await Promise.all(names.map(found));
  return names.filter((_, index) => !isThere[index]);
}

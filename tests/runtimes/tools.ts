/** Finds what scripts/install_test_tools.mjs installs. */

import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The first release line of Node that the portable sources are promised for. */
const nodeMajor = 26;

/** The path of a Node that is new enough: the pinned one, or else the system's. */
export async function findNode(): Promise<string | undefined> {
  const executable = Deno.build.os === "windows" ? "node.exe" : "node";
  const folder = `${root}/tests/runtimes/tools/node_modules`;
  const pinned = (await entriesOf(folder)).filter((name) => name.startsWith("node-"))
    .map((name) => `${folder}/${name}/bin/${executable}`);
  return await firstOf([...pinned, "node"], (version) => {
    const [, major = "0"] = /^v(\d+)\./.exec(version) ?? [];
    return Number(major) >= nodeMajor;
  });
}

/** The name or path of a Chromium. */
export async function findChromium(): Promise<string | undefined> {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return await firstOf(names, (version) => /chrom/i.test(version));
}

async function firstOf(
  commands: readonly string[],
  fits: (version: string) => boolean,
): Promise<string | undefined> {
  for (const command of commands) {
    const version = await versionOf(command);
    if (version !== undefined && fits(version)) return command;
  }
  return undefined;
}

async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args: ["--version"] }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    // There is no such program.
    return undefined;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch {
    return [];
  }
}

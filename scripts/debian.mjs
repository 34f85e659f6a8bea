// Programs from the system's packages, where this is root on a Debian. Plain Node without dependencies.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * Installs a package of Debian's, unless one of these commands is there. What cannot be had is said.
 *
 * @param services of systemd's that the package starts, and which are not wanted
 */
export function installPackage(name, commands, services = []) {
  if (commands.some((command) => spawnSync(command, ["--version"]).error === undefined)) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync("apt-get", ["--version"]).status !== 0) {
    return say(
      `there is no ${commands[0]}, and this is not root on a Debian, which could install it`,
    );
  }
  say(`installing ${name} …`);
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-qq", "--yes", "--no-install-recommends", name]);
  const isBooted = existsSync("/run/systemd/system");
  if (services.length > 0 && isBooted) run("systemctl", ["disable", "--now", ...services]);
}

/** Runs a command to its end; its output is shown. */
export function run(command, args, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync(command, args, { cwd, env, stdio: ["ignore", 2, 2] });
  if (status !== 0) say(`\`${command} ${args.join(" ")}\` failed; its output is above`);
}

export function say(message) {
  console.error(`skerry: ${message}`);
}

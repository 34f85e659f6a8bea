// Installs what some tests run on beside Deno: Node (pinned, from npm) and Chromium (from the system's
// packages, where this is root on a Debian). What cannot be had is said; the tests that want it then skip.
// Plain Node without dependencies, as the other scripts.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./toolchain.mjs";

installNode();
installChromium();

/** What package-lock.json in that folder names for this machine, unless it is there already. */
function installNode() {
  const folder = join(root, "tests", "runtimes", "tools");
  const wanted = readPackages(join(folder, "package-lock.json"));
  const installed = readPackages(join(folder, "node_modules", ".package-lock.json"));
  const mine = Object.entries(wanted).find(([, { os, cpu }]) =>
    os === process.platform && cpu === process.arch
  );
  if (mine === undefined) return say(`npm has no Node for ${process.platform}-${process.arch}`);
  const [path, { version }] = mine;
  if (installed[path]?.version === version) return;
  say(`installing Node ${version} for tests …`);
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
}

/** Debian's Chromium, unless one is there. */
function installChromium() {
  const known = ["chromium", "chromium-browser", "google-chrome"];
  if (known.some((name) => spawnSync(name, ["--version"]).status === 0)) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync("apt-get", ["--version"]).status !== 0) {
    return say("there is no Chromium, and this is not root on a Debian, which could install it");
  }
  say("installing Chromium for tests …");
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-qq", "--yes", "--no-install-recommends", "chromium"]);
}

function run(command, args, cwd = root) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync(command, args, { cwd, env, stdio: ["ignore", 2, 2] });
  if (status !== 0) say(`\`${command} ${args.join(" ")}\` failed; its output is above`);
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

function say(message) {
  console.error(`skerry: ${message}`);
}

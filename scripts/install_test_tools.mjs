// Installs what some tests run on beside Deno: Node (pinned, from npm), Chromium and clients of HTTP/2 (from the
// system's packages, where this is root on a Debian). What cannot be had is said; the tests that want it then skip.
// Plain Node without dependencies, as the other scripts.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installPackage, run, say } from "./debian.mjs";
import { root } from "./toolchain.mjs";

installNode();
installPackage("chromium", ["chromium", "chromium-browser", "google-chrome"]);
installPackage("curl", ["curl"]);
installPackage("nghttp2-client", ["h2load"]);

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

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

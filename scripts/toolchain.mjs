// Finds the pinned Deno in node_modules, and installs node_modules where it is missing or out of date.
// Plain Node without dependencies: this runs before anything is installed.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, whatever characters its path has. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/, "");

/** Runs `npm ci` unless what is installed is what package-lock.json asks for. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.error("skerry: installing the npm packages that package-lock.json names …");
  // What a parent npm put into the environment (npm_config_*) may not fit this call.
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) fail("`npm ci` failed; its output is above");
}

/** The real binary, not the wrapper of the npm package: a signal to the wrapper would orphan Deno. */
export function denoBinary() {
  const scope = join(root, "node_modules", "@deno");
  const [platform] = existsSync(scope) ? readdirSync(scope) : [];
  const binary = platform === undefined ? undefined : join(scope, platform, "deno");
  if (binary === undefined || !existsSync(binary)) {
    fail("the Deno package is not installed; run `npm ci` in the folder of Skerry");
  }
  return binary;
}

/**
 * What the engine is told in processes that serve. Where it has had nothing to do for some seconds it would give memory back,
 * and let go of all that it has optimised with it: the second after that takes three times as long.
 */
export const servingFlags = ["--no-memory-reducer"];

/** The exit code by which `skerry serve` asks to be started again (apps/cli/exit_code.ts). */
const startAgain = 75;

/**
 * Runs Deno in this process's place: same streams, signals passed on, same exit code. A server is started
 * again when it asks for it; from anything else that code is just a code, which a guest may have chosen.
 *
 * @param endMsMax how long it may take to end once it is asked to, by a signal; a second one ends it at once. It may
 * run a guest that computes, and hear nothing. Undefined where it hears for itself.
 * @param sockets descriptors 3, 4 and so on, which it keeps
 * @param engineFlags what V8 is told, here and in the processes that it starts; what the environment says stands behind
 */
export function becomeDeno(
  args,
  { serves = false, endMsMax, sockets = [], engineFlags = [] } = {},
) {
  const stdio = ["inherit", "inherit", "inherit", ...sockets];
  const { DENO_V8_FLAGS: given = "" } = process.env;
  const flags = [...engineFlags, ...given.split(",")].filter((flag) => flag !== "").join(",");
  const env = flags === "" ? process.env : { ...process.env, DENO_V8_FLAGS: flags };
  const child = spawn(denoBinary(), args, { stdio, env });
  /** The signal by which it is asked to end, where it is held to do so. */
  let askedBy;
  const end = () => child.kill("SIGKILL");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; the second copy finds it closing already.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      if (endMsMax === undefined) return;
      if (askedBy !== undefined) return end();
      askedBy = signal;
      setTimeout(() => {
        console.error("skerry: the program did not come to its end, and was ended");
        end();
      }, endMsMax).unref();
    });
  }
  child.on("error", (error) => fail(`cannot start Deno: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (code === startAgain && serves) return becomeDeno(args, { serves, endMsMax, engineFlags });
    if (signal === null) process.exit(code ?? 1);
    if (askedBy !== undefined) process.exit(128 + constants.signals[askedBy]);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Runs Deno to its end and gives its exit code. */
export function runDeno(args) {
  return spawnSync(denoBinary(), args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

function isInstalled() {
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  const wanted = readPackages(join(root, "package-lock.json"));
  if (installed === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) =>
    path === "" || optional === true || installed[path]?.version === version
  );
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

function fail(message) {
  console.error(`skerry: ${message}`);
  process.exit(1);
}

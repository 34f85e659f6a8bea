#!/usr/bin/env node
// Starts the pinned Deno on the command line program.

import { becomeDeno, ensureInstalled, root, servingFlags } from "../scripts/toolchain.mjs";

ensureInstalled();
const args = process.argv.slice(2);
// Deno opens what is below /proc only with all permissions: directories that guests are handed are walked by
// descriptors there (what is not needed is given up before the first guest runs), and doctor looks there.
// SQLite copies a database by attaching another, for which Deno wants them all too.
const needsProc = ["run", "serve", "dev", "node", "backup", "doctor"].includes(args[0]);
const needsNode = [
  ...[
    "deploy",
    "versions",
    "services",
    "tenants",
    "config",
    "secret",
    "kv",
    "cache",
    "purge",
    "tokens",
    "top",
    "tail",
  ],
].includes(args[0]);
// What serves while programs are edited gives up permissions that the thread which builds them needs.
const ownPermissions = args[0] === "dev" ? ["--unstable-worker-options"] : [];
const permissions = needsProc ? ["--allow-all"] : [
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
  ...(needsNode ? ["--allow-net"] : []),
];
// What builds runs compilers, large programs of which each part runs for a moment: to optimise a part costs more than it
// gains until it has run for long, and the engine's own measure is a fortieth of this. In bytes of code that were run.
const compilerFlags = ["--wasm-tiering-budget=500000000"];
const engineFlags = ["build", "deploy"].includes(args[0])
  ? compilerFlags
  : ["serve", "dev", "node"].includes(args[0])
  ? servingFlags
  : [];
becomeDeno([
  ...["run", "--quiet", "--no-prompt", "--cached-only", `--config=${root}/deno.json`],
  ...permissions,
  ...ownPermissions,
  `${root}/apps/cli/main.ts`,
  ...args,
], {
  serves: ["serve", "dev"].includes(args[0]),
  engineFlags,
  endMsMax: args[0] === "run" ? 500 : undefined,
  sockets: args[0] === "node" ? socketsOfStart() : [],
});

/** Descriptors of sockets that this process was started with (sd_listen_fds(3)); Node passes on what it is told to. */
function socketsOfStart() {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  const count = LISTEN_PID === String(process.pid) ? Math.min(Number(LISTEN_FDS) || 0, 16) : 0;
  return Array.from({ length: count }, (_, index) => 3 + index);
}

#!/usr/bin/env node
// Starts the pinned Deno on the command line program, with the permissions that its verb needs.

import { becomeDeno, ensureInstalled, root } from "../scripts/toolchain.mjs";

ensureInstalled();
const args = process.argv.slice(2);
const network = args[0] === "serve" || args[0] === "doctor" ? ["--allow-net"] : [];
becomeDeno([
  "run",
  "--quiet",
  "--no-prompt",
  "--cached-only",
  `--config=${root}/deno.json`,
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  ...network,
  `${root}/apps/cli/main.ts`,
  ...args,
]);

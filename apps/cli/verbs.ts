/**
 * The verbs of the command line. Each is loaded when it is asked for: all of them together are hundreds of files more
 * than any one, and who waits for a verb would wait for them.
 */

import type { Command } from "commander";

/** Loads a verb, which tells the code to exit with where it is another than success. */
export type Verb = (found: (code: number) => void) => Promise<Command>;

/** All of them by their names, in the order in which help tells them. */
export const verbs: Readonly<Record<string, Verb>> = {
  run: async (found) => (await import("./commands/run.ts")).runCommand(found),
  serve: async (found) => (await import("./commands/serve.ts")).serveCommand(found),
  node: async () => (await import("./commands/node.ts")).nodeCommand(),
  backup: async () => (await import("./commands/backup.ts")).backupCommand(),
  dev: async (found) => (await import("./commands/dev.ts")).devCommand(found),
  deploy: async () => (await import("./commands/deploy.ts")).deployCommand(),
  versions: async () => (await import("./commands/versions.ts")).versionsCommand(),
  services: async () => (await import("./commands/services.ts")).servicesCommand(),
  config: async () => (await import("./commands/entries.ts")).configCommand(),
  secret: async () => (await import("./commands/entries.ts")).secretCommand(),
  kv: async () => (await import("./commands/kv.ts")).kvCommand(),
  cache: async () => (await import("./commands/cache.ts")).cacheCommand(),
  purge: async () => (await import("./commands/purge.ts")).purgeCommand(),
  tokens: async () => (await import("./commands/tokens.ts")).tokensCommand(),
  tenants: async () => (await import("./commands/tenants.ts")).tenantsCommand(),
  top: async () => (await import("./commands/top.ts")).topCommand(),
  tail: async () => (await import("./commands/tail.ts")).tailCommand(),
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand(),
  compile: async () => (await import("./commands/compile.ts")).compileCommand(),
  verify: async (found) => (await import("./commands/verify.ts")).verifyCommand(found),
  build: async () => (await import("./commands/build.ts")).buildCommand(),
  new: async () => (await import("./commands/new.ts")).newCommand(),
  doctor: async (found) => (await import("./commands/doctor.ts")).doctorCommand(found),
};

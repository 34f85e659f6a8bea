/** The command line `skerry`. */

import { Command, CommanderError } from "commander";
import { backupCommand } from "./commands/backup.ts";
import { buildCommand } from "./commands/build.ts";
import { compileCommand } from "./commands/compile.ts";
import { configCommand, secretCommand } from "./commands/entries.ts";
import { deployCommand } from "./commands/deploy.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { kvCommand } from "./commands/kv.ts";
import { newCommand } from "./commands/new.ts";
import { nodeCommand } from "./commands/node.ts";
import { purgeCommand } from "./commands/purge.ts";
import { runCommand, runValueOptions } from "./commands/run.ts";
import { serveCommand } from "./commands/serve.ts";
import { servicesCommand } from "./commands/services.ts";
import { tailCommand } from "./commands/tail.ts";
import { tenantsCommand } from "./commands/tenants.ts";
import { tokensCommand } from "./commands/tokens.ts";
import { topCommand } from "./commands/top.ts";
import { verifyCommand } from "./commands/verify.ts";
import { versionsCommand } from "./commands/versions.ts";
import { exitCode } from "./exit_code.ts";
import { failureCode } from "./failure_code.ts";
import { note, noteError, printLine } from "./output.ts";
import { splitRunArguments } from "./run_arguments.ts";
import { version } from "./version.ts";

/** Runs the command line and gives the exit code. */
async function main(words: readonly string[]): Promise<number> {
  let code: number = exitCode.success;
  const program = new Command("skerry")
    .description("Runs WebAssembly programs in sandboxes, here and behind HTTP.")
    .version(version)
    .showHelpAfterError("(--help shows what is expected)")
    .addCommand(runCommand((found) => code = found))
    .addCommand(serveCommand((found) => code = found))
    .addCommand(nodeCommand())
    .addCommand(backupCommand())
    .addCommand(devCommand((found) => code = found))
    .addCommand(deployCommand())
    .addCommand(versionsCommand())
    .addCommand(servicesCommand())
    .addCommand(configCommand())
    .addCommand(secretCommand())
    .addCommand(kvCommand())
    .addCommand(purgeCommand())
    .addCommand(tokensCommand())
    .addCommand(tenantsCommand())
    .addCommand(topCommand())
    .addCommand(tailCommand())
    .addCommand(inspectCommand())
    .addCommand(compileCommand())
    .addCommand(verifyCommand((found) => code = found))
    .addCommand(buildCommand())
    .addCommand(newCommand())
    .addCommand(doctorCommand((found) => code = found));
  for (const command of withInner(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => printLine(text.replace(/\n$/, "")),
      writeErr: (text) => note(text.replace(/\n$/, "")),
    });
  }
  try {
    await program.parseAsync(commandWords(words), { from: "user" });
    return code;
  } catch (error) {
    // Commander has said what was wrong already; asking for help is no failure.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCode.success : exitCode.usage;
    }
    noteError(error);
    return failureCode(error);
  }
}

/** A command and all that are within it. */
function withInner(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

/** `run`'s words with the guest's own behind `--`, where no option is looked for. */
function commandWords(words: readonly string[]): string[] {
  if (words[0] !== "run") return [...words];
  const { own, guest } = splitRunArguments(words.slice(1), runValueOptions);
  return ["run", ...own, ...(guest.length > 0 ? ["--", ...guest] : [])];
}

Deno.exit(await main(Deno.args));

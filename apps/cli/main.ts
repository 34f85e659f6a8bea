/** The command line `skerry`. */

import { Command, CommanderError } from "commander";
import { exitCode } from "./exit_code.ts";
import { failureCode } from "./failure_code.ts";
import { note, noteError, printLine } from "./output.ts";
import { splitRunArguments } from "./run_arguments.ts";
import { type Verb, verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** Runs the command line and gives the exit code. */
async function main(words: readonly string[]): Promise<number> {
  let code: number = exitCode.success;
  const program = new Command("skerry")
    .description("Runs WebAssembly programs in sandboxes, here and behind HTTP.")
    .version(version)
    .showHelpAfterError("(--help shows what is expected)");
  for (const load of asked(words)) program.addCommand(await load((found) => code = found));
  for (const command of withInner(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => printLine(text.replace(/\n$/, "")),
      writeErr: (text) => note(text.replace(/\n$/, "")),
    });
  }
  try {
    await program.parseAsync(await commandWords(words), { from: "user" });
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

/** The verb that is asked for; all of them where help is wanted, or a verb that there is not. */
function asked([first = ""]: readonly string[]): readonly Verb[] {
  const verb = Object.hasOwn(verbs, first) ? verbs[first] : undefined;
  return verb === undefined ? Object.values(verbs) : [verb];
}

/** `run`'s words with the guest's own behind `--`, where no option is looked for. */
async function commandWords(words: readonly string[]): Promise<string[]> {
  if (words[0] !== "run") return [...words];
  const { runValueOptions } = await import("./commands/run.ts");
  const { own, guest } = splitRunArguments(words.slice(1), runValueOptions);
  return ["run", ...own, ...(guest.length > 0 ? ["--", ...guest] : [])];
}

Deno.exit(await main(Deno.args));

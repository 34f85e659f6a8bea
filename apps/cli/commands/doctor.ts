/** `skerry doctor`: what this machine has and lacks for Skerry. */

import { Command, Option } from "commander";
import { type Check, examineMachine } from "../examine_machine.ts";
import { exitCode } from "../exit_code.ts";
import { type Format, printData } from "../output.ts";

/** The verb. `finish` takes the exit code. */
export function doctorCommand(finish: (code: number) => void): Command {
  return new Command("doctor")
    .summary("show what this machine has and lacks for Skerry")
    .description("Checks this machine, with the remedy for whatever it lacks.")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
    )
    .action(async ({ format }: { format: Format }) => {
      const checks = await examineMachine();
      printData(format, checks, () => checks.map(checkText).join("\n"));
      finish(checks.some(({ state }) => state === "lacking") ? exitCode.failed : exitCode.success);
    });
}

const marks = { fine: "ok  ", limited: "note", lacking: "LACK" } as const;

function checkText({ name, state, found, remedy }: Check): string {
  const line = `${marks[state]}  ${name}: ${found}`;
  return remedy === undefined ? line : `${line}\n      → ${remedy}`;
}

/** `skerry backup`: a copy of a node's state. */

import { Command } from "commander";
import { backUp } from "../../node/backup.ts";
import { note } from "../output.ts";

interface BackupOptions {
  readonly state: string;
  readonly to: string;
}

/** The verb. */
export function backupCommand(): Command {
  return new Command("backup")
    .summary("copy a node's state while it runs")
    .description(
      "Copies all that a node keeps to a folder that is not there yet: deployments, programs, keys and values, secrets\n" +
        "with the keys that open them, tokens. The node goes on meanwhile. The copy is a state folder: `skerry node\n" +
        "--state` starts from it. It is as secret as the state is.",
    )
    .option("--state <FOLDER>", "where the node keeps everything", "skerry-state")
    .requiredOption("--to <FOLDER>", "where the copy is to be")
    .action(async ({ state, to }: BackupOptions) => {
      const { services, versions, contents } = await backUp(state, to);
      note(`${to}: ${services} services, ${versions} versions, ${contents} modules and artifacts`);
    });
}

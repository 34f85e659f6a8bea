/** The options of the verbs that serve. */

import { clockPolicyForms } from "@skerry/base";
import type { ListenAddress } from "@skerry/platform";
import type { Command } from "commander";
import {
  clockOption,
  collectDirectory,
  collectEnv,
  directoryFlags,
  durationOption,
  envFlags,
  listenOption,
  sizeOption,
} from "./options.ts";
import type { ServeSettings } from "./services.ts";

/** What {@link withServeOptions} reads. */
export interface ServeOptions extends ServeSettings {
  readonly listen: ListenAddress;
}

/** Adds where to listen, and what is set for every service. */
export function withServeOptions(command: Command): Command {
  return command
    .option("--listen <HOST:PORT>", "where to listen", listenOption, {
      hostname: "127.0.0.1",
      port: 7676,
    })
    .option(
      envFlags,
      "set a variable, or hand on one of yours (may be repeated)",
      collectEnv,
      new Map(),
    )
    .option(
      directoryFlags,
      "hand over a directory (may be repeated)",
      collectDirectory,
      [],
    )
    .option(
      "--clock <policy>",
      `the time that a request is shown: ${clockPolicyForms}`,
      clockOption,
    )
    .option("--max-memory <size>", "bound on the memory of a request", sizeOption)
    .option("--timeout <duration>", "bound on the wall time of a request", durationOption)
    .option("--cpu <duration>", "bound on its time on the processor", durationOption)
    .option("--allow-no-yield", "serve artifacts that nothing interrupts while they compute")
    .option(
      "--allow-gc",
      "serve modules whose garbage-collected objects no request's limit bounds",
    );
}

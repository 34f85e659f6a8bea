/** `skerry run`: one program, on this terminal. */

import { type ClockPolicy, clockPolicyForms, formatDuration } from "@skerry/base";
import { endSignals, type ListenAddress, onEndSignal } from "@skerry/platform";
import { type KillSwitch, terminate } from "@skerry/sandbox";
import { Command } from "commander";
import { exitCode } from "../exit_code.ts";
import { type GuestRun, type RunEnd, runGuest } from "../guest_run.ts";
import {
  clockOption,
  collectDirectory,
  collectEnv,
  collectListen,
  directoryFlags,
  type DirectoryOption,
  durationOption,
  envFlags,
  seedOption,
  sizeOption,
} from "../options.ts";
import { note } from "../output.ts";
import type { RunNews } from "../run_worker.ts";

interface RunOptions {
  readonly env: ReadonlyMap<string, string>;
  readonly dir: readonly DirectoryOption[];
  readonly listenTcp: readonly ListenAddress[];
  readonly clock?: ClockPolicy;
  readonly seed?: bigint;
  readonly maxMemory?: number;
  readonly timeout?: number;
  readonly invoke?: string;
  readonly argv0?: string;
}

/** Options of `run` that take the next word. */
export const runValueOptions: ReadonlySet<string> = new Set([
  "--env",
  "--dir",
  "--listen-tcp",
  "--clock",
  "--seed",
  "--max-memory",
  "--timeout",
  "--invoke",
  "--argv0",
]);

/** The verb. `finish` takes the exit code. */
export function runCommand(finish: (code: number) => void): Command {
  return new Command("run")
    .summary("run a WebAssembly program here")
    .description(
      "Runs a WASI command on this terminal. It reaches only what is handed to it.\n" +
        "Options stand before MODULE or right after it; what follows is the program's.",
    )
    .argument("<module>", "a .wasm file, or - for standard input")
    .argument("[args...]", "the program's arguments")
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
      "--listen-tcp <HOST:PORT>",
      "hand over a socket that listens there (may be repeated)",
      collectListen,
      [],
    )
    .option("--clock <policy>", `the time that it is shown: ${clockPolicyForms}`, clockOption)
    .option(
      "--seed <number>",
      "give it the random numbers of this seed, no secret ones",
      seedOption,
    )
    .option("--max-memory <size>", "bound on its memory, such as 64MiB", sizeOption)
    .option("--timeout <duration>", "bound on its wall time, such as 5s", durationOption)
    .option("--invoke <name>", "call this export with the arguments as numbers; print its results")
    .option("--argv0 <name>", "the program's name for itself")
    .addHelpText(
      "after",
      `
Exit codes: the program's own; ${exitCode.trapped} when it traps, ${exitCode.timedOut} when --timeout is over, 128 and the
number of a signal that ended it, ${exitCode.failed} when it cannot be run, ${exitCode.usage} for wrong usage.`,
    )
    .action(async (module: string, args: string[], options: RunOptions) => {
      const run: GuestRun = {
        module,
        args,
        env: options.env,
        directories: options.dir,
        listen: options.listenTcp,
        clock: options.clock ?? { kind: "real" },
        seed: options.seed,
        memoryBytesMax: options.maxMemory,
        wallMsMax: options.timeout,
        invoke: options.invoke,
        argv0: options.argv0,
      };
      const ending = new Ending();
      const end = options.timeout === undefined
        ? await runGuest(run, (killSwitch) => ending.isKillable(killSwitch))
        : await runWatched(run, options.timeout, ending);
      finish(end === "killed" ? ending.exitCode : end);
    });
}

/** What comes of a signal that asks this process to end: its guest is ended, wherever that is. */
class Ending {
  #killSwitch: KillSwitch | undefined;
  #signalNumber = endSignals.SIGTERM as number;

  constructor() {
    onEndSignal((signalNumber) => {
      this.#signalNumber = signalNumber;
      if (this.#killSwitch === undefined) Deno.exit(this.exitCode);
      terminate(this.#killSwitch);
    });
  }

  /** The guest begins, or it is about to. Before, there is nothing to be ended but this process. */
  isKillable(killSwitch: KillSwitch): void {
    this.#killSwitch = killSwitch;
  }

  get exitCode(): number {
    return exitCode.signalled(this.#signalNumber);
  }
}

/**
 * Runs in another thread, watched from this one: a guest that computes without a pause cannot be interrupted
 * in its own thread, and the process can always be ended.
 */
function runWatched(run: GuestRun, wallMsMax: number, ending: Ending): Promise<RunEnd> {
  const graceMs = 250;
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../run_worker.ts", import.meta.url), { type: "module" });
    const timer = setTimeout(() => {
      note(`skerry: the program ran out of its time (${formatDuration(wallMsMax)})`);
      resolve(exitCode.timedOut);
    }, wallMsMax + graceMs);
    worker.onmessage = ({ data: news }: MessageEvent<RunNews>) => {
      if (news.kind === "began") return ending.isKillable(news.killSwitch);
      clearTimeout(timer);
      resolve(news.end);
    };
    worker.onerror = (event) => {
      clearTimeout(timer);
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(run);
  });
}

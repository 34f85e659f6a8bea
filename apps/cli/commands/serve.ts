/** `skerry serve`: programs behind HTTP, a sandbox for each request. */

import { clockPolicyForms, formatDuration } from "@skerry/base";
import { type ListenAddress, untilAskedToStop } from "@skerry/platform";
import { Command } from "commander";
import { exitCode } from "../exit_code.ts";
import {
  clockOption,
  collectDirectory,
  collectEnv,
  directoryFlags,
  durationOption,
  envFlags,
  listenOption,
  sizeOption,
} from "../options.ts";
import { note } from "../output.ts";
import type { ServeNews, ServeOrder } from "../serve_worker.ts";
import type { ServeSettings } from "../services.ts";
import type { ServePlan } from "../serving.ts";

interface ServeOptions extends ServeSettings {
  readonly listen: ListenAddress;
}

/** How long requests that are under way may take once the server is asked to stop, in milliseconds. */
const drainMs = 5000;

/** How much longer than its slowest request may take the serving thread may be silent, in milliseconds. */
const silenceMs = 2000;

/** How long a sign of life that was late may take to be heard, in milliseconds. */
const graceMs = 500;

/** The verb. `finish` takes the exit code. */
export function serveCommand(finish: (code: number) => void): Command {
  return new Command("serve")
    .summary("serve programs over HTTP")
    .description(
      "Serves WebAssembly programs over HTTP. Each request runs in a sandbox of its own, as a CGI program\n" +
        "(RFC 3875): the request is in the environment and on stdin, the response on stdout. Programs are\n" +
        "built first where their sources are newer. Logs one JSON line per request to stdout.",
    )
    .argument("<targets...>", "a .wasm file, a manifest, or a project's folder (one or more)")
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
    .option("--allow-gc", "serve modules whose garbage-collected objects no request's limit bounds")
    .action(async (targets: string[], { listen: address, ...settings }: ServeOptions) => {
      finish(await serveWatched({ targets, settings, address }));
    });
}

/**
 * Serves in another thread, watched from this one. A guest that computes without a pause holds its thread and
 * cannot be interrupted there; once it has held it for longer than any request may take, the process ends with
 * a code that has it started again. That costs the requests under way, and no more.
 */
function serveWatched(plan: ServePlan): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../serve_worker.ts", import.meta.url), { type: "module" });
    const order = (message: ServeOrder) => worker.postMessage(message);
    let watch: ReturnType<typeof setTimeout> | undefined;
    let wallMsMax = 0;
    let serving = false;
    let silences = 0;
    let onSilence = () => {
      silences += 1;
      // The whole process may have been stopped and continued: what was said meanwhile is heard first.
      if (silences === 1) return listenFor(graceMs);
      const silent = formatDuration(wallMsMax + silenceMs);
      note(
        `skerry: nothing was answered for ${silent}, as when a program computes: starting again`,
      );
      resolve(exitCode.startAgain);
    };
    const listenFor = (ms: number) => {
      clearTimeout(watch);
      watch = setTimeout(() => onSilence(), ms);
    };
    worker.onmessage = ({ data: news }: MessageEvent<ServeNews>) => {
      silences = 0;
      if (news.kind === "ended") return resolve(news.code);
      if (news.kind === "serving") {
        serving = true;
        wallMsMax = news.wallMsMax;
      }
      listenFor(wallMsMax + silenceMs);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    order({ kind: "start", plan });
    void untilAskedToStop().then(() => {
      if (!serving) return resolve(exitCode.success);
      note("\nStopping: requests that are under way may end.");
      onSilence = () => resolve(exitCode.success);
      listenFor(drainMs + silenceMs);
      order({ kind: "stop", drainMs });
    });
  });
}

/** `skerry serve`: programs behind HTTP, a sandbox for each request. */

import type { RequestsLogged } from "@skerry/edge";
import { untilAskedToStop } from "@skerry/platform";
import { Command } from "commander";
import { exitCode } from "../exit_code.ts";
import { note } from "../output.ts";
import { logOption } from "../options.ts";
import { type ServeOptions, withServeOptions } from "../serve_options.ts";
import type { ServeNews, ServeOrder } from "../serve_worker.ts";
import type { ServePlan } from "../serving.ts";
import { drainMs, SilenceWatch } from "../silence_watch.ts";

interface ServeCommandOptions extends ServeOptions {
  readonly log: RequestsLogged;
}

/** The verb. `finish` takes the exit code. */
export function serveCommand(finish: (code: number) => void): Command {
  const command = new Command("serve")
    .summary("serve programs over HTTP")
    .description(
      "Serves WebAssembly programs over HTTP. Each request runs in a sandbox of its own, as a CGI program\n" +
        "(RFC 3875): the request is in the environment and on stdin, the response on stdout. Programs are\n" +
        "built first where their sources are newer. Logs one JSON line per request to stdout.",
    )
    .argument("<targets...>", "a .wasm file, a manifest, or a project's folder (one or more)");
  return withServeOptions(command).addOption(logOption()).action(
    async (targets: string[], { listen: address, log, ...settings }: ServeCommandOptions) => {
      finish(await serveWatched({ targets, settings, address, log }));
    },
  );
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
    const watch = new SilenceWatch(resolve);
    let serving = false;
    worker.onmessage = ({ data: news }: MessageEvent<ServeNews>) => {
      if (news.kind === "ended") return resolve(news.code);
      if (news.kind === "serving") serving = true;
      watch.heard(news.kind === "serving" ? news.wallMsMax : undefined);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    order({ kind: "start", plan });
    void untilAskedToStop().then(() => {
      if (!serving) return resolve(exitCode.success);
      note("\nStopping: requests that are under way may end.");
      watch.stopping();
      order({ kind: "stop", drainMs });
    });
  });
}

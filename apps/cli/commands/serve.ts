/** `skerry serve`: programs behind HTTP, a sandbox for each request. */

import { limits, SkerryError } from "@skerry/base";
import { duplicatePrefixes, Edge, type LogEvent, type Route, type Service } from "@skerry/edge";
import {
  addressUrl,
  dropPermissions,
  listen,
  type ListenAddress,
  processStdout,
  systemClock,
  systemRandom,
  untilAskedToStop,
} from "@skerry/platform";
import { Pool } from "@skerry/sandbox";
import { Command } from "commander";
import { indexPage } from "../index_page.ts";
import {
  collectDirectory,
  collectEnv,
  durationOption,
  listenOption,
  sizeOption,
} from "../options.ts";
import { note } from "../output.ts";
import { loadServices, type ServeSettings } from "../services.ts";
import { version } from "../version.ts";

interface ServeOptions extends ServeSettings {
  readonly listen: ListenAddress;
}

/** How long requests that are under way may take after Ctrl-C, in milliseconds. */
const drainMs = 5000;

/** The verb. */
export function serveCommand(): Command {
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
    .option("--env <NAME=VALUE>", "set a variable (may be repeated)", collectEnv, new Map())
    .option(
      "--dir <GUEST::HOST[:ro]>",
      "hand over a directory (may be repeated)",
      collectDirectory,
      [],
    )
    .option("--max-memory <size>", "bound on the memory of a request", sizeOption)
    .option("--timeout <duration>", "bound on the wall time of a request", durationOption)
    .option("--allow-gc", "serve modules whose garbage-collected objects no request's limit bounds")
    .action(async (targets: string[], options: ServeOptions) => {
      const loaded = await Promise.all(targets.map((target) => loadServices(target, options)));
      const routes = loaded.flatMap((found) => found.routes);
      const [twice] = duplicatePrefixes(routes);
      if (twice !== undefined) {
        throw new SkerryError(
          "SKERRY_MANIFEST_INVALID",
          `two programs answer the path ${twice || "/"}`,
          {
            remedy: "give each manifest [[routes]] of its own",
          },
        );
      }
      const hostDirectories = loaded.some((found) => found.hostDirectories);
      await dropPermissions({ hostDirectories, network: true });
      await serve(routes, options.listen);
    });
}

async function serve(routes: readonly Route<Service>[], address: ListenAddress): Promise<void> {
  const edge = new Edge({
    routes,
    pool: new Pool({ sandboxesMax: limits.sandboxesMax, queueMax: limits.sandboxQueueMax }),
    clock: systemClock,
    random: systemRandom,
    log: logWriter(),
    software: `Skerry/${version}`,
    index: routes.some(({ prefix }) => prefix === "")
      ? undefined
      : () => indexPage(routes, version),
  });
  const listener = await listen(address, (request) => edge.handle(request));
  const url = addressUrl(listener.address);
  note(`Skerry ${version} serves on ${url}`);
  for (const { prefix, target } of routes) note(`  ${url}${prefix}/  ${target.name}`);
  note("Ctrl-C stops it.");
  await untilAskedToStop();
  note("\nStopping: requests that are under way may end.");
  await listener.close(drainMs);
}

const encoder = new TextEncoder();

/** Control characters that JSON lets through, and that a terminal would obey or a reader be fooled by. */
const notForTerminals = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Gives a function that writes events to stdout. A log that cannot be written costs its lines, no request. */
function logWriter(): (event: LogEvent) => void {
  let lost = false;
  return (event) => {
    const line = JSON.stringify(event).replace(
      notForTerminals,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    try {
      void processStdout.write(encoder.encode(`${line}\n`));
    } catch (error) {
      if (!lost) note(`skerry: the log cannot be written: ${String(error)}`);
      lost = true;
    }
  };
}

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
    log: writeLogLine,
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

function writeLogLine(event: LogEvent): void {
  void processStdout.write(encoder.encode(`${JSON.stringify(event)}\n`));
}

/** `skerry node`: the server for many tenants. */

import { encodeUtf8, SkerryError } from "@skerry/base";
import type { RequestsLogged } from "@skerry/edge";
import {
  addressUrl,
  type Enclosure,
  findBubblewrap,
  type InheritedSocket,
  type ListenAddress,
  machineFacts,
  onReload,
  openPrivateFolder,
  openSealer,
  untilAskedToStop,
  writePrivateFile,
} from "@skerry/platform";
import { type TraceSettings, traceSettings } from "@skerry/telemetry";
import { Command, InvalidArgumentError, Option } from "commander";
import { serveAdmin } from "../../node/admin.ts";
import { CertificateFiles } from "../../node/certificate_files.ts";
import { type Node, startNode } from "../../node/node.ts";
import { parseTrustedProxies } from "../../node/trusted_proxies.ts";
import {
  countOption,
  durationOption,
  listenOption,
  logOption,
  sharedListenOption,
  sizeOption,
  sizeOrNoneOption,
} from "../options.ts";
import { note, noteError } from "../output.ts";
import { version } from "../version.ts";

interface NodeCommandOptions {
  readonly state: string;
  readonly listen: ListenAddress | InheritedSocket;
  readonly listenTls?: ListenAddress | InheritedSocket;
  readonly certificates?: string;
  readonly admin: ListenAddress;
  readonly trustedProxy: readonly string[];
  readonly cells: number;
  readonly threads: number;
  readonly memory?: number;
  readonly cacheMemory?: number;
  readonly cacheDisk?: number;
  readonly drain: number;
  readonly log: RequestsLogged;
  readonly sandbox: "auto" | "bwrap" | "none";
}

/** How often the folder of certificates is looked at, in milliseconds. */
const refreshMs = 10_000;

/** How long answers of the admin API may take once the node stops, in milliseconds. */
const adminDrainMs = 1_000;

/** The verb. */
export function nodeCommand(): Command {
  const { processors } = machineFacts();
  const cells = Math.min(2, processors);
  return new Command("node")
    .summary("run a node that serves many tenants")
    .description(
      "Runs a node: it serves what tenants deploy to it, each request in a sandbox of its own, in several\n" +
        "processes (cells) that do not hurt each other. Everything is kept in the state folder. Logs one JSON\n" +
        "line per request to stdout. SIGTERM lets requests under way end; SIGHUP reads certificates again.",
    )
    .option(
      "--state <FOLDER>",
      "where everything is kept; made where it is missing",
      "skerry-state",
    )
    .option(
      "--listen <HOST:PORT>",
      "where to speak HTTP; fd:3 for a socket that it is started with",
      sharedListenOption,
      { hostname: "127.0.0.1", port: 7676 },
    )
    .option("--listen-tls <HOST:PORT>", "where to speak HTTPS, or fd:4", sharedListenOption)
    .option(
      "--certificates <FOLDER>",
      "NAME.crt and NAME.key for each host; _.NAME for all below it, default for all others",
    )
    .option("--admin <HOST:PORT>", "where to be administered", listenOption, {
      hostname: "127.0.0.1",
      port: 7677,
    })
    .option(
      "--trusted-proxy <BLOCK>",
      "a block of addresses, such as 10.0.0.0/8, whose X-Forwarded-For and -Proto are believed (may be repeated)",
      collectProxy,
      [],
    )
    .option("--cells <COUNT>", "processes that serve", countOption, cells)
    .option(
      "--threads <COUNT>",
      "threads of each of them",
      countOption,
      Math.ceil(processors / cells),
    )
    .option(
      "--memory <SIZE>",
      "memory of all sandboxes (three quarters of the machine's)",
      sizeOption,
    )
    .option(
      "--cache-memory <SIZE>",
      "memory of all responses that are kept (a sixteenth of the machine's)",
      sizeOption,
    )
    .option(
      "--cache-disk <SIZE>",
      "disk of responses that are kept beyond its end; 0 for none (a tenth of the disk, at most 64 GiB)",
      sizeOrNoneOption,
    )
    .option(
      "--drain <DURATION>",
      "how long requests may take once it stops",
      durationOption,
      10_000,
    )
    .addOption(logOption())
    .addOption(
      new Option("--sandbox <how>", "what processes are shut in by, beside their runtime")
        .choices(["auto", "bwrap", "none"]).default("auto"),
    )
    .action(runNode);
}

async function runNode(options: NodeCommandOptions): Promise<void> {
  const certificates = await certificatesOf(options);
  const stateFolder = await openPrivateFolder(options.state);
  const node = await startNode({
    stateFolder,
    address: options.listen,
    ...(options.listenTls !== undefined && certificates !== undefined && {
      tls: { address: options.listenTls, certificates },
    }),
    trustedProxies: options.trustedProxy,
    log: options.log,
    cells: options.cells,
    threads: options.threads,
    preparers: 1,
    ...(options.memory !== undefined && { memoryBytesMax: options.memory }),
    ...(options.cacheMemory !== undefined && { cacheBytesMax: options.cacheMemory }),
    ...(options.cacheDisk !== undefined && { cacheDiskBytesMax: options.cacheDisk }),
    software: `Skerry/${version}`,
    enclosure: enclosureOf(options),
    sealer: await openSealer(`${stateFolder}/secret.key`),
    tracing: tracing(),
    onTraceNote: (text) => note(`skerry: traces: ${text}`),
    onProblem: (problem) => note(`skerry: ${problem}`),
    onIncident: ({ cell, what, restartMs }) => {
      const then = restartMs === undefined ? "" : `; it is started again in ${restartMs} ms`;
      note(`skerry: cell ${cell}: ${what}${then}`);
    },
  });
  const admin = await serveAdmin(node, {
    address: options.admin,
    version,
  });
  await giveFirstToken(node, stateFolder);
  if (certificates !== undefined) keepFresh(certificates, node);
  void node.ready.then(() => note("All that is deployed is served."));
  note(`Skerry ${version} serves on ${addressUrl(node.address)}`);
  if (node.tlsAddress !== undefined) note(`  and on ${tlsUrl(node.tlsAddress)}`);
  note(`  and is administered on ${addressUrl(admin.address)}`);
  await untilAskedToStop();
  note("\nStopping: requests that are under way may end.");
  await admin.close(adminDrainMs);
  await node.stop(options.drain);
}

/** A block of addresses, collected. */
function collectProxy(text: string, previous: readonly string[]): string[] {
  const parsed = parseTrustedProxies([text]);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.error);
  return [...previous, text];
}

/** An operator's token, for a node that has none: in a file that only its owner reads. */
async function giveFirstToken({ control }: Node, stateFolder: string): Promise<void> {
  const path = `${stateFolder}/admin.token`;
  const made = await control.tokens.first((text) =>
    writePrivateFile(path, encodeUtf8(`${text}\n`))
  );
  if (made !== undefined) note(`An operator's token is in ${path}`);
}

/** How to trace, by OpenTelemetry's environment variables. */
function tracing(): TraceSettings | undefined {
  const { settings, problems } = traceSettings((name) => Deno.env.get(name), version);
  if (problems.length === 0) return settings;
  throw new SkerryError("SKERRY_USAGE", problems.join("; "), {
    where: "the environment",
    remedy: "correct what is named, or set OTEL_SDK_DISABLED=true",
  });
}

/** What shuts processes in; it is asked for before anything is opened. */
function enclosureOf({ sandbox }: NodeCommandOptions): Enclosure | undefined {
  if (sandbox === "none") return undefined;
  const found = findBubblewrap();
  if (typeof found !== "string") return found;
  if (sandbox === "auto") {
    note(`skerry: cells are held by their runtime alone: ${found}`);
    return undefined;
  }
  throw new SkerryError("SKERRY_NODE_FAILED", found, {
    where: "--sandbox bwrap",
    remedy: "install it and allow user namespaces, or say --sandbox auto",
  });
}

function tlsUrl(address: ListenAddress): string {
  return addressUrl(address).replace(/^http:/, "https:");
}

async function certificatesOf(
  { listenTls, certificates: folder }: NodeCommandOptions,
): Promise<CertificateFiles | undefined> {
  if ((listenTls === undefined) !== (folder === undefined)) {
    throw new SkerryError("SKERRY_USAGE", "--listen-tls and --certificates need each other");
  }
  if (folder === undefined) return undefined;
  const certificates = new CertificateFiles(folder);
  for (const warning of await certificates.refresh() ?? []) note(`skerry: ${warning}`);
  return certificates;
}

/** Reads certificates again now and then, and when it is asked to. Those that are no good change nothing. */
function keepFresh(certificates: CertificateFiles, node: Node): void {
  const refresh = async () => {
    try {
      const warnings = await certificates.refresh();
      if (warnings === undefined) return;
      for (const warning of warnings) note(`skerry: ${warning}`);
      node.cells.showCertificates();
      note("skerry: the certificates were read again");
    } catch (error) {
      noteError(error);
    }
  };
  setInterval(refresh, refreshMs);
  onReload(() => void refresh());
}

/** `skerry top`: what a node's services do, live. */

import { encodeUtf8, isSkerryError, printable, SkerryError } from "@skerry/base";
import { processStdout, systemClock } from "@skerry/platform";
import {
  parseSnapshot,
  renderTop,
  type TelemetrySnapshot,
  type TerminalSize,
  type TopOrder,
  topOrders,
} from "@skerry/telemetry";
import { Command, Option } from "commander";
import {
  connectNode,
  type NodeConnection,
  type NodeOptions,
  withNodeOptions,
} from "../node_connection.ts";
import { durationOption } from "../options.ts";
import { printLine } from "../output.ts";
import { topActions, topKeysHelp } from "../top_keys.ts";

interface TopOptions extends NodeOptions {
  readonly once?: boolean;
  readonly interval: number;
  readonly sort: TopOrder;
}

/** What is printed where there is no terminal. */
const page: TerminalSize = { columns: 100, rows: 10_000 };

/** How long one answer may take. */
const answerMsMax = 10_000;

/** The verb. */
export function topCommand(): Command {
  const command = new Command("top")
    .summary("show what a node's services do, live")
    .description(
      "Shows services by their rate, errors, processor time, p50 and p99, and the state of the node's cells.\n" +
        `Keys: ${topKeysHelp}`,
    )
    .option("--once", "print one table and end, as without a terminal")
    .option("--interval <duration>", "how often to look", durationOption, 1_000)
    .addOption(
      new Option("--sort <order>", "what services are ordered by").choices(topOrders)
        .default("rate"),
    );
  return withNodeOptions(command).action(async (options: TopOptions) => {
    const node = await connectNode(options, (name) => Deno.env.get(name));
    const isLive = options.once !== true && processStdout.isTerminal && Deno.stdin.isTerminal();
    await (isLive ? showLive(node, options) : printOnce(node, options));
  });
}

async function printOnce(node: NodeConnection, { interval, sort }: TopOptions): Promise<void> {
  const before = await look(node);
  await systemClock.sleep(interval, new AbortController().signal);
  printLine(renderTop(before, await look(node), page, sort).join("\n"));
}

async function showLive(node: NodeConnection, { interval, sort }: TopOptions): Promise<void> {
  const first = await look(node);
  const screen = new Screen(first, sort);
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => ended.abort());
  }
  screen.open();
  try {
    void readKeys(screen, ended);
    while (!ended.signal.aborted) {
      await systemClock.sleep(interval, ended.signal);
      if (!ended.signal.aborted) await look(node).then(screen.take, screen.fail);
    }
  } finally {
    screen.close();
  }
}

async function look(node: NodeConnection): Promise<TelemetrySnapshot> {
  const response = await node.get("/v1/metrics.json", AbortSignal.timeout(answerMsMax));
  const snapshot = parseSnapshot(await response.json().catch(() => undefined));
  if (snapshot.ok) return snapshot.value;
  throw new SkerryError("SKERRY_NODE_FAILED", `what it answers is no snapshot: ${snapshot.error}`, {
    where: node.url,
    remedy: "check that the node and this command are of one version",
  });
}

async function readKeys(screen: Screen, ended: AbortController): Promise<void> {
  for await (const bytes of Deno.stdin.readable) {
    for (const action of topActions(bytes)) {
      if (action.kind === "quit") return ended.abort();
      screen.order(action.order);
    }
  }
  ended.abort();
}

/** The terminal, on its other page, where nothing that was there before is lost (xterm's private mode 1049). */
class Screen {
  #before: TelemetrySnapshot | undefined;
  #now: TelemetrySnapshot;
  #order: TopOrder;
  #failure = "";

  constructor(first: TelemetrySnapshot, order: TopOrder) {
    this.#now = first;
    this.#order = order;
  }

  open(): void {
    Deno.stdin.setRaw(true, { cbreak: true });
    write("\x1b[?1049h\x1b[?25l");
    this.#draw();
  }

  close(): void {
    write("\x1b[?25h\x1b[?1049l");
    Deno.stdin.setRaw(false);
  }

  readonly take = (snapshot: TelemetrySnapshot): void => {
    [this.#before, this.#now, this.#failure] = [this.#now, snapshot, ""];
    this.#draw();
  };

  /** The node is away; what it told last stays until it tells more. */
  readonly fail = (error: unknown): void => {
    if (!isSkerryError(error) && !(error instanceof DOMException)) throw error;
    this.#failure = error.message;
    this.#draw();
  };

  order(order: TopOrder): void {
    this.#order = order;
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = Deno.consoleSize();
    const size = { columns, rows: Math.max(0, rows - 1) };
    const lines = renderTop(this.#before, this.#now, size, this.#order);
    const last = this.#failure === "" ? topKeysHelp : printable(this.#failure);
    // Each line ends by clearing what was right of it, the last by clearing what was below.
    const text = lines.map((line) => `${line}\x1b[K\r\n`).join("");
    write(`\x1b[H${text}\x1b[J\x1b[${rows};1H${last.slice(0, columns)}`);
  }
}

function write(text: string): void {
  void processStdout.write(encodeUtf8(text));
}

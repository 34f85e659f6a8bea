/** Starts the real command as a user would, and the real server behind a real socket. */

import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const command = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
) =>
  new Deno.Command("node", {
    args: [`${root}/bin/skerry.mjs`, ...args],
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  });

/** Runs `skerry …` to its end. */
export async function skerry(
  args: readonly string[],
  { stdin = "", cwd = root, env = {} }: {
    stdin?: string | Uint8Array;
    cwd?: string;
    env?: Readonly<Record<string, string>>;
  } = {},
): Promise<CommandResult> {
  const process = command(args, cwd, env).spawn();
  const writer = process.stdin.getWriter();
  const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  // A command may end without having read its input.
  await writer.write(bytes).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const text = (part: Uint8Array) => new TextDecoder().decode(part);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A command that runs. */
export interface RunningCommand {
  /** Waits until what it has printed so far fits. */
  printed(where: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>;
  /** Gives it more input, or with undefined the end of it. */
  input(text: string | undefined): Promise<void>;
  signal(name: Deno.Signal): void;
  /** How it ended. */
  readonly ended: Promise<CommandResult>;
}

/** Runs `skerry …` while a test has to do with it. It is killed where the test leaves it running. */
export async function withCommand(
  args: readonly string[],
  use: (running: RunningCommand) => Promise<void>,
): Promise<void> {
  const process = command(args, root).spawn();
  const writer = process.stdin.getWriter();
  const texts = { stdout: "", stderr: "" };
  const collect = async (where: keyof typeof texts) => {
    for await (const text of process[where].pipeThrough(new TextDecoderStream())) {
      texts[where] += text;
    }
  };
  const reading = Promise.all([collect("stdout"), collect("stderr")]);
  let isOver = false;
  const ended = (async () => {
    const { code } = await process.status;
    isOver = true;
    await reading;
    return { code, ...texts };
  })();
  try {
    await use({
      printed: (where, pattern) =>
        waitFor(
          () => pattern.exec(texts[where]) ?? undefined,
          () => `${pattern} on ${where}, which is\n${texts[where]}\n${texts.stderr}`,
        ),
      input: (text) =>
        text === undefined ? writer.close() : writer.write(new TextEncoder().encode(text)),
      signal: (name) => process.kill(name),
      ended,
    });
  } finally {
    if (!isOver) process.kill("SIGTERM");
    await writer.close().catch(() => {});
    await ended;
  }
}

/** One line of the server's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A server that runs. */
export interface Server {
  readonly url: string;
  /** All lines logged so far. */
  readonly log: readonly LogLine[];
  /** Waits for a line that fits. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Waits until the server has started once more, and gives its new address. */
  restarted(): Promise<string>;
  /** Sends a signal and gives what the shell would see. */
  stop(signal?: Deno.Signal): Promise<{ code: number; stderr: string }>;
}

/** Runs `skerry serve …` on a free port, and stops it afterwards. */
export async function withServer(
  targets: readonly string[],
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const process = command(["serve", ...targets, "--listen", "127.0.0.1:0"], root).spawn();
  await process.stdin.close();
  const log: LogLine[] = [];
  const stderr: string[] = [];
  const reading = Promise.all([
    eachLine(process.stdout, (line) => log.push(JSON.parse(line))),
    eachLine(process.stderr, (line) => stderr.push(line)),
  ]);
  let stopped: Promise<{ code: number; stderr: string }> | undefined;
  const stop = (signal: Deno.Signal = "SIGTERM") =>
    stopped ??= (async () => {
      process.kill(signal);
      const { code } = await process.status;
      await reading;
      return { code, stderr: stderr.join("\n") };
    })();
  try {
    const url = await waitFor(
      () => /serves on (\S+)/.exec(stderr.join("\n"))?.[1],
      () => `the server to start:\n${stderr.join("\n")}`,
    );
    const logged = (fits: (line: LogLine) => boolean) =>
      waitFor(
        () => log.find(fits),
        () => `a log line among\n${log.map((line) => JSON.stringify(line)).join("\n")}`,
      );
    const restarted = () =>
      waitFor(
        () => stderr.join("\n").match(/(?<=serves on )\S+/g)?.[1],
        () => `the server to start again:\n${stderr.join("\n")}`,
      );
    await use({ url, log, logged, restarted, stop });
  } finally {
    await stop();
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let pending = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    lines.forEach(take);
  }
}

/** Polls for a value; builds and machines are slow, so the bound is generous. */
async function waitFor<Value>(look: () => Value | undefined, what: () => string): Promise<Value> {
  for (let turn = 0; turn < 6000; turn += 1) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what()}`);
}

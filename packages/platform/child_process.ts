/** Processes of ours: started with their permissions, talked to by plain values, ended. */

import { spawn } from "node:child_process";
import process from "node:process";

/** What a child is started as. */
export interface ChildOptions {
  /** The file of its program. */
  readonly program: URL;
  /** Options of the runtime, such as `--allow-net`. */
  readonly runtimeOptions: readonly string[];
  readonly args?: readonly string[];
}

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A process that this one has started. Its standard output and error are this one's. */
export interface Child<Told, Asked> {
  readonly pid: number;
  /** Sends a value, which must be JSON. Dropped where the process has ended. */
  send(message: Asked): void;
  onMessage(act: (message: Told) => void): void;
  /** Ends it at once; it can do nothing about that. */
  kill(): void;
  readonly ended: Promise<ChildEnd>;
}

/**
 * Starts a process. It inherits descriptors that are not closed on exec, and its environment is empty but for what the
 * runtime needs.
 */
export function startChild<Told, Asked>(options: ChildOptions): Child<Told, Asked> {
  const { program, runtimeOptions, args = [] } = options;
  const child = spawn(
    Deno.execPath(),
    ["run", "--quiet", "--no-prompt", "--cached-only", ...runtimeOptions, program.href, ...args],
    { stdio: ["ignore", "inherit", "inherit", "ipc"], env: childEnvironment() },
  );
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on("exit", (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined });
    });
    child.on("error", () => resolve({ code: undefined, signal: undefined }));
  });
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (act) => child.on("message", (message) => act(message as Told)),
    kill: () => child.kill("SIGKILL"),
    ended,
  };
}

/** What of the environment a child keeps: where the runtime finds its caches, and how it prints. */
function childEnvironment(): Record<string, string> {
  const names = ["HOME", "DENO_DIR", "NO_COLOR", "TMPDIR", "DENO_V8_FLAGS"];
  const found = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    found.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The process that has started this one. */
export interface Parent<Told, Asked> {
  send(message: Told): void;
  onMessage(act: (message: Asked) => void): void;
  /** Called once it has ended, however that came about. */
  onGone(act: () => void): void;
}

/** The way to the process that has started this one by {@link startChild}. */
export function parentProcess<Told, Asked>(): Parent<Told, Asked> {
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (act) => process.on("message", (message) => act(message as Asked)),
    onGone: (act) => process.on("disconnect", act),
  };
}

/** Processes of ours: started with their permissions, talked to by plain values, ended. */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import type { EnclosedView, Enclosure } from "./enclosure.ts";
import { folderOf } from "./files.ts";

/** What a child is started as. */
export interface ChildOptions {
  /** The file of its program. */
  readonly program: URL;
  /** Options of the runtime, such as `--allow-net`. */
  readonly runtimeOptions: readonly string[];
  readonly args?: readonly string[];
  /** What it is shut in by, and what it sees then besides the runtime. */
  readonly enclosed?: { readonly by: Enclosure; readonly view: EnclosedView };
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
  const [command = "", ...args] = commandOf(options);
  const child = spawn(command, args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: options.enclosed === undefined ? childEnvironment() : enclosedEnvironment(),
  });
  const outer = child.pid ?? 0;
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on("exit", (code, signal) => {
      // What was shut in may be there yet, where somebody has ended what shuts it in: it hears that it is alone.
      if (child.connected) child.disconnect();
      resolve(options.enclosed === undefined ? endOf(code, signal) : enclosedEnd(code, signal));
    });
    child.on("error", () => resolve({ code: undefined, signal: undefined }));
  });
  return {
    get pid() {
      return options.enclosed === undefined ? outer : enclosedProcess(outer) ?? outer;
    },
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (act) => child.on("message", (message) => act(message as Told)),
    kill() {
      const enclosed = options.enclosed && enclosedProcess(outer);
      if (enclosed === undefined) child.kill("SIGKILL");
      else killProcess(enclosed);
    },
    ended,
  };
}

/**
 * The process that was started by what shuts it in, and with which all end that it has started. It outlives who shuts it in:
 * what it has begun may be ended even where nobody is there to have it serve for.
 */
function enclosedProcess(outer: number): number | undefined {
  try {
    const [pid] = Deno.readTextFileSync(`/proc/${outer}/task/${outer}/children`).split(" ");
    return pid === undefined || pid === "" ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}

/** One that has ended meanwhile is what was wanted. */
function killProcess(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function endOf(code: number | null, signal: string | null): ChildEnd {
  return { code: code ?? undefined, signal: signal ?? undefined };
}

/** A signal that has ended what was shut in is told as shells do it: by its number and 128. */
function enclosedEnd(code: number | null, signal: string | null): ChildEnd {
  const found = Object.entries(constants.signals).find(([, number]) => number + 128 === code);
  return found === undefined ? endOf(code, signal) : { code: undefined, signal: found[0] };
}

function commandOf(options: ChildOptions): readonly string[] {
  const { program, runtimeOptions, args = [], enclosed } = options;
  const runtime = Deno.execPath();
  const fixed = ["run", "--quiet", "--no-prompt", "--cached-only"];
  const command = [runtime, ...fixed, ...runtimeOptions, program.href, ...args];
  if (enclosed === undefined) return command;
  const { by, view } = enclosed;
  // What is compiled once is not compiled again; and who breaks out can leave nothing in it for other processes.
  const cache = cacheFolder();
  // The runtime's own path is not to stand alone among words: Deno takes what is behind it for words to Node.
  const readable = [folderOf(runtime), ...(cache === undefined ? [] : [cache]), ...view.readable];
  return by.enclose({ ...view, readable }, command);
}

/** What of the environment a child keeps: where the runtime finds its caches, and how it prints. */
function childEnvironment(): Record<string, string> {
  return environmentOf("HOME", "DENO_DIR", "XDG_CACHE_HOME", "NO_COLOR", "TMPDIR", "DENO_V8_FLAGS");
}

/** As above where a child has a folder for temporary files of its own, and no home. */
function enclosedEnvironment(): Record<string, string> {
  return {
    ...environmentOf("NO_COLOR", "DENO_V8_FLAGS"),
    DENO_DIR: cacheFolder() ?? "/tmp/deno",
  };
}

function environmentOf(...names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    found.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Where the runtime keeps what it has compiled; undefined where there is no such folder. */
function cacheFolder(): string | undefined {
  const { DENO_DIR, XDG_CACHE_HOME, HOME } = Deno.env.toObject();
  const folder = DENO_DIR ?? `${XDG_CACHE_HOME ?? `${HOME}/.cache`}/deno`;
  try {
    return Deno.realPathSync(folder);
  } catch {
    return undefined;
  }
}

/** The process that has started this one. */
export interface Parent<Told, Asked> {
  /** Sends a value, which must be JSON. Dropped where the process has ended. */
  send(message: Told): void;
  onMessage(act: (message: Asked) => void): void;
  /** Called once it has ended, however that came about. */
  onGone(act: () => void): void;
}

/** The way to the process that has started this one by {@link startChild}. */
export function parentProcess<Told, Asked>(): Parent<Told, Asked> {
  const { promise: gone, resolve: noticeEnd } = Promise.withResolvers<void>();
  process.once("disconnect", noticeEnd);
  return {
    send: (message) => {
      // Who finds the pipe closed or broken is not always told by an event any more.
      if (!process.connected) return noticeEnd();
      try {
        process.send?.(message, undefined, undefined, (error) => {
          if (error !== null && error !== undefined) noticeEnd();
        });
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        noticeEnd();
      }
    },
    onMessage: (act) => process.on("message", (message) => act(message as Asked)),
    onGone: (act) => void gone.then(act),
  };
}

/**
 * WASI preview 1 for a program that is not in a sandbox: Skerry's own calls, bound to one instance.
 *
 * Time stands still and chance counts up, so that a program's output depends on its work alone. A call that
 * would have to wait is an error: nothing here suspends a stack.
 */

import { concatBytes, decodeUtf8, sourceOf } from "@skerry/base";
import { type Guest, GuestMemory } from "@skerry/sandbox";
import {
  createWasiContext,
  type FileSystem,
  memoryFileSystem,
  type WasiContext,
  wasiPreview1,
} from "@skerry/wasi";
import { exportedMemory, type Instantiated } from "./real_program.ts";

/** What a program finds when it starts. */
export interface WasiInput {
  /** The program's name first. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Makes `/dev/null`, which is an empty file here. */
  readonly devices?: "null";
}

/** `proc_exit`, on its way through the guest's frames. */
class WasiExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

type NumericFunction = (...args: (number | bigint)[]) => number | bigint | void;

/** The host of one instance. */
export class WasiHost {
  readonly #context: WasiContext;
  readonly #written: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  #memory: GuestMemory | undefined;

  constructor({ args, env = {}, stdin = "", devices }: WasiInput) {
    const sink = (name: "stdout" | "stderr") => ({
      write: (bytes: Uint8Array) => void this.#written[name].push(bytes.slice()),
    });
    this.#context = createWasiContext({
      args,
      env,
      stdin: sourceOf(stdin),
      stdout: sink("stdout"),
      stderr: sink("stderr"),
      clock,
      random: { fill: (bytes) => void bytes.forEach((_, index) => bytes[index] = index & 255) },
      preopens: devices === undefined ? [] : [{ guestPath: "/dev", fileSystem: deviceFiles() }],
    });
  }

  /** The functions of `wasi_snapshot_preview1`. */
  get imports(): Record<string, NumericFunction> {
    const memory = () => this.#memory ?? fail("a WASI call came before the instance was there");
    const guest: Guest<WasiContext> = {
      state: this.#context,
      signal: new AbortController().signal,
      exit: (code) => {
        throw new WasiExit(code);
      },
      turn: () => undefined,
      yield: () => fail("nobody steps this guest"),
      get memory() {
        return memory();
      },
    };
    const bound = Object.entries(wasiPreview1.functions).map(([name, { call }]) => {
      const act: NumericFunction = (...args) => {
        const answer = call(guest, ...args as never[]);
        return answer instanceof Promise ? fail(`${name} would wait`) : answer;
      };
      return [name, act] as const;
    });
    return Object.fromEntries(bound);
  }

  /** Says whose memory the calls are about. */
  attach(instance: Instantiated): void {
    this.#memory = new GuestMemory(exportedMemory(instance));
  }

  /** Does what may end in `proc_exit`; gives the exit code, 0 where it returns. */
  exitCodeOf(act: () => unknown): number {
    try {
      act();
      return 0;
    } catch (thrown) {
      if (thrown instanceof WasiExit) return thrown.code;
      throw thrown;
    }
  }

  /** What was written so far. */
  text(stream: "stdout" | "stderr"): string {
    return decodeUtf8(concatBytes(this.#written[stream]));
  }
}

const clock = {
  wallNs: () => 1_700_000_000_000_000_000n,
  monotonicNs: () => 1_000_000_000n,
  resolutionNs: 1000n,
  sleep: () => Promise.resolve(),
};

function deviceFiles(): FileSystem {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 1, clock });
  const root = fileSystem.root();
  root.createFile("null", "readWrite").close();
  root.release();
  return fileSystem;
}

function fail(message: string): never {
  throw new Error(message);
}

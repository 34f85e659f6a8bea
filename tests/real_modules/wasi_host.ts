/**
 * WASI preview 1 for a program that is not in a sandbox: Skerry's own calls, bound to one instance.
 *
 * Time stands still and chance counts up, so that a program's output depends on its work alone. Nothing here waits.
 */

import { concatBytes, decodeUtf8, sourceOf } from "@skerry/base";
import type { Outcome } from "@skerry/sandbox";
import {
  type BareBinding,
  bareWasiNow,
  createWasiContext,
  type FileSystem,
  memoryFileSystem,
} from "@skerry/wasi";
import type { Instantiated } from "./real_program.ts";

/** What a program finds when it starts. */
export interface WasiInput {
  /** The program's name first. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Makes `/dev/null`, which is an empty file here. */
  readonly devices?: "null";
}

/** The host of one instance. */
export class WasiHost {
  readonly #wasi: BareBinding<Outcome>;
  readonly #written: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };

  constructor({ args, env = {}, stdin = "", devices }: WasiInput) {
    const sink = (name: "stdout" | "stderr") => ({
      write: (bytes: Uint8Array) => void this.#written[name].push(bytes),
    });
    this.#wasi = bareWasiNow(createWasiContext({
      args,
      env,
      stdin: sourceOf(stdin),
      stdout: sink("stdout"),
      stderr: sink("stderr"),
      clock,
      random: { fill: (bytes) => void bytes.forEach((_, index) => bytes[index] = index & 255) },
      preopens: devices === undefined ? [] : [{ guestPath: "/dev", fileSystem: deviceFiles() }],
    }));
  }

  /** The functions of WASI, by import module. */
  get imports(): WebAssembly.Imports {
    return this.#wasi.imports;
  }

  /** Runs a command; gives its exit code, 0 where it returns. */
  start(instance: Instantiated): number {
    return exitCode(this.#wasi.start(instance));
  }

  /** Readies a reactor. Its other exports can be called directly from then on. */
  initialize(instance: Instantiated): void {
    exitCode(this.#wasi.initialize(instance));
  }

  /** What was written so far. */
  text(stream: "stdout" | "stderr"): string {
    return decodeUtf8(concatBytes(this.#written[stream]));
  }
}

function exitCode(outcome: Outcome): number {
  if (outcome.kind === "exited") return outcome.code;
  if (outcome.kind === "returned") return 0;
  throw new Error(`it ended otherwise: ${outcome.kind}`);
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

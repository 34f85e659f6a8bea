/** WASI commands as rounds: each runs `_start` of a fresh instance, which can be run only once. */

import { concatBytes, decodeUtf8 } from "@skerry/base";
import type { Outcome } from "@skerry/sandbox";
import type { Preopen } from "@skerry/wasi";
import type { MakeInstance, Rounds } from "./program.ts";
import { stillWasi } from "./still_wasi.ts";

/** What a command is given. */
export interface WasiCommand {
  readonly args: readonly string[];
  readonly preopens?: readonly Preopen[];
}

/** Rounds of a command that prints something and exits with 0. The checksum is of what it prints. */
export function commandRounds(makeInstance: MakeInstance, command: WasiCommand): Rounds {
  let next: (() => number) | undefined;
  return {
    ready: () => void (next = prepareRun(makeInstance, command)),
    round() {
      const run = next ?? prepareRun(makeInstance, command);
      next = undefined;
      return run();
    },
  };
}

/** An instance that waits to be started. */
function prepareRun(makeInstance: MakeInstance, command: WasiCommand): () => number {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const wasi = stillWasi({
    ...command,
    stdout: { write: (bytes) => void stdout.push(bytes.slice()) },
    stderr: { write: (bytes) => void stderr.push(bytes.slice()) },
  });
  const instance = makeInstance(wasi.imports);
  return () => {
    const code = exitCode(wasi.start(instance));
    const printed = concatBytes(stdout);
    if (code !== 0 || printed.length === 0) {
      const said = decodeUtf8(concatBytes(stderr));
      throw new Error(`${command.args[0]} printed ${printed.length} bytes, exit ${code}: ${said}`);
    }
    return fnv1a(printed);
  };
}

function exitCode(outcome: Outcome): number {
  if (outcome.kind === "exited") return outcome.code;
  if (outcome.kind === "returned") return 0;
  throw new Error(`it ended otherwise: ${outcome.kind}`);
}

/** FNV-1a (Fowler, Noll and Vo), 32 bits. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

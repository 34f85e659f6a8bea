/** This process's own standard streams. */

import type { ByteSink, ByteSource } from "@skerry/base";

/** Standard input: suspends its reader until there are bytes. */
export const processStdin: ByteSource = {
  get isTerminal() {
    return Deno.stdin.isTerminal();
  },
  async read(bytesMax) {
    const buffer = new Uint8Array(Math.min(bytesMax, 64 * 1024));
    const length = await Deno.stdin.read(buffer);
    return buffer.subarray(0, length ?? 0);
  },
};

/** Standard output: written before the call returns, as a program that traps next would want it. */
export const processStdout: ByteSink = sinkOf(() => Deno.stdout);

/** Standard error. */
export const processStderr: ByteSink = sinkOf(() => Deno.stderr);

/** @param stream asked for when it is used: on other runtimes than Deno the rest of this room is used without it */
function sinkOf(stream: () => typeof Deno.stdout | typeof Deno.stderr): ByteSink {
  return {
    get isTerminal() {
      return stream().isTerminal();
    },
    write(bytes) {
      for (let written = 0; written < bytes.length;) {
        written += stream().writeSync(bytes.subarray(written));
      }
    },
  };
}

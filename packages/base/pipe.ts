/** A pipe between who writes and who reads, in this process: for a guest's streams that somebody speaks to. */

import type { ByteSink, ByteSource } from "./ports.ts";

/** Both ends of a pipe. */
export interface BytePipe {
  readonly source: ByteSource;
  readonly sink: ByteSink;
  /** No more is written: the source is at its end once it has given what there is. */
  end(): void;
  /** No more is read: writing fails from now on, and what waits for its turn does too. */
  cancel(): void;
}

/**
 * Makes a pipe. A write takes all that it is given, and its promise settles when less than `bytesMax` bytes wait
 * to be read: who waits for it keeps the pipe bounded.
 */
export function bytePipe(bytesMax: number): BytePipe {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let state: "open" | "ended" | "cancelled" = "open";
  let reader: (() => void) | undefined;
  let writers: { readonly goOn: () => void; readonly fail: (error: Error) => void }[] = [];
  const take = (most: number): Uint8Array => {
    const [first = new Uint8Array(0)] = pieces;
    const taken = first.subarray(0, most);
    if (taken.length === first.length) pieces.shift();
    else pieces[0] = first.subarray(most);
    bytes -= taken.length;
    if (bytes < bytesMax) {
      for (const { goOn } of writers) goOn();
      writers = [];
    }
    return taken;
  };
  const wakeReader = () => {
    reader?.();
    reader = undefined;
  };
  return {
    source: {
      read(most) {
        if (bytes > 0 || state !== "open") return take(most);
        return new Promise((resolve) => reader = () => resolve(take(most)));
      },
    },
    sink: {
      write(piece) {
        if (state !== "open") throw closed();
        if (piece.length === 0) return;
        pieces.push(piece);
        bytes += piece.length;
        wakeReader();
        if (bytes < bytesMax) return;
        return new Promise((goOn, fail) => writers.push({ goOn, fail }));
      },
    },
    end() {
      if (state === "open") state = "ended";
      wakeReader();
    },
    cancel() {
      state = "cancelled";
      pieces.length = 0;
      bytes = 0;
      for (const { fail } of writers) fail(closed());
      writers = [];
      wakeReader();
    },
  };
}

function closed(): Error {
  return new Error("the pipe is closed");
}

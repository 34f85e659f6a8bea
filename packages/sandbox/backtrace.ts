/**
 * Wasm frames out of V8's stack traces.
 *
 * V8 writes `at name (wasm://wasm/hash:wasm-function[index]:0xoffset)`. Only the offset is taken from there:
 * Deno 2.9.5 prints 0 for every index, and the engine is not given the module's names (compile.ts), so that
 * no text of a guest's stands in a trace.
 */

import { limits } from "@skerry/base";
import { tinyModuleUrl } from "./tiny_module.ts";
import { stopModuleUrl } from "./stop.ts";

/** Where a frame stands: bytes from the start of the module that the engine compiled. */
export type EngineOffset = number;

/** A frame's line is short; a longer one is something else. */
const lineLengthMax = 1000;

const framePattern = /(wasm:\/\/wasm\/\S*):wasm-function\[\d+\]:0x([0-9a-f]+)\)?$/;

/** The guest's frames in an error's stack, innermost first, at most `limits.backtraceFramesMax`. */
export function engineFrames(error: unknown): EngineOffset[] {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const frames: EngineOffset[] = [];
  for (const line of stack.split("\n")) {
    const match = line.length > lineLengthMax ? null : framePattern.exec(line);
    const url = match?.[1];
    if (url === undefined || url === stopModuleUrl || url.startsWith(tinyModuleUrl)) continue;
    frames.push(Number.parseInt(match?.[2] ?? "", 16));
    if (frames.length === limits.backtraceFramesMax) break;
  }
  return frames;
}

/** Lets the engine record enough frames; host frames above the guest's take some. */
export function recordDeepBacktraces(): void {
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, limits.backtraceFramesMax + 8);
}

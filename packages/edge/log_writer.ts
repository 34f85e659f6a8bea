/**
 * Events as lines of JSON, in their order. Lines are made and written together, once in a turn of the event loop: to write
 * each by itself would cost more than the rest of a small request.
 */

import { type ByteSink, printableJson } from "@skerry/base";
import type { LogEvent } from "./log.ts";
import { RequestLines } from "./request_lines.ts";

/** Of which requests there is a line: of each, or of those that went wrong. Of all else there is one anyway. */
export const requestsLogged = ["all", "failures"] as const;

/** One of {@link requestsLogged}. */
export type RequestsLogged = typeof requestsLogged[number];

/** What a log needs of its surroundings. */
export interface LogWriterOptions {
  /** All unless told. */
  readonly requests?: RequestsLogged;
  /** Takes the lines, and has them when its `write` returns. */
  readonly sink: ByteSink;
  /** Calls back in another turn of the event loop. */
  readonly turn: (callback: () => void) => void;
  /**
   * Bytes of one write at most, where it has more than one line; no bound unless told. Where several processes or threads
   * write to one pipe, lines stay whole that are written in no more than 4096 (`PIPE_BUF`, write(2)).
   */
  readonly writeBytesMax?: number;
  /** What every line ends with, such as which thread wrote it. Names of events' own must not be among them. */
  readonly fields?: Readonly<Record<string, string | number>>;
  /** Told once that lines cannot be written. A log that cannot be written costs its lines, no request. */
  readonly onLost: (error: unknown) => void;
}

/** How many events wait at most. */
const waitingMax = 64;

/** Lines are written before they are more than this many characters. */
const charactersMax = 64 * 1024;

/** What is written at once, where it is ASCII. */
const scratchBytes = charactersMax + 16 * 1024;

const encoder = new TextEncoder();

/** Writes events. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  /** What a line ends with, behind its event. */
  readonly #end: string;
  readonly #requests = new RequestLines();
  readonly #scratch = new Uint8Array(scratchBytes);
  readonly #waiting: LogEvent[] = [];
  #isLost = false;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    const fields = JSON.stringify(options.fields ?? {}).slice(1);
    this.#end = `${fields === "}" ? "" : ","}${printableJson(fields)}\n`;
  }

  /** Takes an event; never throws. It is written before the next turn of the event loop, or by {@link flush}. */
  write(event: LogEvent): void {
    if (this.#options.requests === "failures" && wentWell(event)) return;
    if (this.#waiting.length === 0) this.#options.turn(() => this.flush());
    this.#waiting.push(event);
    if (this.#waiting.length === waitingMax) this.flush();
  }

  /** Writes what waits. */
  flush(): void {
    let lines = "";
    for (const event of this.#waiting) {
      lines += this.#lineOf(event) + this.#end;
      if (lines.length <= charactersMax) continue;
      this.#send(lines);
      lines = "";
    }
    this.#waiting.length = 0;
    if (lines !== "") this.#send(lines);
  }

  #send(text: string): void {
    const lines = this.#encoded(text);
    const { sink, writeBytesMax = Infinity } = this.#options;
    try {
      for (const piece of wholeLines(lines, writeBytesMax)) void sink.write(piece);
    } catch (error) {
      if (!this.#isLost) this.#options.onLost(error);
      this.#isLost = true;
    }
  }

  /** The line of an event without the brace at its end. */
  #lineOf(event: LogEvent): string {
    if (event.type === "request") return this.#requests.lineOf(event);
    return printableJson(JSON.stringify(event)).slice(0, -1);
  }

  /** In memory that is used again, where that is enough: new memory costs half as much again. */
  #encoded(text: string): Uint8Array {
    const { read, written } = encoder.encodeInto(text, this.#scratch);
    return read === text.length ? this.#scratch.subarray(0, written) : encoder.encode(text);
  }
}

/** Whether it is a request that was answered as its program, or its backend, would have it, and not with its failure. */
function wentWell(event: LogEvent): boolean {
  return event.type === "request" && event.error === undefined && event.status < 500;
}

/** Lines in pieces of at most so many bytes; a line that is longer is a piece of its own. */
function* wholeLines(lines: Uint8Array, bytesMax: number): Iterable<Uint8Array> {
  for (let at = 0; at < lines.length;) {
    let end = lines.length;
    if (end - at > bytesMax) {
      const last = lines.lastIndexOf(lineFeed, at + bytesMax - 1);
      end = (last >= at ? last : lines.indexOf(lineFeed, at)) + 1;
    }
    yield at === 0 && end === lines.length ? lines : lines.subarray(at, end);
    at = end;
  }
}

const lineFeed = 10;

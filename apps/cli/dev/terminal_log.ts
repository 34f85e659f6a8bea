/**
 * Events for a person at a terminal: a short line for each request, what its guest wrote to stderr beneath, and
 * where it failed every frame. What guests and clients made is printed as no terminal obeys it.
 */

import { type ByteSink, formatSize, limits, printable } from "@skerry/base";
import type { GuestLineEvent, LogEvent, RequestEvent } from "@skerry/edge";
import type { ServingLog } from "../serving.ts";

/** What it needs of its surroundings. */
export interface TerminalLogOptions {
  /** Takes the text, and has it when its `write` returns. */
  readonly sink: ByteSink;
  /** Calls back in another turn of the event loop. */
  readonly turn: (act: () => void) => void;
  /** Calls back later, unless that is taken back. */
  readonly later: (ms: number, act: () => void) => () => void;
  readonly colours: boolean;
  /** Told once that nothing can be written. */
  readonly onLost: (error: unknown) => void;
}

/** How long a guest's lines wait for the line of their request. */
const heldMs = 500;

/** How many lines wait at most. */
const heldLinesMax = 10_000;

/** Characters of a path or of a sentence. */
const textLengthMax = 500;

/** Lines of a request that is under way. */
interface Held {
  readonly lines: GuestLineEvent[];
  readonly takeBack: () => void;
}

/** Prints events. */
export class TerminalLog implements ServingLog {
  readonly #options: TerminalLogOptions;
  readonly #paint: Paint;
  readonly #held = new Map<string, Held>();
  #heldLines = 0;
  #waiting = "";
  #isLost = false;

  constructor(options: TerminalLogOptions) {
    this.#options = options;
    this.#paint = options.colours ? painted : (_colour, text) => text;
  }

  write(event: LogEvent): void {
    switch (event.type) {
      case "guest":
        return this.#hold(event);
      case "request": {
        const lines = this.#release(event.id).map((line) => this.#guestLine(line));
        return this.#print([...requestLines(event, this.#paint, lines)]);
      }
      case "refused": {
        const { status, why, unlogged = 0 } = event;
        const more = unlogged > 0 ? ` (and ${unlogged} more)` : "";
        const text = `${status} no request: ${printable(why, textLengthMax)}${more}`;
        return this.#print([this.#paint("yellow", text)]);
      }
    }
  }

  flush(): void {
    if (this.#waiting === "") return;
    const bytes = new TextEncoder().encode(this.#waiting);
    this.#waiting = "";
    try {
      void this.#options.sink.write(bytes);
    } catch (error) {
      if (!this.#isLost) this.#options.onLost(error);
      this.#isLost = true;
    }
  }

  /** Lines belong beneath their request's, which comes when it has ended; but nobody waits long for one that hangs. */
  #hold(event: GuestLineEvent): void {
    let held = this.#held.get(event.id);
    if (held === undefined) {
      const takeBack = this.#options.later(heldMs, () => this.#showHeld(event.id));
      this.#held.set(event.id, held = { lines: [], takeBack });
    }
    held.lines.push(event);
    this.#heldLines += 1;
    if (this.#heldLines > heldLinesMax) {
      for (const id of [...this.#held.keys()]) this.#showHeld(id);
    }
  }

  #showHeld(id: string): void {
    const lines = this.#release(id);
    const [first] = lines;
    if (first === undefined) return;
    const head = `${printable(first.service)}: request ${id} is under way`;
    this.#print([this.#paint("dim", head), ...lines.map((line) => this.#guestLine(line))]);
  }

  #release(id: string): GuestLineEvent[] {
    const held = this.#held.get(id);
    if (held === undefined) return [];
    held.takeBack();
    this.#held.delete(id);
    this.#heldLines -= held.lines.length;
    return held.lines;
  }

  #guestLine({ line }: GuestLineEvent): string {
    const text = printable(line.replaceAll("\t", "    "), limits.guestLogLineBytesMax);
    return `${this.#paint("dim", "  |")} ${text}`;
  }

  #print(lines: readonly string[]): void {
    if (this.#waiting === "") this.#options.turn(() => this.flush());
    this.#waiting += `${lines.join("\n")}\n`;
  }
}

type Colour = "dim" | "red" | "yellow" | "green" | "cyan";

type Paint = (colour: Colour, text: string) => string;

/** Select Graphic Rendition (ECMA-48 §8.3.117). */
const codes: Readonly<Record<Colour, number>> = {
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
};

function painted(colour: Colour, text: string): string {
  return `\x1b[${codes[colour]}m${text}\x1b[0m`;
}

function* requestLines(
  event: RequestEvent,
  paint: Paint,
  guestLines: readonly string[],
): Iterable<string> {
  const { id, error, backtrace = [] } = event;
  const what = `${printable(event.method)} ${printable(event.path, textLengthMax)}`;
  const status = paint(colourOf(event.status), String(event.status));
  yield `${what} ${status} ${paint("dim", figures(event))}`;
  yield* guestLines;
  if (error === undefined) return;
  yield paint("red", `  ${event.outcome}: ${printable(error, textLengthMax)} (request ${id})`);
  for (const [depth, frame] of backtrace.entries()) {
    yield paint("red", `  ${String(depth).padStart(3)}: ${printable(frame, frameLengthMax)}`);
  }
}

/** A function's name and where in it. */
const frameLengthMax = limits.functionNameLengthMax + 100;

function figures({ totalMs, cpuMs, memoryBytes }: RequestEvent): string {
  const used = cpuMs === undefined ? [] : [`CPU ${Math.round(cpuMs * 1000)} µs`];
  const memory = memoryBytes === undefined ? [] : [formatSize(memoryBytes)];
  return [`${totalMs < 10 ? totalMs.toFixed(1) : Math.round(totalMs)} ms`, ...used, ...memory]
    .join(", ");
}

function colourOf(status: number): Colour {
  if (status >= 500) return "red";
  if (status >= 400) return "yellow";
  return status >= 300 ? "cyan" : "green";
}

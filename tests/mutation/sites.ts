/** What stands where in a guest function of an artifact: its instructions, and the snippets between them. */

import { InstructionCursor } from "@skerry/wasm";
import type { Body } from "./body.ts";
import { Liveness } from "./liveness.ts";
import type { SnippetKind } from "./snippet_patterns.ts";

/** A guest instruction, or a snippet. */
export interface Site {
  readonly kind: "guest" | "replaced" | SnippetKind;
  readonly at: number;
  readonly length: number;
  /** Of a guest instruction, or of what replaces one; of a snippet its first. */
  readonly opcode: number;
  /** The first immediate of a guest instruction, where that is a number; else 0. */
  readonly index: number;
  /** Whether no path comes here. */
  readonly dead: boolean;
  /** Open blocks, the function's own among them, and open loops. */
  readonly depth: number;
  readonly loops: number;
  /** The varying parts of a snippet, by the names in snippet_patterns.ts, as bytes. */
  readonly parts: Readonly<Record<string, Part>>;
}

/** A varying part: where it is in the body, how many bytes it has, and its value as an unsigned and a signed number. */
export interface Part {
  readonly at: number;
  readonly length: number;
  readonly value: number;
  readonly signed: number;
}

/** Reads a body from its first instruction to its end. */
export function findSites(body: Body, patterns: readonly [SnippetKind, RegExp][]): Site[] {
  const { bytes, runs } = body;
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const cursor = new InstructionCursor(bytes);
  cursor.enterBody(
    { bytes, starts: Uint32Array.of(0), ends: Uint32Array.of(bytes.length) },
    0,
  );
  const liveness = new Liveness();
  const sites: Site[] = [];
  let run = 0;
  while (cursor.offset < bytes.length) {
    const at = cursor.offset;
    while (endOf(runs[run]) <= at) run += 1;
    const { live, depth, loops } = liveness;
    const place = { at, dead: !live, depth, loops };
    if ((runs[run]?.at ?? Infinity) <= at) {
      cursor.next();
      const kind = endOf(runs[run]) < cursor.offset ? "replaced" : "guest";
      const length = cursor.offset - at;
      sites.push({
        ...place,
        kind,
        length,
        opcode: cursor.opcode,
        index: indexOf(cursor),
        parts: {},
      });
      liveness.pass(cursor);
    } else {
      const [kind, match] = matchSnippet(text, at, patterns);
      const length = match[0].length;
      sites.push({
        ...place,
        kind,
        length,
        opcode: bytes[at] ?? 0,
        index: 0,
        parts: partsOf(match),
      });
      cursor.offset = at + length;
    }
  }
  return sites;
}

function indexOf(cursor: InstructionCursor): number {
  return cursor.immediates < cursor.offset ? numberOf(textOf(cursor)).value : 0;
}

/** The bytes of the first number among the immediates. */
function textOf({ bytes, immediates, offset }: InstructionCursor): string {
  let text = "";
  for (let at = immediates; at < offset; at += 1) {
    const byte = bytes[at] ?? 0;
    text += String.fromCharCode(byte);
    if (byte < 0x80) break;
  }
  return text;
}

function endOf(run: Body["runs"][number] | undefined): number {
  return run === undefined ? Infinity : run.at + run.length;
}

function matchSnippet(
  text: string,
  at: number,
  patterns: readonly [SnippetKind, RegExp][],
): [SnippetKind, RegExpExecArray] {
  // A `park` is longer with two operands, and a `mark-page` is no flag: the longest match is what it is.
  let best: [SnippetKind, RegExpExecArray] | undefined;
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null && match[0].length > (best?.[1][0].length ?? 0)) best = [kind, match];
  }
  if (best === undefined) throw new Error(`bytes at ${at} of a body are no snippet`);
  return best;
}

function partsOf(match: RegExpExecArray): Record<string, Part> {
  const parts: Record<string, Part> = {};
  for (const [name, place] of Object.entries(match.indices?.groups ?? {})) {
    // A group that took no part has no place.
    if (place === undefined) continue;
    const [start, end] = place;
    const bytes = match.input.slice(start, end);
    parts[name] = { at: start, length: end - start, ...numberOf(bytes) };
  }
  return parts;
}

function numberOf(bytes: string): { value: number; signed: number } {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    value += (bytes.charCodeAt(index) & 0x7f) * scale;
    scale *= 0x80;
  }
  return { value, signed: value * 2 >= scale ? value - scale : value };
}

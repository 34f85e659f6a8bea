/**
 * The header block of a CGI response (RFC 3875 §6), read as it arrives.
 *
 * It is guest output and hostile: bounded, checked byte by byte, and never partly believed. Lines may end
 * in LF or CRLF, as programs write them.
 */

import { concatBytes, err, ok, printable, type Result } from "@skerry/base";
import { hopByHopFields, isFieldValue, isToken } from "./field.ts";

/** A checked header block. */
export interface CgiHead {
  /** 200 to 599. */
  readonly status: number;
  /** What goes to the client, without connection fields, Status and Content-Length. */
  readonly headers: readonly (readonly [string, string])[];
  /** Bytes of the body, where the program announced them. */
  readonly contentLength: number | undefined;
  /** False where RFC 3875 §6.3.1 (no Content-Type) or the status (204, 304) forbids a body. */
  readonly mayHaveBody: boolean;
}

/** Bounds of a header block. */
export interface CgiHeadLimits {
  readonly bytesMax: number;
  readonly fieldsMax: number;
}

/** Collects output until the empty line. */
export class CgiHeadReader {
  readonly #limits: CgiHeadLimits;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(limits: CgiHeadLimits) {
    this.#limits = limits;
  }

  /** Whether the program has written nothing yet. */
  get empty(): boolean {
    return this.#pending.length === 0;
  }

  /**
   * Takes more output.
   *
   * @returns undefined while the block is incomplete; then the head with the body's first bytes, or what is
   * wrong with it
   */
  push(bytes: Uint8Array): Result<{ head: CgiHead; body: Uint8Array }, string> | undefined {
    const scanFrom = Math.max(0, this.#pending.length - 3);
    this.#pending = this.#pending.length === 0
      ? bytes.slice()
      : concatBytes([this.#pending, bytes]);
    const end = endOfHead(this.#pending, scanFrom);
    if ((end?.head ?? this.#pending.length) > this.#limits.bytesMax) {
      return err(`the header block is longer than ${this.#limits.bytesMax} bytes`);
    }
    if (end === undefined) return undefined;
    const text = latin1(this.#pending.subarray(0, end.head)).replace(/\r$/, "");
    const head = parseHead(text, this.#limits.fieldsMax);
    return head.ok ? ok({ head: head.value, body: this.#pending.subarray(end.body) }) : head;
  }
}

/** Where the block ends and where the body begins: after LF LF, LF CRLF, or a leading empty line. */
function endOfHead(bytes: Uint8Array, from: number): { head: number; body: number } | undefined {
  const lf = 10;
  const cr = 13;
  if (bytes[0] === lf) return { head: 0, body: 1 };
  if (bytes[0] === cr && bytes[1] === lf) return { head: 0, body: 2 };
  for (let at = bytes.indexOf(lf, from); at !== -1; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return { head: at, body: at + 2 };
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return { head: at, body: at + 3 };
  }
  return undefined;
}

/** As many bytes as an argument list can surely hold. */
const argumentsMax = 4096;

/** The characters with these numbers. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += argumentsMax) {
    text += String.fromCharCode(...bytes.subarray(at, at + argumentsMax));
  }
  return text;
}

interface Fields {
  readonly single: Map<string, string>;
  readonly others: [string, string][];
}

/** Fields that may stand once, and that decide something here. */
const singleFields: ReadonlySet<string> = new Set([
  "status",
  "content-type",
  "content-length",
  "location",
]);

function parseHead(text: string, fieldsMax: number): Result<CgiHead, string> {
  const fields = parseFields(text, fieldsMax);
  if (!fields.ok) return fields;
  const { single, others } = fields.value;
  const location = single.get("location");
  const contentType = single.get("content-type");
  const status = parseStatus(single.get("status"), location);
  if (!status.ok) return status;
  const contentLength = parseContentLength(single.get("content-length"));
  if (!contentLength.ok) return contentLength;
  // RFC 3875 §6.3: at least one CGI field.
  if (contentType === undefined && location === undefined && !single.has("status")) {
    return err("it has none of Content-Type, Status and Location");
  }
  const headers: [string, string][] = [...others];
  if (contentType !== undefined) headers.push(["content-type", contentType]);
  if (location !== undefined) headers.push(["location", location]);
  const bodiless = status.value === 204 || status.value === 304;
  return ok({
    status: status.value,
    headers,
    contentLength: contentLength.value,
    mayHaveBody: contentType !== undefined && !bodiless,
  });
}

function parseFields(text: string, fieldsMax: number): Result<Fields, string> {
  const fields: Fields = { single: new Map(), others: [] };
  const lines = text === "" ? [] : text.split(/\r?\n/);
  if (lines.length > fieldsMax) return err(`it has more than ${fieldsMax} header fields`);
  for (const [index, line] of lines.entries()) {
    const wrong = (why: string) => err(`header line ${index + 1}, ${quote(line)}: ${why}`);
    const colon = line.indexOf(":");
    if (colon === -1) return wrong("there is no colon");
    const name = line.slice(0, colon).toLowerCase();
    const value = trimBlanks(line.slice(colon + 1));
    if (!isToken(name)) return wrong("the name is not a token");
    if (!isFieldValue(value)) return wrong("the value holds a control character");
    if (!singleFields.has(name)) {
      if (!hopByHopFields.has(name)) fields.others.push([name, value]);
    } else if (fields.single.has(name)) {
      return wrong("the field may stand only once");
    } else {
      fields.single.set(name, value);
    }
  }
  return ok(fields);
}

/** RFC 3875 §6.3.3; a Location alone is a client redirect (§6.2.3), and so is a local one, which is told to the client as well. */
function parseStatus(
  value: string | undefined,
  location: string | undefined,
): Result<number, string> {
  if (value === undefined) return ok(location === undefined ? 200 : 302);
  const match = /^([2-5]\d\d)(?:[ \t].*)?$/.exec(value);
  if (match === null) return err(`Status ${quote(value)} is not a number from 200 to 599`);
  return ok(Number(match[1]));
}

function parseContentLength(value: string | undefined): Result<number | undefined, string> {
  if (value === undefined) return ok(undefined);
  if (!/^\d{1,15}$/.test(value)) return err(`Content-Length ${quote(value)} is not a number`);
  return ok(Number(value));
}

/**
 * Without the blanks around it (RFC 9110 §5.5 `OWS`). A loop, since a pattern for blanks at the end looks
 * at each run of blanks inside again and again.
 */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

/** Guest output for a log line: short, and with nothing that a terminal would obey. */
function quote(text: string): string {
  return `"${printable(text, 80)}"`;
}

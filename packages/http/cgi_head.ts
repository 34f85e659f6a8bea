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

/** Heads up to this size are remembered. */
const rememberedBytesMax = 512;

/** Reads whole header blocks, and remembers the last: a program writes the same one again and again. */
export class CgiHeadParser {
  readonly limits: CgiHeadLimits;
  #bytes: Uint8Array = nothing;
  #head: Result<CgiHead, string> | undefined;

  constructor(limits: CgiHeadLimits) {
    this.limits = limits;
  }

  /** The head that the first `end` bytes are, or what is wrong with it. */
  parse(bytes: Uint8Array, end: number): Result<CgiHead, string> {
    if (this.#head !== undefined && beginsWith(bytes, end, this.#bytes)) return this.#head;
    const head = parseHead(latin1(bytes, end), this.limits.fieldsMax);
    if (end > rememberedBytesMax) return head;
    this.#bytes = bytes.slice(0, end);
    return this.#head = head;
  }
}

/** Whether the first `end` bytes are these. */
function beginsWith(bytes: Uint8Array, end: number, known: Uint8Array): boolean {
  if (end !== known.length) return false;
  for (let at = 0; at < end; at += 1) if (bytes[at] !== known[at]) return false;
  return true;
}

/** Collects output until the empty line. */
export class CgiHeadReader {
  readonly #parser: CgiHeadParser;
  #pending: Uint8Array = nothing;

  /** @param parser may be shared by many readers: it keeps nothing of what one reads but its head */
  constructor(parser: CgiHeadParser) {
    this.#parser = parser;
  }

  /** Whether the program has written nothing yet. */
  get empty(): boolean {
    return this.#pending.length === 0;
  }

  /**
   * Takes more output, which must not change from then on.
   *
   * @returns undefined while the block is incomplete; then the head with the body's first bytes, or what is
   * wrong with it
   */
  push(bytes: Uint8Array): Result<{ head: CgiHead; body: Uint8Array }, string> | undefined {
    const scanFrom = Math.max(0, this.#pending.length - 3);
    this.#pending = this.#pending.length === 0 ? bytes : concatBytes([this.#pending, bytes]);
    const end = endOfHead(this.#pending, scanFrom);
    const { bytesMax } = this.#parser.limits;
    if ((end?.head ?? this.#pending.length) > bytesMax) {
      return err(`the header block is longer than ${bytesMax} bytes`);
    }
    if (end === undefined) return undefined;
    const head = this.#parser.parse(this.#pending, end.head);
    return head.ok ? ok({ head: head.value, body: this.#pending.subarray(end.body) }) : head;
  }
}

const nothing = new Uint8Array(0);

const lf = 10;
const cr = 13;

/** Where the block ends and where the body begins: after LF LF, LF CRLF, or a leading empty line. */
function endOfHead(bytes: Uint8Array, from: number): { head: number; body: number } | undefined {
  if (bytes[0] === lf) return { head: 0, body: 1 };
  if (bytes[0] === cr && bytes[1] === lf) return { head: 0, body: 2 };
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] !== lf) continue;
    const length = bytes[at + 1] === lf ? 2 : bytes[at + 1] === cr && bytes[at + 2] === lf ? 3 : 0;
    if (length > 0) return { head: bytes[at - 1] === cr ? at - 1 : at, body: at + length };
  }
  return undefined;
}

/** As many numbers as an argument list can surely hold. */
const argumentsMax = 4096;

/** The characters with the numbers that come before `end`. */
function latin1(bytes: Uint8Array, end: number): string {
  let text = "";
  for (let start = 0; start < end; start += argumentsMax) {
    const numbers: number[] = [];
    const stop = Math.min(end, start + argumentsMax);
    for (let at = start; at < stop; at += 1) numbers.push(bytes[at] ?? 0);
    text += String.fromCharCode(...numbers);
  }
  return text;
}

/** What a block says, by the fields that may stand once and decide something here, and all others. */
interface Fields {
  status?: string;
  "content-type"?: string;
  "content-length"?: string;
  location?: string;
  readonly others: [string, string][];
}

function parseHead(text: string, fieldsMax: number): Result<CgiHead, string> {
  const fields = parseFields(text, fieldsMax);
  if (!fields.ok) return fields;
  const { location, "content-type": contentType, others: headers } = fields.value;
  const status = parseStatus(fields.value.status, location);
  if (!status.ok) return status;
  const contentLength = parseContentLength(fields.value["content-length"]);
  if (!contentLength.ok) return contentLength;
  // RFC 3875 §6.3: at least one CGI field.
  if (contentType === undefined && location === undefined && fields.value.status === undefined) {
    return err("it has none of Content-Type, Status and Location");
  }
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
  const fields: Fields = { others: [] };
  const lines = text === "" ? [] : text.split("\n");
  if (lines.length > fieldsMax) return err(`it has more than ${fieldsMax} header fields`);
  let number = 0;
  for (const ended of lines) {
    const line = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
    const wrong = takeField(fields, line);
    number += 1;
    if (wrong !== undefined) return err(`header line ${number}, ${quote(line)}: ${wrong}`);
  }
  return ok(fields);
}

/** Adds the field that a line is; tells what is wrong with it. */
function takeField(fields: Fields, line: string): string | undefined {
  const colon = line.indexOf(":");
  if (colon === -1) return "there is no colon";
  const name = line.slice(0, colon).toLowerCase();
  const value = trimBlanks(line.slice(colon + 1));
  if (!isToken(name)) return "the name is not a token";
  if (!isFieldValue(value)) return "the value holds a control character";
  switch (name) {
    case "status":
    case "content-type":
    case "content-length":
    case "location":
      if (fields[name] !== undefined) return "the field may stand only once";
      fields[name] = value;
      return undefined;
  }
  if (!hopByHopFields.has(name)) fields.others.push([name, value]);
  return undefined;
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

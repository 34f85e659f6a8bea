/** Bodies of requests: bounded, of the type that is asked for, and JSON in which nothing can hide. */

import { type ByteSource, concatBytes, emptySource, formatSize } from "@skerry/base";
import { fieldValue, type HttpRequest } from "@skerry/http";
import * as v from "valibot";
import { reservedNames } from "../names.ts";
import { type Mistake, mistaken, Refusal, refusalOf, refuseMistakes } from "../refusal.ts";
import type { Schema } from "./operation.ts";

/** Lists and objects within each other. */
const depthMax = 32;
/** Values in one document: several times what settings may have. All that is wrong with each is found before any is told. */
const valuesMax = 4_096;
/** Mistakes that are told at once. */
const mistakesMax = 50;
const pieceBytes = 65_536;

/** A body of bytes, of one of these media types. */
export function bytesBody(request: HttpRequest, media: readonly string[]): ByteSource {
  checkMedia(request, media);
  if (request.body === undefined && contentLength(request) === undefined) {
    throw new Refusal("SKERRY_LENGTH_MISSING", "the request has no body");
  }
  return request.body ?? emptySource;
}

/** A body of JSON that a schema takes. */
export async function jsonBody<S extends Schema>(
  request: HttpRequest,
  schema: S,
  bytesMax: number,
): Promise<v.InferOutput<S>> {
  checkMedia(request, ["application/json"]);
  if ((contentLength(request) ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const bytes = await readAll(request.body ?? emptySource, bytesMax);
  const value = parseJson(bytes);
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw refusalOf(parsed.issues.slice(0, mistakesMax).map(mistakeOf));
  refuseMistakes(listsAsObjects(value, parsed.output, []));
  return parsed.output;
}

/** All that a source gives. */
export async function readAll(source: ByteSource, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let bytes = 0;;) {
    const piece = await source.read(pieceBytes);
    if (piece.length === 0) return concatBytes(pieces);
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
  }
}

/** Reads JSON (RFC 8259) that is not nested too deeply, and has no keys that JavaScript gives a meaning of its own. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw mistaken("", "the body is not UTF-8");
  }
  const { depth, values } = extentOf(text);
  if (depth > depthMax) throw mistaken("", `lists and objects may be nested ${depthMax} deep`);
  if (values > valuesMax) throw mistaken("", `a document may have ${valuesMax} values`);
  let reserved: string | undefined;
  try {
    const value: unknown = JSON.parse(text, (key, inner) => {
      if (reservedNames.has(key)) reserved = key;
      return inner;
    });
    if (reserved === undefined) return value;
  } catch {
    throw mistaken("", "the body is not JSON");
  }
  throw mistaken("", `no key may be named "${reserved}"`);
}

/**
 * How deep lists and objects are nested, and how many values there are at most, as far as neither is too much. Counted
 * before it is parsed: a parser follows nests on its stack, and what checks values takes its time for each of them.
 */
function extentOf(text: string): { readonly depth: number; readonly values: number } {
  let [depth, values] = [0, 1];
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isInText = !isInText;
    else if (isInText) at += character === "\\" ? 1 : 0;
    else if (character === "," || character === ":") values += 1;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > depthMax || values > valuesMax) break;
  }
  return { depth, values };
}

/** The library takes a list for an object that has none of its keys. */
function listsAsObjects(value: unknown, taken: unknown, path: readonly string[]): Mistake[] {
  if (typeof taken !== "object" || taken === null) return [];
  if (Array.isArray(value) && !Array.isArray(taken)) {
    return [{ path: path.join("/"), message: "expected an object" }];
  }
  const inner = new Map(Object.entries(value ?? {}));
  return Object.entries(taken).flatMap(([key, each]) =>
    listsAsObjects(inner.get(key), each, [...path, key])
  );
}

function mistakeOf(issue: v.BaseIssue<unknown>): Mistake {
  const path = (issue.path ?? []).map(({ key }) => String(key)).join("/");
  if (issue.type === "strict_object" && issue.expected === "never") {
    return { path, message: "this key is unknown" };
  }
  if (issue.input === undefined) return { path, message: "this key is missing" };
  return { path, message: plain(issue) };
}

/** Our schema's own words, or the library's in the same manner. What was sent is not repeated: it may be secret. */
function plain({ message, expected }: v.BaseIssue<unknown>): string {
  return message.startsWith("Invalid") ? `expected ${expected ?? "something else"}` : message;
}

function checkMedia(request: HttpRequest, media: readonly string[]): void {
  const [type = ""] = (fieldValue(request.fields, "content-type") ?? "").split(";");
  const coding = fieldValue(request.fields, "content-encoding") ?? "identity";
  const isTaken = media.includes(type.trim().toLowerCase());
  if (isTaken && coding.toLowerCase() === "identity") return;
  throw new Refusal("SKERRY_MEDIA_TYPE_REFUSED", `expected Content-Type: ${media.join(" or ")}`);
}

function contentLength({ fields }: HttpRequest): number | undefined {
  const text = fieldValue(fields, "content-length");
  return text === undefined ? undefined : Number(text);
}

function tooLarge(bytesMax: number): Refusal {
  return new Refusal("SKERRY_BODY_TOO_LARGE", `the body may have ${formatSize(bytesMax)}`);
}

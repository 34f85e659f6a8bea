/** Which content coding a client takes, and whether a response may be given one (RFC 9110 §8.4, §12.5.3). */

import { type Field, fieldValue, fieldValues } from "./message.ts";

/** The codings that are given, the better one first. */
export const contentCodings = ["br", "gzip"] as const;

/** One of {@link contentCodings}. */
export type ContentCoding = (typeof contentCodings)[number];

/** Bodies that are shorter gain nothing. */
const bytesMin = 256;

/**
 * The coding that a client likes best of those that are given; undefined where it asks for none of them, or likes the
 * body as it is better.
 *
 * @param accept all values of `Accept-Encoding`
 */
export function chosenCoding(accept: readonly string[]): ContentCoding | undefined {
  const weights = weightsOf(accept.join(","));
  const others = weights.get("*");
  const identity = weights.get("identity") ?? 0;
  let best: ContentCoding | undefined;
  let bestWeight = identity;
  for (const coding of contentCodings) {
    // RFC 9110 §8.4.1.3: x-gzip is gzip.
    const named = weights.get(coding) ?? (coding === "gzip" ? weights.get("x-gzip") : undefined);
    const weight = named ?? others ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

/** Weights by names in lower case. What is malformed is passed over: it asks for nothing. */
function weightsOf(accept: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of accept.split(",")) {
    const [, name, weight = "1"] =
      /^\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i.exec(
        item,
      ) ?? [];
    if (name !== undefined) weights.set(name.toLowerCase(), Number(weight));
  }
  return weights;
}

/** Media types that are text in some way. Pictures, films and archives are dense already. */
const dense =
  /^(?:text\/|application\/(?:json|javascript|ecmascript|xml|wasm|manifest\+json|x-www-form-urlencoded|graphql)\b|image\/(?:svg\+xml|bmp|x-icon)\b|font\/(?:ttf|otf)\b|[\w.+-]+\/[\w.-]+\+(?:json|xml)\b)/i;

/**
 * Whether a response may be given a coding: it has none, is whole, is of a kind that gains by it, and its sender has not
 * forbidden it. Then caches must be told, also for clients that get it as it is.
 *
 * @param bodyBytes its length, where that is known
 */
export function mayBeCoded(
  status: number,
  fields: readonly Field[],
  bodyBytes: number | undefined,
): boolean {
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) {
    return false;
  }
  if (bodyBytes !== undefined && bodyBytes < bytesMin) return false;
  const type = fieldValue(fields, "content-type");
  if (type === undefined || !dense.test(type)) return false;
  // RFC 9110 §8.6: what is asked for in ranges of this is ranges of the body as it is.
  if (fieldValue(fields, "content-encoding") !== undefined) return false;
  // RFC 9111 §5.2.2.6.
  return !fieldValues(fields, "cache-control").some((value) => /\bno-transform\b/i.test(value));
}

/** The fields of a response that may be coded, for a client that gets it as it is: others may get another. */
export function variesByCoding(fields: readonly Field[]): Field[] {
  const vary = fieldValues(fields, "vary").join(",");
  if (/(?:^|,)\s*(?:\*|accept-encoding)\s*(?:,|$)/i.test(vary)) return [...fields];
  return [...fields, ["vary", "accept-encoding"]];
}

/** The fields of a response once its body has the coding. */
export function codedFields(fields: readonly Field[], coding: ContentCoding): Field[] {
  const coded: Field[] = [];
  for (const field of variesByCoding(fields)) {
    switch (field[0].toLowerCase()) {
      case "content-length":
      case "accept-ranges":
      case "content-md5":
      case "digest":
      case "content-digest":
        continue;
      case "etag":
        // RFC 9110 §8.8.3.3: the bytes are others, what they say is the same.
        coded.push([field[0], field[1].startsWith("W/") ? field[1] : `W/${field[1]}`]);
        continue;
      default:
        coded.push(field);
    }
  }
  coded.push(["content-encoding", coding]);
  return coded;
}

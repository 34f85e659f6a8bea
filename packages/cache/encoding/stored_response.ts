/** A stored response as bytes, for memory that is shared and for disks. */

import { type EntityTag, type Field, fieldValue } from "@skerry/http";
import type { Extent, StoredResponse } from "../stored_response.ts";
import { placesOf, readFields, readTexts, writeFields, writeTexts } from "./fields.ts";
import { PackedReader } from "./packed_reader.ts";
import { PackedWriter } from "./packed_writer.ts";

/** What is yes or no of a response, as bits of one number. */
const bits = {
  mayBeStale: 1,
  isValidatedAlways: 2,
  isImmutable: 4,
  isPart: 8,
  /** What is served is not what is kept with some left out. */
  isServedApart: 16,
  hasTag: 32,
  isWeakTag: 64,
  /** The tag is the value of the field. */
  isFieldsTag: 128,
} as const;
const bitsMax = 255;
const statusMax = 999;

/** A response without its body. */
export function encodeResponse(stored: StoredResponse): Uint8Array<ArrayBuffer> {
  const writer = new PackedWriter();
  writeResponse(writer, stored);
  return writer.finish();
}

/** What {@link encodeResponse} wrote; undefined for anything else. */
export function decodeResponse(bytes: Uint8Array): StoredResponse | undefined {
  const reader = new PackedReader(bytes);
  const stored = readResponse(reader);
  return reader.isDone && reader.end === bytes.length ? stored : undefined;
}

/** Adds a response to what is being written. */
export function writeResponse(writer: PackedWriter, stored: StoredResponse): void {
  const { responseMs, validators: { etag, lastModifiedMs, dateMs }, extent } = stored;
  const served = placesOf(stored.served, stored.fields);
  writer.number(bitsOf(stored, served));
  writer.number(stored.status);
  writer.number(responseMs);
  for (const ms of [dateMs, lastModifiedMs, stored.keptUntilMs]) writer.near(ms, responseMs);
  writer.number(stored.initialAgeMs);
  writer.number(stored.lifetimeMs);
  writer.number(stored.staleWhileRevalidateMs);
  writer.number(stored.staleIfErrorMs);
  writer.number(stored.disconnectedMs);
  writer.number(stored.epoch);
  writeFields(writer, stored.fields, (at) => served?.has(at) ?? true);
  if (served === undefined) writeFields(writer, stored.served, () => true);
  if (etag !== undefined && !isOfField(etag, stored.fields)) writer.text(etag.opaque);
  if (extent.kind === "part") {
    const { first, last, complete } = extent.range;
    for (const place of [first, last, complete]) writer.number(place);
  }
  writeTexts(writer, stored.vary);
  writer.text(stored.variant);
  writeTexts(writer, stored.surrogateKeys);
}

/** The next response of what is read. It is one only if the reader is sound in the end. */
export function readResponse(reader: PackedReader): StoredResponse {
  const flags = reader.natural(bitsMax);
  const is = (bit: number) => (flags & bit) !== 0;
  const status = reader.natural(statusMax);
  const responseMs = reader.number();
  const dateMs = reader.number(responseMs);
  const lastModifiedMs = reader.optional(responseMs);
  const keptUntilMs = reader.number(responseMs);
  const initialAgeMs = reader.number();
  const lifetimeMs = reader.number();
  const staleWhileRevalidateMs = reader.number();
  const staleIfErrorMs = reader.number();
  const disconnectedMs = reader.number();
  const epoch = reader.number();
  const { fields, marked } = readFields(reader);
  const served = is(bits.isServedApart) ? readFields(reader).fields : marked;
  const etag = readTag(reader, flags, fields);
  const extent = readExtent(reader, flags);
  const vary = readTexts(reader);
  const variant = reader.text();
  return {
    status,
    fields,
    served,
    vary,
    variant,
    validators: { etag, lastModifiedMs, dateMs },
    extent,
    responseMs,
    initialAgeMs,
    lifetimeMs,
    staleWhileRevalidateMs,
    staleIfErrorMs,
    disconnectedMs,
    mayBeStale: is(bits.mayBeStale),
    isValidatedAlways: is(bits.isValidatedAlways),
    isImmutable: is(bits.isImmutable),
    surrogateKeys: readTexts(reader),
    epoch,
    keptUntilMs,
  };
}

function bitsOf(stored: StoredResponse, served: ReadonlySet<number> | undefined): number {
  const { etag } = stored.validators;
  return (stored.mayBeStale ? bits.mayBeStale : 0) |
    (stored.isValidatedAlways ? bits.isValidatedAlways : 0) |
    (stored.isImmutable ? bits.isImmutable : 0) |
    (stored.extent.kind === "part" ? bits.isPart : 0) |
    (served === undefined ? bits.isServedApart : 0) |
    (etag === undefined ? 0 : bits.hasTag) |
    (etag?.isWeak === true ? bits.isWeakTag : 0) |
    (etag !== undefined && isOfField(etag, stored.fields) ? bits.isFieldsTag : 0);
}

function isOfField({ isWeak, opaque }: EntityTag, fields: readonly Field[]): boolean {
  return fieldValue(fields, "etag") === (isWeak ? `W/${opaque}` : opaque);
}

function readTag(
  reader: PackedReader,
  flags: number,
  fields: readonly Field[],
): EntityTag | undefined {
  if ((flags & bits.hasTag) === 0) return undefined;
  const isWeak = (flags & bits.isWeakTag) !== 0;
  if ((flags & bits.isFieldsTag) === 0) return { isWeak, opaque: reader.text() };
  const value = fieldValue(fields, "etag") ?? reader.refuse("");
  return { isWeak, opaque: isWeak ? value.slice(2) : value };
}

function readExtent(reader: PackedReader, flags: number): Extent {
  if ((flags & bits.isPart) === 0) return { kind: "whole" };
  const [first, last, complete] = [reader.number(), reader.number(), reader.optional()];
  return { kind: "part", range: { first, last, complete } };
}

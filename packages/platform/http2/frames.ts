/** The frames of HTTP/2 (RFC 9113 §4 and §6): numbers, and what they are read from. */

import type { InputBuffer } from "../http1/input_buffer.ts";

/** §6. */
export const frameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** §6.1, §6.2, §6.5, §6.7. */
export const flags = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 };

/** §7. */
export const errorCode = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

export type ErrorCode = typeof errorCode[keyof typeof errorCode];

/** What a client did against the protocol (§5.4): it ends a stream, or the connection. */
export interface Fault {
  readonly ends: "stream" | "connection";
  readonly code: ErrorCode;
  readonly why: string;
}

/** A frame as it came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

export const frameHeaderBytes = 9;
/** §4.2: what all must take, and we take no more. */
export const payloadBytesMax = 16_384;
/** §5.1.1, §6.9.1. */
export const streamIdMax = 2 ** 31 - 1;
export const windowBytesMax = 2 ** 31 - 1;
/** §6.9.2: of a stream and of the connection, before anything else is told. */
export const firstWindowBytes = 65_535;

/** §3.4. */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Fault that ends the connection. */
export function connectionFault(code: ErrorCode, why: string): Fault {
  return { ends: "connection", code, why };
}

/** Fault that ends a stream. */
export function streamFault(code: ErrorCode, why: string): Fault {
  return { ends: "stream", code, why };
}

/** Tells a fault from whatever else there may be in its place. */
export function isFault(value: unknown): value is Fault {
  return typeof value === "object" && value !== null && "ends" in value;
}

/** What the payload of the next frame is, where its header is here. */
export function payloadLength(buffer: InputBuffer): number | undefined {
  if (buffer.length < frameHeaderBytes) return undefined;
  return byte(buffer, 0) << 16 | byte(buffer, 1) << 8 | byte(buffer, 2);
}

/** The type of the next frame, where its header is here. */
export function nextType(buffer: InputBuffer): number | undefined {
  return buffer.length < frameHeaderBytes ? undefined : byte(buffer, 3);
}

/** Takes a frame that is here as a whole. */
export function takeFrame(buffer: InputBuffer, length: number): Frame {
  const [type, flags] = [byte(buffer, 3), byte(buffer, 4)];
  // §4.1: the first bit is reserved and ignored.
  const streamId = (byte(buffer, 5) & 0x7f) << 24 | byte(buffer, 6) << 16 | byte(buffer, 7) << 8 |
    byte(buffer, 8);
  buffer.skip(frameHeaderBytes);
  return { type, flags, streamId, payload: buffer.take(length) };
}

/** A number of four bytes. */
export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 | (bytes[at + 2] ?? 0) << 8 |
    (bytes[at + 3] ?? 0)) >>> 0;
}

/** §6.1, §6.2: the payload without its padding; undefined where there is more padding than payload. */
export function withoutPadding(
  { flags: set, payload }: Frame,
): Uint8Array<ArrayBuffer> | undefined {
  if ((set & flags.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) return undefined;
  return payload.subarray(1, payload.length - padding);
}

function byte(buffer: InputBuffer, index: number): number {
  return buffer.at(index) ?? 0;
}

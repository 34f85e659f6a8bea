/** SETTINGS (RFC 9113 §6.5): what the client tells, and what we do. */

import {
  connectionFault,
  errorCode,
  type Fault,
  payloadBytesMax,
  uint32,
  windowBytesMax,
} from "./frames.ts";
import type { Http2Limits } from "./http2_limits.ts";

/** §6.5.2. */
const identifier = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
};

/** What of a client's settings matters to a server that pushes nothing and sends the smallest frames. */
export interface ClientSettings {
  readonly headerTableBytes: number | undefined;
  readonly windowBytes: number | undefined;
}

/** Reads a payload. Of a setting that comes twice the last one counts. */
export function parseSettings(payload: Uint8Array): ClientSettings | Fault {
  if (payload.length % 6 !== 0) {
    return connectionFault(errorCode.frameSizeError, "SETTINGS are cut off");
  }
  let headerTableBytes: number | undefined;
  let windowBytes: number | undefined;
  for (let at = 0; at < payload.length; at += 6) {
    const value = uint32(payload, at + 2);
    switch ((payload[at] ?? 0) << 8 | (payload[at + 1] ?? 0)) {
      case identifier.headerTableSize:
        headerTableBytes = value;
        break;
      case identifier.enablePush:
        if (value > 1) return outOfRange("ENABLE_PUSH");
        break;
      case identifier.initialWindowSize:
        if (value > windowBytesMax) {
          return connectionFault(errorCode.flowControlError, "INITIAL_WINDOW_SIZE is too large");
        }
        windowBytes = value;
        break;
      case identifier.maxFrameSize:
        if (value < payloadBytesMax || value > 2 ** 24 - 1) return outOfRange("MAX_FRAME_SIZE");
        break;
    }
  }
  return { headerTableBytes, windowBytes };
}

/** The payload of ours. */
export function ourSettings(limits: Http2Limits, headerBytesMax: number): Uint8Array {
  const settings: readonly (readonly [identifier: number, value: number])[] = [
    [identifier.headerTableSize, limits.headerTableBytesMax],
    [identifier.maxConcurrentStreams, limits.streamsMax],
    [identifier.initialWindowSize, limits.streamWindowBytes],
    [identifier.maxHeaderListSize, headerBytesMax],
  ];
  const payload = new DataView(new ArrayBuffer(6 * settings.length));
  for (const [index, [name, value]] of settings.entries()) {
    payload.setUint16(6 * index, name);
    payload.setUint32(6 * index + 2, value);
  }
  return new Uint8Array(payload.buffer);
}

function outOfRange(name: string): Fault {
  return connectionFault(errorCode.protocolError, `${name} is out of its range`);
}

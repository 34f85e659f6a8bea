/** What one server bears from its clients. */

import { limits } from "@skerry/base";

/** Bounds of a server; each is one that a client cannot exceed. */
export interface ListenLimits {
  /** Connections at once; more are closed as they come. */
  readonly connectionsMax: number;
  /** How long a connection may stay open without a request. */
  readonly connectionIdleMsMax: number;
  /** The request line and all fields. */
  readonly headerBytesMax: number;
  readonly fieldsMax: number;
  /** From the start of a request (or of its connection) to the end of its header. */
  readonly headerWallMsMax: number;
  /** From there to the end of its body. */
  readonly receiveWallMsMax: number;
  /** How long a client may take none of its response. */
  readonly sendStallWallMsMax: number;
  /** How long nothing may go either way on a connection that speaks another protocol by now. */
  readonly tunnelIdleMsMax: number;
  /** How long a client is listened to after its last response, so that it can take that. */
  readonly lingerWallMsMax: number;
  /** How long a server that closes waits for the request of a client that has just come, or has begun one. */
  readonly lastRequestWallMsMax: number;
  /** What is read and dropped of a body that nobody wanted, before its connection is closed. */
  readonly discardBytesMax: number;
}

/** What holds where nothing else is asked for. */
export const defaultListenLimits: ListenLimits = {
  // Somewhat more than the requests that are answered or wait for a sandbox at once.
  connectionsMax: limits.sandboxesMax + limits.sandboxQueueMax + 1_000,
  connectionIdleMsMax: limits.connectionIdleMsMax,
  lingerWallMsMax: 1_000,
  headerBytesMax: limits.requestHeaderBytesMax,
  fieldsMax: limits.requestHeadersMax,
  headerWallMsMax: limits.requestHeaderWallMsMax,
  receiveWallMsMax: limits.requestReceiveWallMsMax,
  sendStallWallMsMax: 60_000,
  lastRequestWallMsMax: 1_000,
  tunnelIdleMsMax: 300_000,
  discardBytesMax: limits.requestDiscardBytesMax,
};

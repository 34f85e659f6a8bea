/** What one server bears from its clients. */

import { limits } from "@skerry/base";

/** Bounds of a server; each is one that a client cannot exceed. */
export interface ListenLimits {
  /** Connections at once; more are closed as they come. */
  readonly connectionsMax: number;
  /**
   * Connections of one client at once: an address of IPv4, or a network of IPv6 (/64). Those from this machine itself
   * are not counted. Where several listeners share an address, each counts its own.
   */
  readonly connectionsPerAddressMax: number;
  /** Requests of one connection, after which it is closed. */
  readonly requestsPerConnectionMax: number;
  /** How long a connection may stay open without a request. */
  readonly connectionIdleMsMax: number;
  /** The request line and all fields. */
  readonly headerBytesMax: number;
  readonly fieldsMax: number;
  /** From the start of a request (or of its connection) to the end of its header. */
  readonly headerWallMsMax: number;
  /** From there to the end of its body. */
  readonly receiveWallMsMax: number;
  /** The least rate at which a body must come, while it is waited for, and how far behind that a client may be. */
  readonly receiveBytesPerSecondMin: number;
  readonly receiveStallWallMsMax: number;
  /** The same for what a client takes of its response, as far as the machine's buffers let it be seen. */
  readonly sendBytesPerSecondMin: number;
  readonly sendStallWallMsMax: number;
  /** From the end of a request's header to the end of its response. */
  readonly exchangeWallMsMax: number;
  /** How long nothing may go either way on a connection that speaks another protocol by now. */
  readonly tunnelIdleMsMax: number;
  /** How long a client is listened to after its last response, so that it can take that. */
  readonly lingerWallMsMax: number;
  /** How long a server that closes waits for a request that may be on the way, on a connection that has none. */
  readonly lastRequestWallMsMax: number;
  /** What is read and dropped of a body that nobody wanted, before its connection is closed. */
  readonly discardBytesMax: number;
}

/** What holds where nothing else is asked for. */
export const defaultListenLimits: ListenLimits = {
  // Somewhat more than the requests that are answered or wait for a sandbox at once.
  connectionsMax: limits.sandboxesMax + limits.sandboxQueueMax + 1_000,
  connectionsPerAddressMax: 256,
  requestsPerConnectionMax: 10_000,
  connectionIdleMsMax: limits.connectionIdleMsMax,
  lingerWallMsMax: 1_000,
  headerBytesMax: limits.requestHeaderBytesMax,
  fieldsMax: limits.requestHeadersMax,
  headerWallMsMax: limits.requestHeaderWallMsMax,
  receiveWallMsMax: limits.requestReceiveWallMsMax,
  receiveBytesPerSecondMin: 500,
  receiveStallWallMsMax: 20_000,
  sendBytesPerSecondMin: 500,
  sendStallWallMsMax: 60_000,
  exchangeWallMsMax: 3_600_000,
  lastRequestWallMsMax: 1_000,
  tunnelIdleMsMax: 300_000,
  discardBytesMax: limits.requestDiscardBytesMax,
};

/** What one connection of HTTP/2 bears from its client, beside what holds for every connection. */

/** Bounds of a connection; each is one that a client cannot exceed. */
export interface Http2Limits {
  /** Requests under way at once, those included whose client has given them up and whose handler goes on. */
  readonly streamsMax: number;
  /** The table of HPACK that a client may make us keep. */
  readonly headerTableBytesMax: number;
  /** CONTINUATION frames of one header. Each may be as large as any. */
  readonly continuationsMax: number;
  /** Bytes of one request's body, and of all of them, that may wait for their handlers. */
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  /**
   * Frames that move nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA ...): so many at once, and so many
   * for each second, each request and each {@link bytesPerFrameEarned} of bodies.
   */
  readonly idleFramesMax: number;
  readonly idleFramesPerSecond: number;
  readonly idleFramesPerRequest: number;
  readonly bytesPerFrameEarned: number;
  /**
   * Requests that end before they are answered: given up by their client (CVE-2023-44487), or ended by us for what
   * it did (CVE-2025-8671). So many at once, and so many for each second and each answer.
   */
  readonly resetsMax: number;
  readonly resetsPerSecond: number;
  readonly resetsPerAnswer: number;
  /** What waits to be sent before bodies have to, and what may wait beside them. */
  readonly outputBytesMax: number;
  readonly controlBytesMax: number;
  /** What a client must take of a response each time that it may stall. */
  readonly stallBytesMin: number;
  /** Interim responses of one request. */
  readonly informsMax: number;
  /** How long a client may take to hear that no new requests are taken. */
  readonly drainWallMsMax: number;
}

/** What holds where nothing else is asked for. */
export const defaultHttp2Limits: Http2Limits = {
  streamsMax: 100,
  headerTableBytesMax: 4 * 1024,
  continuationsMax: 16,
  streamWindowBytes: 128 * 1024,
  connectionWindowBytes: 512 * 1024,
  idleFramesMax: 1_000,
  idleFramesPerSecond: 100,
  idleFramesPerRequest: 4,
  bytesPerFrameEarned: 1024,
  resetsMax: 200,
  resetsPerSecond: 20,
  resetsPerAnswer: 0.5,
  outputBytesMax: 64 * 1024,
  controlBytesMax: 64 * 1024,
  stallBytesMin: 4 * 1024,
  informsMax: 32,
  drainWallMsMax: 1_000,
};

/** What a server bears from clients that have not shaken hands yet. */

/** Bounds of handshakes. */
export interface TlsLimits {
  /** Handshakes under way at once: for one more, the one that is under way the longest is given up. */
  readonly handshakesMax: number;
  /** From the connection to the end of its handshake. */
  readonly handshakeWallMsMax: number;
}

/** What holds where nothing else is asked for. */
export const defaultTlsLimits: TlsLimits = {
  handshakesMax: 500,
  handshakeWallMsMax: 10_000,
};

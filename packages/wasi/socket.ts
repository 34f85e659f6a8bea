/**
 * Sockets as a port: what listens, and what a connection is. Guests are handed listeners; connections come from
 * these, or from host functions of another interface (preview 1 has no call that opens one).
 *
 * Failures are `ErrnoError`s, so that the guest hears of ECONNRESET and the like.
 */

import type { ByteSink, ByteSource } from "@skerry/base";

/** A socket that listens. */
export interface SocketListener {
  /** The next connection. One call at a time; it rejects once the listener is closed. */
  accept(): Promise<SocketConnection>;
  /** Takes no more connections. Those that were accepted go on. */
  close(): void;
}

/** A stream of bytes to a peer and one from it, as TCP has them. One write at a time. */
export interface SocketConnection extends ByteSource, ByteSink {
  /** Tells the peer that nothing more is written, after what was (ENOTCONN where there is no peer any more). */
  endWrite(): Promise<void>;
  /** Lets go. What a write has taken still goes out. */
  close(): void;
}

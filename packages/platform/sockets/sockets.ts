/** Sockets of a server, whoever drives them: what listen.ts needs of a machine. */

import type { ListenAddress } from "../listen_address.ts";

/** What follows a write at once: another, which may share a packet with it, or anything else. */
export type NextStep = "write" | "other";

/** A stream of bytes both ways. */
export interface Duplex {
  /**
   * Fills a part of `into` and tells how much; null at the end. Rejects where the connection is broken or closed.
   * One read is under way at a time.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Takes some of these bytes and tells how many: at once, or when there is room. Throws or rejects where the
   * connection is broken or closed. One write is under way at a time.
   *
   * @param next what the caller does next: where it is another write, these bytes may wait for those
   */
  write(bytes: Uint8Array, next?: NextStep): number | Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Ends both ways, and what waits. Harmless when done twice. */
  close(): void;
}

/** A client's connection. */
export interface ClientSocket extends Duplex {
  readonly peer: { readonly address: string; readonly port: number };
}

/** A socket that listens. */
export interface ServerSocket {
  readonly address: ListenAddress;
  /**
   * The next connection. Rejects with {@link ClientLeft} where its client was gone already, with anything else
   * where the machine is short of something or the socket is closed.
   */
  accept(): Promise<ClientSocket>;
  close(): void;
  /** Resolves when nothing of it or of its connections is left. */
  readonly closed: Promise<void>;
}

/** A client was gone before it was accepted, which costs the machine nothing. */
export class ClientLeft extends Error {
  override readonly name = "ClientLeft";
}

/** Thrown at whoever uses a socket that is closed or broken: one value, because making one costs a stack trace. */
export const closedSocket = new Error("the connection is broken or closed");

/** What backends need of a machine: names, and connections that speak HTTP. `packages/platform` has them. */

import type { Result } from "@skerry/base";
import type { Field, Tunnel } from "@skerry/http";
import type { NetworkFailure } from "./failure.ts";

/** The way out. */
export interface Network {
  /**
   * All addresses of a name, as text, in the order to try them in. Rejects where there are none. Nothing else
   * resolves names.
   */
  resolve(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Makes a pool, which connects when it is sent something. */
  pool(settings: PoolSettings): HttpPool;
}

/** What a pool of connections is for. */
export interface PoolSettings {
  /** In its one form; what requests name as their authority unless they have a `Host`. */
  readonly origin: string;
  readonly port: number;
  /** Where TLS is spoken: for whom the other end must have a certificate; SNI where it is a name (RFC 6066 §3). */
  readonly tls: { readonly serverName: string } | undefined;
  /** Whether HTTP/2 is offered by ALPN (RFC 7301). */
  readonly http2: boolean;
  readonly connectionsMax: number;
  readonly connectMsMax: number;
  readonly idleMsMax: number;
  readonly headerBytesMax: number;
  /**
   * The addresses that the next connection may lead to, tried one after another: asked for each connection anew,
   * and connected to as they are.
   */
  readonly addresses: (
    signal: AbortSignal,
  ) => Promise<Result<readonly string[], NetworkFailure>>;
}

/** Connections to one backend, for one tenant. */
export interface HttpPool {
  /** Sends a request, once a connection is free. The receiver hears of nothing before this has returned. */
  send(request: OutgoingRequest, receiver: Receiver): Sending;
  /** Cuts off what is under way. */
  close(): void;
}

/** A request for a connection: what HTTP frames it with is the pool's. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** None of the connection's own. */
  readonly fields: readonly Field[];
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** The protocol to change to (RFC 9110 §7.8). */
  readonly upgrade: string | undefined;
  /** Whether `TE: trailers` is among the fields. */
  readonly wantsTrailers: boolean;
}

/** A request that is under way. */
export interface Sending {
  /** Gives it up. The receiver hears of nothing any more. */
  abort(): void;
  /** Lets the answer wait, and go on. */
  pause(): void;
  resume(): void;
}

/** A connection that speaks another protocol from now on, and tells when it is over. */
export interface BackendTunnel extends Tunnel {
  readonly closed: Promise<void>;
}

/** Hears of an answer: of its pieces in their order, and of one end, which is one of the last three. */
export interface Receiver {
  /** It has a connection, and its head is being sent. */
  started(): void;
  /** A piece of its body, or all of it, is sent. */
  sent(): void;
  informed(status: number, fields: readonly Field[]): void;
  answered(status: number, fields: readonly Field[]): void;
  data(bytes: Uint8Array): void;
  ended(trailers: readonly Field[]): void;
  upgraded(fields: readonly Field[], tunnel: BackendTunnel): void;
  failed(failure: NetworkFailure): void;
}

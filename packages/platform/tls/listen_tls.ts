/**
 * An HTTPS server: HTTP/2 and HTTP/1.1 over TLS.
 *
 * TLS is `node:tls` over our own sockets, not `Deno.listenTls`: what Deno's takes for a host's certificate it
 * keeps for ever, by each name that any client sends, and its sockets cannot be inherited.
 */

import { Connection } from "../http1/connection.ts";
import { Http2Connection } from "../http2/connection.ts";
import { defaultHttp2Limits, type Http2Limits } from "../http2/http2_limits.ts";
import { type Handler, type Listener, type ListenOptions, serve } from "../listen.ts";
import type { ListenAddress } from "../listen_address.ts";
import { bind, type SharedAddress } from "../shared_socket.ts";
import type { ServerSocket } from "../sockets/sockets.ts";
import type { Certificates } from "./certificates.ts";
import { Handshakes } from "./handshakes.ts";
import { TlsConnection } from "./tls_connection.ts";
import { defaultTlsLimits, type TlsLimits } from "./tls_limits.ts";

/** What {@link listenTls} must and may be told. */
export interface ListenTlsOptions extends ListenOptions {
  /** They may be replaced at any time. */
  readonly certificates: Certificates;
  readonly tlsLimits?: Partial<TlsLimits>;
  readonly http2Limits?: Partial<Http2Limits>;
}

/**
 * Starts an HTTPS server. Resolves once it listens.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had
 */
export function listenTls(
  address: ListenAddress | SharedAddress,
  handler: Handler,
  options: ListenTlsOptions,
): Promise<Listener> {
  return new Promise((resolve) =>
    resolve(serveTls(bind(address, options.sockets ?? "any"), handler, options))
  );
}

/** Serves HTTPS on a socket that listens. */
export function serveTls(
  socket: ServerSocket,
  handler: Handler,
  options: ListenTlsOptions,
): Listener {
  const limits = { ...defaultTlsLimits, ...options.tlsLimits };
  const http2Limits = { ...defaultHttp2Limits, ...options.http2Limits };
  const { certificates } = options;
  const handshakes = new Handshakes(limits.handshakesMax);
  return serve(
    socket,
    handler,
    options,
    (client, exchanges) =>
      new TlsConnection(client, exchanges, {
        certificates,
        handshakes,
        handshakeWallMsMax: limits.handshakeWallMsMax,
        speak: (duplex, protocol, exchanges) =>
          protocol === "h2"
            ? new Http2Connection(duplex, client.peer, exchanges, "https", http2Limits)
            : new Connection(duplex, client.peer, exchanges, "https"),
      }),
  );
}

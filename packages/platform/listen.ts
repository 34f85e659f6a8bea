/** An HTTP server on this machine. */

import { SkerryError } from "@skerry/base";

/** Where to listen. Port 0 asks for any free one. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Answers a request; the peer is the other end of its connection. */
export type Handler = (
  request: Request,
  peer: { readonly address: string; readonly port: number },
) => Promise<Response> | Response;

/** A server that listens. */
export interface Listener {
  readonly address: ListenAddress;
  /** Takes no more connections, lets what is under way end for `graceMs`, then cuts it off. */
  close(graceMs: number): Promise<void>;
}

/**
 * Reads `host:port`, `[v6]:port`, `:port` or `port`.
 *
 * @returns undefined where the text is none of these
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? Number.NaN);
  if (match === null || port > 65_535) return undefined;
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return { hostname: host === "" ? "127.0.0.1" : host, port };
}

/** `http://host:port`, as a browser wants it. */
export function addressUrl({ hostname, port }: ListenAddress): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Starts a server. Resolves once it listens. */
export function listen(address: ListenAddress, handler: Handler): Listener {
  const abort = new AbortController();
  try {
    const server = Deno.serve(
      {
        ...address,
        signal: abort.signal,
        onListen: () => {},
        // Only a bug reaches this; the client learns no more than that.
        onError: (error) => {
          console.error(error);
          return new Response("500: Skerry failed\n", { status: 500 });
        },
      },
      (request, { remoteAddr }) =>
        handler(request, { address: remoteAddr.hostname, port: remoteAddr.port }),
    );
    return {
      address: { hostname: server.addr.hostname, port: server.addr.port },
      async close(graceMs) {
        const timer = setTimeout(() => abort.abort(), graceMs);
        await server.shutdown();
        clearTimeout(timer);
      },
    };
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse
      ? "the address is in use"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new SkerryError("SKERRY_LISTEN_FAILED", `cannot listen: ${why}`, {
      where: addressUrl(address),
      cause: error,
    });
  }
}

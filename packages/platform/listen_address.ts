/** Addresses to listen on, as people write them. */

/** Where to listen. Port 0 asks for any free one. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
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

/** `host:port`, or `[v6]:port`. */
export function addressText({ hostname, port }: ListenAddress): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** `http://host:port`, as a browser wants it. */
export function addressUrl(address: ListenAddress): string {
  return `http://${addressText(address)}`;
}

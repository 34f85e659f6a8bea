/** Where a version answers, as URLs: its routes' hosts, at the sockets of its node. */

import type { AnswerOf, RouteSettings } from "@skerry/control";

/** The URL of each route, over TLS where the node speaks it. A host for all or many stands as it is told. */
export function serviceUrls(
  routes: readonly RouteSettings[],
  { http, https }: AnswerOf<"addresses">,
): string[] {
  const socket = new URL(https ?? http);
  return routes.map(({ host, prefix }) => {
    const name = host === "*" ? reachable(socket.hostname) : host;
    const port = socket.port === "" ? "" : `:${socket.port}`;
    return `${socket.protocol}//${name}${port}${prefix}/`;
  });
}

/** The host of routes that name none: what is below `localhost` is this machine to curl and browsers (RFC 6761 §6.3). */
export function defaultHost(service: string, tenant: string): string {
  return `${service}.${tenant}.localhost`;
}

/** What listens on all addresses is reached by this machine's own. */
function reachable(hostname: string): string {
  return hostname === "0.0.0.0" || hostname === "[::]" ? "localhost" : hostname;
}

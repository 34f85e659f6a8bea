/**
 * Keeps a connection to the hosts of the certificate that it was made with.
 *
 * A client may ask for any host on a connection that it has, and is told 421 where that host has a certificate of
 * its own here (RFC 9110 §15.5.20, RFC 9113 §9.1.2): it then connects anew, and to nobody who reads the name in
 * the handshake does a connection look like one to another host than it is.
 */

import { fieldValue, type HttpRequest, type HttpResponse } from "@skerry/http";
import type { Exchanges, Peer } from "../http1/exchanges.ts";
import type { Refusal } from "../http1/refusal.ts";
import type { SeenHeads } from "../http1/seen_heads.ts";
import type { ListenLimits } from "../listen_limits.ts";
import type { Certificates } from "./certificates.ts";

/** A server, as the connections made with one certificate see it. */
export class HostGuard implements Exchanges {
  readonly limits: ListenLimits;
  readonly heads: SeenHeads;
  readonly #exchanges: Exchanges;
  readonly #certificates: Certificates;
  readonly #certificateHost: string;
  /** The Host field that was found to be one of these. */
  #known: string | undefined;

  /** @param certificateHost under which host the connection's certificate stands */
  constructor(exchanges: Exchanges, certificates: Certificates, certificateHost: string) {
    this.limits = exchanges.limits;
    this.heads = exchanges.heads;
    this.#exchanges = exchanges;
    this.#certificates = certificates;
    this.#certificateHost = certificateHost;
  }

  get isClosing(): boolean {
    return this.#exchanges.isClosing;
  }

  get date(): string {
    return this.#exchanges.date;
  }

  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const host = fieldValue(request.fields, "host") ?? "";
    if (host !== this.#known) {
      const name = host.toLowerCase().replace(/:\d*$/, "");
      const chosen = this.#certificates.choose(name);
      if (chosen?.host !== this.#certificateHost) return misdirected;
      this.#known = host;
    }
    return this.#exchanges.handle(request);
  }

  onFault(error: unknown): void {
    this.#exchanges.onFault(error);
  }

  onRefused(refusal: Refusal, peer: Peer): void {
    this.#exchanges.onRefused(refusal, peer);
  }
}

const misdirected: HttpResponse = { status: 421, fields: [], body: undefined };

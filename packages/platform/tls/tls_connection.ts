/** A client's connection that begins with a handshake; what the two agree on then speaks HTTP over it. */

import { TLSSocket } from "node:tls";
import { Deadline } from "../http1/deadline.ts";
import type { Exchanges, ServedConnection } from "../http1/exchanges.ts";
import type { ClientSocket, Duplex } from "../sockets/sockets.ts";
import type { Certificates, ChosenCertificate } from "./certificates.ts";
import type { Handshakes } from "./handshakes.ts";
import { HostGuard } from "./host_guard.ts";
import { SocketStream } from "./socket_stream.ts";
import { TlsDuplex } from "./tls_duplex.ts";

/** Speaks HTTP over a connection whose handshake is done. */
export type Speak = (
  duplex: Duplex,
  protocol: "h2" | "http/1.1",
  exchanges: Exchanges,
) => ServedConnection;

/** What the connections of a server share until they speak HTTP. */
export interface TlsServices {
  readonly certificates: Certificates;
  readonly handshakes: Handshakes;
  readonly handshakeWallMsMax: number;
  readonly speak: Speak;
}

/** RFC 7301 §3.2: in the order of our preference. */
const protocols = ["h2", "http/1.1", "http/1.0"];

/** A connection from its first byte on. */
export class TlsConnection implements ServedConnection {
  readonly closed: Promise<void>;
  readonly #exchanges: Exchanges;
  readonly #services: TlsServices;
  readonly #closing = Promise.withResolvers<void>();
  readonly #socket: ClientSocket;
  readonly #ciphertext: SocketStream;
  readonly #tls: TLSSocket;
  readonly #deadline = new Deadline();
  #serverName = "";
  #chosen: ChosenCertificate | undefined;
  /** What speaks HTTP, once the handshake is done. */
  #spoken: ServedConnection | undefined;

  constructor(socket: ClientSocket, exchanges: Exchanges, services: TlsServices) {
    this.#socket = socket;
    this.#exchanges = exchanges;
    this.#services = services;
    this.closed = this.#closing.promise;
    this.#ciphertext = new SocketStream(socket);
    this.#deadline.allow(services.handshakeWallMsMax);
    this.#tls = new TLSSocket(this.#ciphertext, {
      isServer: true,
      ALPNProtocols: protocols,
      SNICallback: (name, answer) => this.#choose(name, answer),
    });
    // Each may come more than once, and one that nobody hears of would end the process.
    this.#ciphertext.on("error", () => this.close());
    this.#tls.on("error", () => this.close());
    this.#tls.on("close", () => this.close());
    this.#tls.once("secure", () => this.#shaken());
    services.handshakes.began(this);
  }

  checkTime(nowMs: number): void {
    if (this.#spoken !== undefined) this.#spoken.checkTime(nowMs);
    else if (this.#deadline.isPassed(nowMs)) this.close();
  }

  closeSoon(): void {
    if (this.#spoken === undefined) this.close();
    else this.#spoken.closeSoon();
  }

  close(): void {
    this.#services.handshakes.ended(this);
    if (this.#spoken !== undefined) return this.#spoken.close();
    this.#tls.destroy();
    this.#socket.close();
    this.#closing.resolve();
  }

  /** RFC 6066 §3: which certificate the client wants. A client that names no host gets the default. */
  #choose(
    name: string,
    answer: (error: Error | null, context?: ChosenCertificate["context"]) => void,
  ): void {
    this.#serverName = name.toLowerCase();
    this.#chosen = this.#services.certificates.choose(this.#serverName);
    if (this.#chosen === undefined) answer(unknownName);
    else answer(null, this.#chosen.context);
  }

  #shaken(): void {
    const { handshakes, certificates, speak } = this.#services;
    handshakes.ended(this);
    const exchanges = this.#chosen === undefined || this.#serverName === ""
      ? this.#exchanges
      : new HostGuard(this.#exchanges, certificates, this.#chosen.host);
    const protocol = this.#tls.alpnProtocol === "h2" ? "h2" : "http/1.1";
    this.#spoken = speak(new TlsDuplex(this.#tls, this.#ciphertext), protocol, exchanges);
    void this.#spoken.closed.then(() => this.#closing.resolve());
  }
}

/** RFC 6066 §3 `unrecognized_name`. */
const unknownName = new Error("there is no certificate for this host");

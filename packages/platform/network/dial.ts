/**
 * Connections to addresses, never to names: what is connected to is what was checked.
 *
 * The lookup that `node:net` would do for a name is replaced by one that fails.
 */

import net from "node:net";
import tls from "node:tls";
import { err, type Result } from "@skerry/base";
import type { NetworkFailure, PoolSettings } from "@skerry/egress";

/** A connection that could not be had. */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly failure: NetworkFailure;

  constructor(failure: NetworkFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** Connects to the first address that answers. Throws a {@link DialError}. */
export async function dial(
  settings: PoolSettings,
  authorities: readonly string[] | undefined,
): Promise<net.Socket> {
  const startMs = performance.now();
  const addresses = await found(settings);
  if (!addresses.ok) throw new DialError(addresses.error);
  let failure: NetworkFailure = { kind: "connect", detail: "there is no address" };
  for (const [index, address] of addresses.value.entries()) {
    // Each has its share of the time that is left, so that one that is silent leaves the next a chance.
    const leftMs = settings.connectMsMax - (performance.now() - startMs);
    const shareMs = Math.max(leftMs, 1) / (addresses.value.length - index);
    try {
      return await dialOne(address, settings, authorities, shareMs);
    } catch (error) {
      failure = error instanceof DialError ? error.failure : bad("connect", address, error);
      // A machine that is not who it says it is, is not asked for by its other addresses.
      if (failure.kind === "tls") break;
    }
  }
  throw new DialError(failure);
}

/** A resolver that is silent is not waited for: its answer comes too late for this connection. */
async function found({ addresses, connectMsMax }: PoolSettings) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), connectMsMax);
  try {
    return await Promise.race([
      addresses(late.signal),
      new Promise<Result<never, NetworkFailure>>((resolve) =>
        late.signal.addEventListener("abort", () => resolve(err(noAnswer)), { once: true })
      ),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

const noAnswer: NetworkFailure = { kind: "connect timeout", detail: "the resolver is silent" };

function dialOne(
  address: string,
  { port, tls: secured, http2 }: PoolSettings,
  authorities: readonly string[] | undefined,
  limitMs: number,
): Promise<net.Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
  const plain = net.connect({ host: address, port, lookup: refuseNames });
  plain.setNoDelay(true);
  let socket: net.Socket = plain;
  const fail = (failure: NetworkFailure) => {
    clearTimeout(timer);
    socket.destroy();
    plain.destroy();
    reject(new DialError(failure));
  };
  const timer = setTimeout(
    () => fail({ kind: "connect timeout", detail: `${address} is silent` }),
    limitMs,
  );
  const done = () => {
    clearTimeout(timer);
    socket.off("error", onError);
    resolve(socket);
  };
  const onError = (error: unknown) =>
    fail(bad(secured === undefined ? "connect" : "tls", address, error));
  plain.once("error", (error) => fail(bad("connect", address, error)));
  plain.once("connect", () => {
    if (secured === undefined) return done();
    const { serverName } = secured;
    const secure = tls.connect({
      socket: plain,
      host: serverName,
      ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
      ALPNProtocols: http2 ? ["h2", "http/1.1"] : ["http/1.1"],
      ...(authorities === undefined ? {} : { ca: [...authorities] }),
      rejectUnauthorized: true,
    });
    socket = secure;
    secure.once("error", onError);
    secure.once("secureConnect", done);
  });
  return promise;
}

function bad(kind: "connect" | "tls", address: string, error: unknown): NetworkFailure {
  return { kind, detail: `${address}: ${error instanceof Error ? error.message : String(error)}` };
}

/** In the place of a resolver. */
const refuseNames: net.LookupFunction = (name, _options, callback) => {
  callback(new Error(`${name} is no address`), "", 4);
};

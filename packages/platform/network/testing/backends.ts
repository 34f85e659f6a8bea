/** Backends on loopback, for tests. */

import assert from "node:assert/strict";
import { addressPolicy, type Backend, Backends, type BackendSettings } from "@skerry/egress";
import type { EgressLimits } from "@skerry/egress";
import { concatBytes, decodeUtf8 } from "@skerry/base";
import { systemClock } from "../../clock.ts";
import { systemRandom } from "../../random.ts";
import { type NetworkOptions, systemNetwork } from "../network.ts";

/** What a test says of its backend. */
export interface LoopbackSettings extends Partial<BackendSettings> {
  readonly limits?: Partial<EgressLimits>;
  readonly network?: NetworkOptions;
  /** In the place of a resolver. */
  readonly addresses?: () => Promise<readonly string[]>;
}

const opened = addressPolicy({ privateBackends: ["127.0.0.0/8"] });

/** A backend on a port of this machine, at an address that an operator has opened. */
export async function loopbackBackend(
  port: number,
  settings: LoopbackSettings = {},
): Promise<Backend> {
  const { limits, network, addresses, origin = `http://127.0.0.1:${port}`, ...rest } = settings;
  const loopback = {
    ...await systemNetwork(network),
    resolve: addresses ?? (() => Promise.resolve(["127.0.0.1"])),
  };
  const backends = new Backends(loopback, systemClock, systemRandom, limits);
  assert.ok(opened.ok);
  const backend = backends.open("tenant", "origin", { origin, ...rest }, opened.value);
  assert.ok(backend.ok, backend.ok ? "" : backend.error);
  return backend.value;
}

/** Sends a GET, and gives what a client would see of it. */
export async function get(
  backend: Backend,
  request: Partial<Parameters<Backend["send"]>[0]> = {},
  signal = new AbortController().signal,
): Promise<
  {
    readonly status?: number;
    readonly body?: string;
    readonly failed?: string;
    readonly trailers?: unknown;
  }
> {
  const answer = await backend.send(
    { method: "GET", target: "/", fields: [], body: undefined, ...request },
    signal,
  );
  if (!answer.ok) return { failed: answer.error.kind };
  const { status, body, trailers } = answer.value;
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of body ?? []) pieces.push(piece);
  } catch (error) {
    const { failure } = error as { readonly failure?: { readonly kind: string } };
    return { status, body: text(pieces), failed: failure?.kind ?? String(error) };
  }
  const after = trailers();
  return { status, body: text(pieces), ...(after.length === 0 ? {} : { trailers: after }) };
}

function text(pieces: readonly Uint8Array[]): string {
  return decodeUtf8(concatBytes(pieces));
}

/** The node itself: its health, its state, its document, and what its services tell as it happens. */

import { encodeUtf8 } from "@skerry/base";
import { fieldValue, type HttpRequest } from "@skerry/http";
import * as v from "valibot";
import type { Control } from "../control.ts";
import { Refusal } from "../refusal.ts";
import { addressesSchema, statusSchema } from "./answers.ts";
import { answer, type Operation } from "./operation.ts";
import type { FollowedService, NodeStatus, Tail } from "./ports.ts";

/** Tails at once: each is a connection that stays. */
const tailsMax = 64;
const tenantTailsMax = 8;

const ready = v.strictObject({ isReady: v.boolean(), why: v.optional(v.string()) });

/** What there is to ask of the node. */
export function nodeOperations(
  { store, tokens }: Control,
  node: NodeStatus,
  tail: Tail,
  document: () => unknown,
): Operation[] {
  const tails = new Map<string, number>();
  return [
    {
      ...{ id: "health", method: "GET", path: "/healthz", access: "everybody" },
      about: "Answers where the node does.",
      answers: {
        200: { about: "It does.", schema: v.strictObject({ isAlive: v.literal(true) }) },
      },
      act: () => answer({ isAlive: true }),
    },
    {
      ...{ id: "ready", method: "GET", path: "/readyz", access: "everybody" },
      about: "Tells whether all that is to be served is.",
      answers: {
        200: { about: "It is.", schema: ready },
        503: { about: "Not yet, or no more.", schema: ready },
      },
      act() {
        const { isReady, why } = node.ready();
        return answer({ isReady, why }, isReady ? 200 : 503);
      },
    },
    {
      ...{ id: "document", method: "GET", path: "/v1/openapi.json", access: "everybody" },
      about: "This document.",
      answers: { 200: { about: "OpenAPI 3.1.", schema: statusSchema } },
      act: () => answer(document()),
    },
    {
      ...{ id: "status", method: "GET", path: "/v1/node", access: "operator" },
      about: "Tells of cells, versions and counts.",
      answers: { 200: { about: "The node's state.", schema: statusSchema } },
      act: () => answer(node.status()),
    },
    {
      ...{ id: "addresses", method: "GET", path: "/v1/addresses", access: "any token" },
      about: "Tells where the node serves: the URLs of its sockets, without a host's name.",
      answers: { 200: { about: "Its addresses.", schema: addressesSchema } },
      act() {
        const { http, https } = node.addresses();
        return answer({ http, https });
      },
    },
    {
      ...{ id: "metrics", method: "GET", path: "/v1/metrics.json", access: "any token" },
      about: "Tells what was counted: an operator of the node, others of their tenant's services.",
      answers: { 200: { about: "Counts since the node's start.", schema: statusSchema } },
      act: ({ caller }) => answer(node.metrics(caller.tenant)),
    },
    {
      ...{ id: "metricsText", method: "GET", path: "/metrics", access: "any token" },
      about: "Tells what was counted, for Prometheus.",
      answers: { 200: { about: "Counts since the node's start.", media: "text/plain" } },
      act({ caller, request }) {
        const accept = fieldValue(request.fields, "accept");
        const { media, text } = node.metricsText(caller.tenant, accept);
        const fields = [["content-type", media]] as const;
        return { kind: "response", response: { status: 200, fields, body: encodeUtf8(text) } };
      },
    },
    {
      ...{ id: "tail", method: "GET", path: "/v1/tenants/{tenant}/services/{service}/tail" },
      access: "tail",
      about: "Tells what a service tells, as it happens: a line of JSON for each event.",
      answers: { 200: { about: "Events.", media: "application/x-ndjson" } },
      act({ part, request, caller }) {
        const { key, tenant, name } = store.service(part("tenant"), part("service"));
        const counted = count(tails, tenant);
        // Who follows may lose the right to, and the service its name to another one.
        const mayGoOn = () =>
          tokens.isValid(caller) && store.services.get(tenant, name)?.key === key;
        const lines = linesOf(tail, { tenant, name, key }, request, mayGoOn, counted);
        const fields = [["content-type", "application/x-ndjson"]] as const;
        return { kind: "response", response: { status: 200, fields, body: lines } };
      },
    },
  ];
}

/** @returns what to call when it is over */
function count(tails: Map<string, number>, tenant: string): () => void {
  const own = tails.get(tenant) ?? 0;
  const all = tails.values().reduce((sum, each) => sum + each, 0);
  if (own >= tenantTailsMax || all >= tailsMax) {
    throw new Refusal("SKERRY_TOO_MANY", "too many follow already", { retryAfterMs: 10_000 });
  }
  tails.set(tenant, own + 1);
  return () => {
    const left = (tails.get(tenant) ?? 1) - 1;
    if (left === 0) tails.delete(tenant);
    else tails.set(tenant, left);
  };
}

/** Pieces of a response that ends when its client is gone, or at the first event that it may not be told any more. */
function linesOf(
  tail: Tail,
  service: FollowedService,
  request: HttpRequest,
  mayGoOn: () => boolean,
  over: () => void,
): AsyncIterable<Uint8Array> {
  const controller = new AbortController();
  const end = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    over();
  };
  request.whenGone(end);
  const events = tail.follow(service, controller.signal);
  return (async function* () {
    try {
      if (controller.signal.aborted) return;
      for await (const event of events) {
        if (!mayGoOn()) return;
        yield encodeUtf8(`${event}\n`);
      }
    } finally {
      end();
    }
  })();
}

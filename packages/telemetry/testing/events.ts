/** Events for tests. */

import type { RequestEvent } from "@skerry/edge";

/** A request that went well, with what a test says of it. */
export function requestEvent(more: Partial<RequestEvent> = {}): RequestEvent {
  return {
    type: "request",
    time: "2026-01-02T03:04:05.678Z",
    id: "0123456789abcdef0123456789abcdef",
    service: "shop/api",
    version: 3,
    method: "GET",
    host: "shop.example",
    path: "/api",
    remote: "192.0.2.7",
    status: 200,
    outcome: "returned",
    requestBytes: 10,
    responseBytes: 100,
    leaseMs: 0.1,
    runMs: 1.5,
    totalMs: 1.5,
    cpuMs: 0.5,
    memoryBytes: 131_072,
    fuel: 1000,
    hostCalls: 7,
    ...more,
  };
}

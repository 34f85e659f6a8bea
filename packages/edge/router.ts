/** What the edge asks for each request: who answers it. */

import type { Field, HttpRequest, HttpResponse, RequestTarget } from "@skerry/http";
import type { CacheRules } from "./cache_rules.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./service.ts";

/** Who answers a request. */
export type Routed =
  | ServiceRouted
  | ForwardRouted
  /** Nobody. */
  | { readonly kind: "none"; readonly status: 404 | 421; readonly why: string }
  /** Somebody who cannot now. */
  | {
    readonly kind: "unavailable";
    readonly name: string;
    readonly key?: number;
    readonly why: string;
  };

/** A program answers, in a sandbox. */
export interface ServiceRouted {
  readonly kind: "service";
  readonly service: Service;
  /** The part of the path that chose it. */
  readonly prefix: string;
  /** Fields that its response gets beside its own, such as the cookie that keeps a client with a version. */
  readonly fields?: readonly Field[];
  /** Where its responses may be kept, and served again. */
  readonly cache?: CacheRules;
}

/** A backend answers. */
export interface ForwardRouted {
  readonly kind: "forward";
  /** The service's, for the log, with its key and version. */
  readonly name: string;
  readonly key?: number;
  readonly version?: number;
  /** As a program's. */
  readonly fields?: readonly Field[];
  readonly compresses?: boolean;
  readonly cache?: CacheRules;
  /**
   * Passes the request on. Failures are answers; what is thrown is a mistake of ours.
   *
   * @param onProblem told, for the log, why there is no answer, or none to its end
   */
  readonly forward: (
    request: HttpRequest,
    target: RequestTarget,
    onProblem: (why: string) => void,
  ) => Promise<HttpResponse>;
}

/** Chooses who answers. Its choices for one request are made at once, from one state of what is served. */
export interface Router {
  /** A promise where what answers has to be fetched first. */
  route(request: HttpRequest, target: RequestTarget): Routed | Promise<Routed>;
}

/** A router for whatever host, by paths alone. */
export function pathRouter(routes: readonly Route<Service>[]): Router {
  return {
    route(_request, { path }) {
      const chosen = route(routes, path);
      return chosen === undefined
        ? { kind: "none", status: 404, why: "no service has this path" }
        : { ...serviceRouted(chosen.target), prefix: chosen.prefix };
    },
  };
}

function serviceRouted(service: Service): Omit<ServiceRouted, "prefix"> {
  const { cache } = service;
  return { kind: "service", service, ...(cache !== undefined && { cache }) };
}

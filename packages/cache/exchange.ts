/** What passes between the cache and whoever sends requests forward and bytes to clients. */

import type { CacheStatus, Field } from "@skerry/http";
import type { KeptBody } from "./body.ts";
import type { KeptCandidate } from "./kept.ts";
import type { CacheKey } from "./key.ts";
import type { Reply } from "./reply.ts";
import type { CacheRequest, Owner } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import type { StoredResponse } from "./stored_response.ts";

/** A client's request, and by which rules it is answered. */
export interface Asked {
  readonly owner: Owner;
  readonly request: CacheRequest;
  readonly settings: CacheSettings;
}

/** What is known of an answer, for `Cache-Status`; the cache's name is added where it is sent. */
export type StatusFacts = Omit<CacheStatus, "cache">;

/** A request that goes forward. */
export interface Outbound {
  readonly asked: Asked;
  readonly key: CacheKey;
  /** The purge epoch when it went: what is purged from then on takes its answer too. */
  readonly epoch: number;
  readonly requestMs: number;
  readonly method: string;
  readonly fields: readonly Field[];
  /** Whether others who ask for the same wait for its answer. */
  readonly isShared: boolean;
  /** What is kept and not good enough as it is: validated by a 304, or served where the origin fails. */
  readonly kept: KeptCandidate | undefined;
  readonly isValidation: boolean;
  /** RFC 9211: why it goes. */
  readonly facts: StatusFacts;
}

/** What is done with a request. */
export type Action =
  | {
    readonly kind: "reply";
    readonly reply: Reply;
    readonly body: KeptBody;
    readonly facts: StatusFacts;
    /** To be sent besides, where nobody else does so already; its answer is for nobody who waits. */
    readonly background: Outbound | undefined;
  }
  | {
    readonly kind: "forward";
    readonly outbound: Outbound;
    /** Where nothing is in memory: what to look for elsewhere. */
    readonly sought: CacheKey | undefined;
  }
  /** RFC 9111 §5.2.1.7. */
  | {
    readonly kind: "refuse";
    readonly status: 504;
    readonly facts: StatusFacts;
    readonly sought: CacheKey | undefined;
  };

/** What is done with a response's head. */
export type Arrival =
  /** What was kept is the answer. The response's own body is read to its end, or dropped. */
  | {
    readonly kind: "reply";
    readonly reply: Reply;
    readonly body: KeptBody;
    readonly facts: StatusFacts;
  }
  | {
    readonly kind: "pass-on";
    readonly fields: readonly Field[];
    readonly facts: StatusFacts;
    /** What is kept once its body is there, whole; undefined where nothing is. */
    readonly filling: StoredResponse | undefined;
  }
  /** The answer spoke of something else: it is asked again, without conditions. */
  | { readonly kind: "again"; readonly outbound: Outbound };

/**
 * What a case of the conformance table is: a script of requests, of what the origin would answer to each, and of what must
 * come out. Data alone, so that it can be run against functions in this process or against a node over sockets: waits are
 * short, and what is older says so by its Age or its dates.
 */

import type { CacheSettings } from "@skerry/cache";

/** How binding the sentence is that a case was made of. `OURS` is where the RFCs leave it to a cache. */
export type Level = "MUST" | "SHOULD" | "MAY" | "OURS";

/** Fields by name; several of one name as a list. `<now-60>` stands for the HTTP-date of a minute ago. */
export type CaseFields = Readonly<Record<string, string | readonly string[]>>;

/** One request, from the client's point of view. */
export interface Step {
  /** Passes before it; at most a few. */
  readonly afterSeconds?: number;
  /** GET of / unless told. */
  readonly method?: string;
  readonly target?: string;
  readonly fields?: CaseFields;
  /** What the origin answers if it is asked: 200 unless told, and a body that is different each time. */
  readonly origin?: OriginScript;
  readonly expect: Expectation;
}

/** An answer of the origin; `down` is none at all. */
export type OriginScript =
  | { readonly status?: number; readonly fields?: CaseFields; readonly body?: string }
  | "down";

/** What must come out. */
export interface Expectation {
  /**
   * `cache`: the origin is not asked before the client has its answer. `origin`: it is, and its answer is what the
   * client gets. `validated`: it is asked on a condition, and the client gets what was kept. `instead`: it is asked, or cannot
   * be, and the client gets what was kept. `failure`: it is away, and that is the answer. `nobody`: it is not asked, and nothing that was kept is the answer.
   */
  readonly from: "cache" | "origin" | "validated" | "instead" | "failure" | "nobody";
  readonly status?: number;
  /** The number of the step, from 0, whose body it is; that of the step itself where it comes from the origin. */
  readonly bodyOf?: number;
  readonly body?: string;
  /** Fields of the answer, as they must be; a regular expression between slashes; `absent`. */
  readonly answer?: CaseFields;
  /** The same of the request that the origin got. */
  readonly forwarded?: CaseFields;
}

/** A case. */
export interface Case {
  /** One sentence. */
  readonly name: string;
  readonly section: string;
  readonly level: Level;
  readonly settings?: Partial<CacheSettings>;
  /** Whether nothing else may be under way: an answer to POST is kept where no other purge of the node has just begun. */
  readonly isAlone?: boolean;
  /** Why it cannot be run over sockets. */
  readonly inProcessOnly?: string;
  readonly steps: readonly Step[];
}

/** A response that is fresh for an hour. */
export const fresh: CaseFields = { "cache-control": "max-age=3600" };

/** Stored by the first step, and then asked for again. */
export function reuse(
  name: string,
  section: string,
  level: Level,
  origin: OriginScript,
  from: Expectation["from"],
  more: Partial<Step> = {},
): Case {
  const again: Step = { ...more, origin: more.origin ?? {}, expect: { from, ...more.expect } };
  return { name, section, level, steps: [{ origin, expect: { from: "origin" } }, again] };
}

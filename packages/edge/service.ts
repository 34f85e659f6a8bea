/** A service: a program, and what its requests are given. */

import type { Clock, ClockPolicy } from "@skerry/base";
import type { HostBinding, Program, Tenant } from "@skerry/sandbox";
import type { CacheRules } from "./cache_rules.ts";
import type { Preopen, WasiContext } from "@skerry/wasi";

/** One program behind one or more path prefixes. Immutable once it serves. */
export interface Service {
  readonly name: string;
  /** Where services come and go: no other has it, not even one of the same name that comes after this. */
  readonly key?: number;
  /** Where services have versions. */
  readonly version?: number;
  /** What it does, in a sentence for people. */
  readonly about?: string;
  readonly program: Program;
  /** Whether its responses are given a content coding that their clients take. */
  readonly compresses?: boolean;
  /** Where its responses may be kept, for a router that knows of nothing besides. */
  readonly cache?: CacheRules;
  /** Environment besides the request's meta-variables; it wins where names collide. */
  readonly env: ReadonlyMap<string, string>;
  /** Which time its requests are shown; the server's own unless told. */
  readonly clock?: ClockPolicy;
  /** Directories for one request, with its clock; called for each, so that what is private is fresh. */
  readonly preopens: (clock: Clock) => readonly Preopen[];
  /** What one request may call beyond WASI, where its program imports it. */
  readonly bindings?: (context: WasiContext) => readonly HostBinding[];
  /** Wall time of one request, in milliseconds. */
  readonly wallMsMax: number;
  /** Time of one request on the processor, in milliseconds. */
  readonly cpuMsMax: number;
  /** On whose behalf its guests run: tenants share the processor and the sandboxes. */
  readonly tenant: Tenant;
}

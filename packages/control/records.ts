/** What the store keeps of tenants, services and versions beyond what cells are sent. */

import type { Diagnostic } from "@skerry/base";
import type { Sticky, TenantSettings, VersionSettings } from "./model.ts";

/** Who does something. */
export interface Actor {
  /** A token's id, or what else has acted: `node`. */
  readonly id: string;
  readonly isOperator: boolean;
}

/** A tenant. */
export interface TenantRecord {
  /** By which the store knows it; shown to nobody. */
  readonly key: number;
  readonly name: string;
  readonly settings: TenantSettings;
  readonly revision: number;
  readonly createdMs: number;
}

/** A service. What is undefined does not exist. */
export interface ServiceRecord {
  /** By which the store knows it; shown to nobody. */
  readonly key: number;
  readonly tenantKey: number;
  readonly tenant: string;
  readonly name: string;
  readonly revision: number;
  readonly createdMs: number;
  /** The highest number that a version of it has had; 0 before the first. */
  readonly newest: number;
  readonly active: number | undefined;
  /** The version that was active before; what a rollback goes back to. */
  readonly previous: number | undefined;
  readonly canary: CanaryRecord | undefined;
}

/** A canary by its version's number. */
export interface CanaryRecord {
  readonly version: number;
  readonly percent: number;
  readonly sticky?: Sticky;
}

/**
 * How far a version has come. `received`: its program and settings are kept. `preparing`: it is compiled, verified,
 * linked and asked for its health. `ready`: it may be activated. `failed`: it never will be.
 */
export type VersionProgress = "received" | "preparing" | "ready" | "failed";

/** A version. */
export interface VersionRecord {
  readonly number: number;
  readonly module: string;
  /** Once it is ready. */
  readonly artifact: string | undefined;
  readonly settings: VersionSettings;
  readonly note: string | undefined;
  readonly createdMs: number;
  /** The token that has deployed it. */
  readonly createdBy: string;
  readonly state: VersionProgress;
  /** Why it has failed. */
  readonly diagnostics: readonly Diagnostic[];
  /** What its preparation has found out. */
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  /** When it was activated last. */
  readonly activatedMs: number | undefined;
}

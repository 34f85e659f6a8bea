/** What control needs of the world and of the rest of the node, as parameters. */

import type { ByteSource, Diagnostic } from "@skerry/base";
import type { ServiceState, TenantState, VersionSettings } from "./model.ts";

/** A content as it lies in files. */
export interface StoredContent {
  readonly digest: string;
  readonly bytes: number;
  /** When it was put, last. */
  readonly putMs: number;
}

/** Contents by their digests: modules as they were uploaded, artifacts as they run. What fails throws a SkerryError. */
export interface ArtifactStore {
  has(digest: string): Promise<boolean>;
  /** All of it; undefined where it is not there. What was damaged is an error. */
  read(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Keeps all that the source gives: on the disk for good once this resolves, and nothing of it where it does not.
   *
   * @returns what was put, or why it was not: more bytes than that, or others than `digest` says
   */
  put(source: ByteSource, bytesMax: number, digest?: string): Promise<StoredContent | PutRefused>;
  list(): AsyncIterable<StoredContent>;
  /** Removes a content, unless it was put since. */
  remove(digest: string, putBeforeMs: number): Promise<boolean>;
}

/** Why a content was not kept. */
export type PutRefused = "too large" | "other content";

/** A version that is to be prepared. */
export interface Preparation {
  readonly tenant: string;
  readonly service: string;
  readonly number: number;
  /** The module as it was uploaded. */
  readonly module: string;
  readonly settings: VersionSettings;
}

/** What a preparation comes to. */
export type PreparationResult =
  | {
    readonly kind: "ready";
    readonly artifact: string;
    /** What there is to tell about it: plain JSON. */
    readonly facts: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[] };

/** Compiles, verifies, links and tries versions: elsewhere, since what it is given is hostile. */
export interface Preparer {
  /** @throws SkerryError where it could not even try, so that another try may do better */
  prepare(version: Preparation): Promise<PreparationResult>;
}

/** What cells are told. Of two states of a thing the one with the higher revision is the later. */
export type Change =
  | { readonly kind: "service"; readonly service: ServiceState }
  | {
    readonly kind: "service removed";
    readonly tenant: string;
    readonly name: string;
    readonly revision: number;
  }
  | { readonly kind: "tenant"; readonly tenant: TenantState }
  /** With all its services. */
  | { readonly kind: "tenant removed"; readonly name: string; readonly revision: number };

/** How many cells have a change, of how many there are. */
export interface Acknowledgement {
  readonly acknowledged: number;
  readonly of: number;
}

/** The way to the cells. */
export interface Changes {
  /** Resolves once every cell has taken the change, or `wallMsMax` is over. A cell that starts later asks for all. */
  publish(change: Change, wallMsMax: number): Promise<Acknowledgement>;
}

/** A secret under seal. */
export interface Sealed {
  /** Which key it is sealed with. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Seals secrets, so that what lies on the disk says nothing. */
export interface Sealer {
  /** The key that is sealed with now. */
  readonly key: string;
  /** @param owner what the seal is bound to: it opens for nothing else */
  seal(plain: Uint8Array, owner: string): Promise<Sealed>;
  /** @throws SkerryError where the key is gone, or the seal is another's or broken */
  open(sealed: Sealed, owner: string): Promise<Uint8Array>;
  /** Makes a new key, which is sealed with from now on. */
  rotate(): Promise<void>;
  /** Forgets keys that nothing is sealed with any more. */
  forget(unused: (key: string) => boolean): Promise<void>;
}

/** A control with nothing around it: contents in memory, a preparer that is told what to say, cells that take notes. */

import {
  type ByteSource,
  type Clock,
  concatBytes,
  type Database,
  encodeUtf8,
  seededRandom,
  sha256,
  sourceOf,
} from "@skerry/base";
import { openDatabase, openSealer } from "@skerry/platform";
import { Control } from "../control.ts";
import type { ControlLimits } from "../limits.ts";
import type { VersionSettings } from "../model.ts";
import { digestText } from "../names.ts";
import type {
  Acknowledgement,
  ArtifactStore,
  Change,
  Preparation,
  PreparationResult,
  StoredContent,
} from "../ports.ts";
import type { Actor } from "../records.ts";

/** Who may do everything. */
export const operator: Actor = { id: "operator", isOperator: true };

/** Somebody of a tenant. */
export const developer: Actor = { id: "developer", isOperator: false };

/** A clock that a test moves. */
export interface TestClock extends Clock {
  nowMs: number;
}

/** What a test looks at and sets. */
export interface TestNode {
  control: Control;
  readonly clock: TestClock;
  readonly contents: Map<string, StoredContent & { readonly content: Uint8Array }>;
  readonly changes: Change[];
  /** Services that it was told would be added, by their full names. */
  readonly added: string[];
  /** What is said of the next versions; ready unless told. */
  prepare: (version: Preparation) => PreparationResult | Promise<PreparationResult>;
  /** What stands between control and its database after the next crash. */
  wrap: (database: Database) => Database;
  /** What cells say to the next changes. */
  acknowledgement: Acknowledgement;
  /** Ends the process as a crash does, and starts another one over the same state. */
  crash(): Promise<void>;
  /** Uploads a module for a tenant. */
  upload(tenant: string, text: string): Promise<string>;
  close(): void;
}

/** Makes a node with its state in a folder of its own. */
export async function testNode(limits: Partial<ControlLimits> = {}): Promise<TestNode> {
  const folder = Deno.makeTempDirSync();
  const clock = testClock();
  const contents: TestNode["contents"] = new Map();
  const artifacts = memoryArtifacts(contents, clock);
  const changes: Change[] = [];
  const added: string[] = [];
  const random = seededRandom(1n);
  let close = () => {};
  const start = async () => {
    const database = openDatabase(`${folder}/state.db`, { survives: "process end" });
    // What has died already is closed.
    close = () => {
      try {
        database.close();
      } catch (error) {
        if (!/not open/.test(String(error))) throw error;
      }
    };
    return new Control({
      database: node.wrap(database),
      clock,
      random,
      artifacts,
      preparer: { prepare: async (version) => await node.prepare(version) },
      changes: {
        publish(change) {
          changes.push(structuredClone(change));
          return Promise.resolve(node.acknowledgement);
        },
      },
      sealer: await openSealer(`${folder}/secret.key`),
      limits,
      onServiceAdded: (tenant, service) => void added.push(`${tenant}/${service}`),
    });
  };
  const node: TestNode = {
    control: undefined as unknown as Control,
    clock,
    contents,
    changes,
    added,
    prepare: ({ module }) => ({ kind: "ready", artifact: artifactOf(module), facts: {} }),
    wrap: (database) => database,
    acknowledgement: { acknowledged: 2, of: 2 },
    async crash() {
      close();
      node.control = await start();
    },
    async upload(tenant, text) {
      const digest = digestText(await sha256(encodeUtf8(text)));
      await node.control.modules.receive(developer, tenant, digest, sourceOf(text));
      return digest;
    },
    close() {
      close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
  node.control = await start();
  return node;
}

/** The digest of the artifact that is made of a module here. */
export function artifactOf(module: string): string {
  return `sha256:${module.slice(-32)}${module.slice(7, 39)}`;
}

/** The plainest settings, for a host. */
export function settingsFor(host: string, more: Partial<VersionSettings> = {}): VersionSettings {
  return { env: {}, routes: [{ host, prefix: "" }], backends: {}, ...more };
}

function testClock(): TestClock {
  const clock = {
    nowMs: 1_800_000_000_000,
    wallNs: () => BigInt(clock.nowMs) * 1_000_000n,
    monotonicNs: () => BigInt(clock.nowMs) * 1_000_000n,
    resolutionNs: 1_000_000n,
    sleep: () => Promise.resolve(),
  };
  return clock;
}

function memoryArtifacts(contents: TestNode["contents"], clock: TestClock): ArtifactStore {
  return {
    has: (digest) => Promise.resolve(contents.has(digest)),
    read: (digest) => Promise.resolve(contents.get(digest)?.content.slice()),
    async put(source, bytesMax, wanted) {
      const content = await all(source, bytesMax);
      if (content === undefined) return "too large";
      const digest = digestText(await sha256(content));
      if (wanted !== undefined && wanted !== digest) return "other content";
      const stored = { digest, bytes: content.length, putMs: clock.nowMs };
      contents.set(digest, { ...stored, content });
      return stored;
    },
    async *list() {
      yield* [...contents.values()];
    },
    remove(digest, putBeforeMs) {
      const found = contents.get(digest);
      if (found === undefined || found.putMs >= putBeforeMs) return Promise.resolve(false);
      return Promise.resolve(contents.delete(digest));
    },
  };
}

async function all(source: ByteSource, bytesMax: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  for (let bytes = 0;;) {
    const piece = await source.read(65_536);
    if (piece.length === 0) return concatBytes(pieces);
    bytes += piece.length;
    if (bytes > bytesMax) return undefined;
    pieces.push(piece);
  }
}

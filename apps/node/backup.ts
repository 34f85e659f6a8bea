/**
 * A copy of a node's state, taken while the node runs. What is in it fits together: a database is read in one
 * transaction, contents never change under their names, and the keys are those that the copied secrets are sealed with.
 */

import { limits, SkerryError, sourceOf } from "@skerry/base";
import type { ArtifactStore } from "@skerry/control";
import {
  exists,
  openArtifactFiles,
  openDatabase,
  openPrivateFolder,
  readFile,
  writePrivateFile,
} from "@skerry/platform";

/** What a copy has. */
export interface BackupFacts {
  readonly services: number;
  readonly versions: number;
  /** Modules and artifacts. */
  readonly contents: number;
}

/** How often it is begun again where a service is removed, or keys are changed, meanwhile. */
const attemptsMax = 5;

const smallFileBytesMax = 1024 * 1024;

/**
 * Copies a node's state to a folder that is not there yet, and is there whole in the end or not at all.
 *
 * @throws SkerryError where there is no state, or it cannot be copied
 */
export async function backUp(stateFolder: string, to: string): Promise<BackupFacts> {
  if (!await exists(`${stateFolder}/state.db`)) {
    throw new SkerryError("SKERRY_FILE_UNREADABLE", "this is no state of a node", {
      where: stateFolder,
    });
  }
  if (await exists(to)) {
    throw new SkerryError("SKERRY_FILE_UNWRITABLE", "something is there already", {
      where: to,
      remedy: "name a folder that is not there yet",
    });
  }
  const partial = await openPrivateFolder(`${to}.${crypto.randomUUID()}.partial`);
  try {
    const facts = await copyDeployments(stateFolder, partial);
    await openPrivateFolder(`${partial}/kv`);
    await copyDatabase(`${stateFolder}/kv/kv.db`, `${partial}/kv/kv.db`);
    const token = `${stateFolder}/admin.token`;
    if (await exists(token)) await copySmall(token, `${partial}/admin.token`);
    await Deno.rename(partial, to);
    return facts;
  } catch (error) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** The deployments, what they consist of, and the keys of their secrets. */
async function copyDeployments(from: string, to: string): Promise<BackupFacts> {
  const [source, target] = [
    await openArtifactFiles(`${from}/artifacts`, limits.artifactBytesMax),
    await openArtifactFiles(`${to}/artifacts`, limits.artifactBytesMax),
  ];
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    await copySmall(`${from}/secret.key`, `${to}/secret.key`);
    await Deno.remove(`${to}/state.db`).catch(() => {});
    await copyDatabase(`${from}/state.db`, `${to}/state.db`);
    const { digests, ...facts } = factsOf(`${to}/state.db`);
    const missing = await copyContents(digests, source, target);
    const isSame = await areSame(`${from}/secret.key`, `${to}/secret.key`);
    if (isSame && missing === undefined) return { ...facts, contents: digests.length };
  }
  throw new SkerryError("SKERRY_NODE_FAILED", "deployments and what they consist of do not agree", {
    where: from,
    remedy: "try again when nobody removes services; else look for files that are gone",
  });
}

/** @returns the first that is not there */
async function copyContents(
  digests: readonly string[],
  source: ArtifactStore,
  target: ArtifactStore,
): Promise<string | undefined> {
  for (const digest of digests) {
    if (await target.has(digest)) continue;
    const bytes = await source.read(digest);
    if (bytes === undefined) return digest;
    await target.put(sourceOf(bytes), limits.artifactBytesMax, digest);
  }
  return undefined;
}

/** A copy that nobody has open, and that is whole: what its versions consist of, and how many they are. */
function factsOf(path: string) {
  const database = openDatabase(path, { survives: "power loss" });
  try {
    const count = (table: string) =>
      Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]);
    const digests = database.prepare(
      "SELECT module AS digest FROM versions WHERE state <> 'failed' UNION " +
        "SELECT artifact FROM versions WHERE artifact IS NOT NULL",
    ).all().map(({ digest }) => String(digest));
    return { digests, services: count("services"), versions: count("versions") };
  } finally {
    database.close();
  }
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const database = openDatabase(from, { survives: "power loss" });
  try {
    database.prepare("VACUUM INTO ?").run(to);
  } finally {
    database.close();
  }
  using file = await Deno.open(to, { write: true });
  await file.sync();
}

async function copySmall(from: string, to: string): Promise<void> {
  await writePrivateFile(to, await readFile(from, smallFileBytesMax));
}

async function areSame(left: string, right: string): Promise<boolean> {
  const [a, b] = [
    await readFile(left, smallFileBytesMax),
    await readFile(right, smallFileBytesMax),
  ];
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** All that a target is made of, read at once, with keys that tell whether it is what it was before. */

import { createHash } from "node:crypto";
import { limits } from "@skerry/base";
import { isFolder, listFiles, listFolders, modifiedMs } from "@skerry/platform";
import { type ProjectSources, readProject } from "../build_project.ts";
import type { BundleOption } from "../bundles.ts";
import { readModule } from "../load.ts";
import type { TargetPlan } from "../services.ts";

/** What a target is made of. */
export interface Inputs {
  readonly plan: TargetPlan;
  /** Undefined where the module is prebuilt, and then it is here. */
  readonly project: ProjectSources | undefined;
  readonly module: Uint8Array<ArrayBuffer> | undefined;
  /** The same for the same module. */
  readonly moduleKey: string;
  /** With the module, what decides of the program. */
  readonly programFacts: string;
  /** With the program, what decides of what is served. */
  readonly serviceFacts: string;
  /** The same where everything is. */
  readonly key: string;
}

/** Entries of a bundle's folder. */
const bundleEntriesMax = 20_000;

/** Reads what a plan names. */
export async function readInputs(plan: TargetPlan): Promise<Inputs> {
  const { loaded, service } = plan;
  const isBuilt = loaded?.manifest.language !== undefined;
  const project = isBuilt ? await readProject(loaded) : undefined;
  const module = isBuilt ? undefined : await readModule(service.module, limits.artifactBytesMax);
  const bundlesKey = keyOf(await Promise.all(service.bundles.map(bundleFacts)));
  const moduleKey = project === undefined
    ? keyOf([module ?? ""])
    : keyOf([...buildFacts(plan, project, bundlesKey)]);
  const { settings, snapshot, initialised } = service;
  const { maxMemory, allowGc, allowNoYield } = settings;
  const loading = [snapshot, initialised, maxMemory, allowGc, allowNoYield];
  const programFacts = JSON.stringify([bundlesKey, loading]);
  const serviceFacts = JSON.stringify([plan.prefixes, service], plainly);
  const key = keyOf([moduleKey, programFacts, serviceFacts]);
  return { plan, project, module, moduleKey, programFacts, serviceFacts, key };
}

/** What a build depends on. */
function* buildFacts(
  { loaded }: TargetPlan,
  { language, entry, sources }: ProjectSources,
  bundlesKey: string,
): Iterable<string | Uint8Array> {
  const { name, flags, snapshot, memoryBytesMax } = loaded?.manifest ?? {};
  // An initialisation finds the bundles, and leaves something of them in the module.
  const initialisation = snapshot && [snapshot, memoryBytesMax, bundlesKey];
  yield JSON.stringify([name, language, entry, flags, initialisation]);
  for (const [path, content] of sources) {
    // The manifest is among the files, and what of it matters stands above.
    if (path === "skerry.toml") continue;
    yield path;
    yield content;
  }
}

/** When each of a bundle's files was written. They may be many and large, and are not read for this. */
async function bundleFacts({ path }: BundleOption): Promise<string> {
  if (!await isFolder(path)) return `${path} ${await modifiedMs(path)}`;
  const none = new Set<string>();
  const facts: unknown[] = await listFolders(path, none, bundleEntriesMax);
  for (const file of await listFiles(path, none, bundleEntriesMax)) {
    facts.push(file, await modifiedMs(`${path}/${file}`));
  }
  return JSON.stringify([path, facts]);
}

/** A digest of all parts, and of where each ends. */
export function keyOf(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    hash.update(`${bytes.length} `).update(bytes);
  }
  return hash.digest("hex");
}

function plainly(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  return value instanceof Map ? [...value] : value;
}

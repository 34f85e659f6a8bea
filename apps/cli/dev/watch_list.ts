/** Where to look for changes of a target. */

import { folderOf, isFolder, listFolders } from "@skerry/platform";
import { skippedFolders } from "../build_project.ts";
import { manifestPath } from "../load.ts";
import type { TargetPlan } from "../services.ts";
import type { WatchList } from "./messages.ts";

/** Folders that are watched for one target. */
const foldersMax = 4000;

const nothingSkipped: ReadonlySet<string> = new Set();

/**
 * The folders that a target's files are in. A project's are all of its folder but those that hold no sources; its
 * bundles and a prebuilt module count wherever they are.
 *
 * @param plan undefined where the manifest cannot be read
 */
export async function watchListOf(
  target: string,
  plan: TargetPlan | undefined,
): Promise<WatchList> {
  const manifest = await manifestPath(target);
  if (manifest === undefined) {
    const folder = folderOf(target);
    return { folders: await isFolder(folder) ? [folder] : [], names: [nameIn(target)] };
  }
  const found = new Set(await foldersBelow(folderOf(manifest), skippedFolders));
  for (const { path } of plan?.service.bundles ?? []) {
    const inside = await isFolder(path);
    for (const folder of inside ? await foldersBelow(path, nothingSkipped) : []) found.add(folder);
    if (!inside) found.add(folderOf(path));
  }
  if (plan?.loaded !== undefined && plan.loaded.manifest.language === undefined) {
    found.add(folderOf(plan.service.module));
  }
  const folders: string[] = [];
  for (const folder of [...found].sort()) if (await isFolder(folder)) folders.push(folder);
  return { folders, names: undefined };
}

/** None where they cannot be listed: whoever looks again later may find them. */
function foldersBelow(folder: string, skip: ReadonlySet<string>): Promise<string[]> {
  return listFolders(folder, skip, foldersMax).catch(() => []);
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What is uploaded of a project: its module with its initialisation behind it and its bundles in it. */

import { limits } from "@skerry/base";
import { readFile } from "@skerry/platform";
import { buildProject, bundlesOf, isStale, modulePath } from "./build_project.ts";
import { readBundles, withBundles } from "./bundles.ts";
import { initialiseModule } from "./initialise_module.ts";
import type { LoadedManifest } from "./load.ts";
import { note } from "./output.ts";

/** Builds the project where that is due, and gives what a node is to be sent. */
export async function deployedModule(loaded: LoadedManifest): Promise<Uint8Array<ArrayBuffer>> {
  const { manifest } = loaded;
  if (!manifest.hasProgram) return programOfNone;
  if (await isStale(loaded)) {
    note(`Building ${manifest.name} …`);
    const { warnings } = await buildProject(loaded);
    for (const warning of warnings) note(warning);
  }
  const path = modulePath(loaded);
  const module = await readFile(path, limits.moduleBytesMax);
  const { snapshot, language, memoryBytesMax } = manifest;
  // What was built here has its initialisation behind it, and so its bundles in it.
  if (snapshot !== undefined && language !== undefined) return module;
  const bundles = await readBundles(bundlesOf(loaded));
  if (snapshot === undefined) return withBundles(module, bundles);
  note(`Initialising ${manifest.name} …`);
  return await initialiseModule(path, module, { export: snapshot, memoryBytesMax, bundles });
}

/** What stands for a program where all routes lead to backends: nobody asks it, and it ends at once. */
const programOfNone = Uint8Array.of(
  // The magic number and version; a type without parameters and results; a function of it; `_start`; its empty body.
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x0a, 0x01, 0x06, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0x00, 0x00],
  ...[0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b],
);

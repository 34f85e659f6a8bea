/** Builds the program that a manifest names. */

import { matchesGlob } from "node:path";
import { formatDiagnostic, SkerryError } from "@skerry/base";
import { build, type BuildOptions, type Language } from "@skerry/languages";
import { listFiles, modifiedMs, readFile, writeFile } from "@skerry/platform";
import { type BundleOption, readBundles } from "./bundles.ts";
import { initialiseModule } from "./initialise_module.ts";
import type { LoadedManifest } from "./load.ts";

/** What a build made. */
export interface BuildReport {
  readonly name: string;
  readonly module: string;
  readonly bytes: number;
  /** Warnings, as lines for people. */
  readonly warnings: readonly string[];
}

/** Bounds of a project. */
const projectFilesMax = 5000;
const projectBytesMax = 16 * 1024 * 1024;

/** What is built: the files of a project, by their paths in its folder. */
export interface ProjectSources {
  readonly language: Language;
  readonly sources: ReadonlyMap<string, Uint8Array>;
  readonly entry: string;
}

/** A module as its compiler made it, its initialisation behind it. */
export interface CompiledProject {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** As lines for people. */
  readonly warnings: readonly string[];
}

/** Folders that hold no sources. */
export const skippedFolders: ReadonlySet<string> = new Set(["node_modules", "build", ".git"]);

/** Builds the module, runs its initialisation where the manifest names one, and writes it where the manifest says. */
export async function buildProject(loaded: LoadedManifest): Promise<BuildReport> {
  const { wasm, warnings } = await compileProject(loaded, await readProject(loaded));
  const module = modulePath(loaded);
  await writeFile(module, wasm);
  return { name: loaded.manifest.name, module, bytes: wasm.length, warnings };
}

/** Reads what is to be built. */
export async function readProject(loaded: LoadedManifest): Promise<ProjectSources> {
  const { language } = loaded.manifest;
  if (language === undefined) {
    throw new SkerryError(
      "SKERRY_BUILD_FAILED",
      "its module is prebuilt: there is nothing to build",
      {
        where: loaded.path,
        remedy: 'name a "language" and its sources in [build]',
      },
    );
  }
  return { language, ...await readSources(loaded, language) };
}

/** Builds what was read, and runs the initialisation that the manifest names. Nothing is written. */
export async function compileProject(
  loaded: LoadedManifest,
  { language, sources, entry }: ProjectSources,
  optimize: NonNullable<BuildOptions["optimize"]> = "speed",
): Promise<CompiledProject> {
  const { folder, manifest } = loaded;
  const { name, flags, snapshot, memoryBytesMax } = manifest;
  const result = await build(language, sources, { entry, flags, optimize });
  const { diagnostics } = result.ok ? result.value : result.error;
  const lines = diagnostics.map((message) =>
    formatDiagnostic(message.file === undefined ? name : `${folder}/${message.file}`, message)
  );
  if (!result.ok) {
    throw new SkerryError("SKERRY_BUILD_FAILED", `${name} does not build\n${lines.join("\n")}`);
  }
  const wasm = snapshot === undefined
    ? result.value.wasm
    : await initialiseModule(modulePath(loaded), result.value.wasm, {
      export: snapshot,
      memoryBytesMax,
      bundles: await readBundles(bundlesOf(loaded)),
    });
  return { wasm, warnings: lines };
}

/** Where a manifest's module is. */
export function modulePath({ folder, manifest }: LoadedManifest): string {
  return `${folder}/${manifest.module}`;
}

/** The bundles that a manifest names, with their paths from here. */
export function bundlesOf({ folder, manifest }: LoadedManifest): BundleOption[] {
  return manifest.bundles.map(({ guest, path, mode }) => ({
    guest,
    path: `${folder}/${path}`,
    mode,
  }));
}

/** Whether the module has to be built: it is missing, or older than a file of its project. */
export async function isStale(loaded: LoadedManifest): Promise<boolean> {
  if (loaded.manifest.language === undefined) return false;
  const builtMs = await modifiedMs(modulePath(loaded));
  if (builtMs === undefined) return true;
  for (const file of await projectFiles(loaded.folder)) {
    if ((await modifiedMs(`${loaded.folder}/${file}`) ?? 0) > builtMs) return true;
  }
  return false;
}

function projectFiles(folder: string): Promise<string[]> {
  return listFiles(folder, skippedFolders, projectFilesMax);
}

/** The named sources, and every other file that they may include or import. */
async function readSources(
  { folder, manifest, path }: LoadedManifest,
  language: Language,
): Promise<{ sources: Map<string, Uint8Array>; entry: string }> {
  const all = (await projectFiles(folder)).filter((file) =>
    !manifest.bundles.some(({ path }) => file === path || file.startsWith(`${path}/`))
  );
  const named = manifest.sources.flatMap((pattern) => {
    const matches = all.filter((file) => file === pattern || matchesGlob(file, pattern));
    if (matches.length > 0) return matches;
    throw new SkerryError("SKERRY_BUILD_FAILED", `no file matches the source "${pattern}"`, {
      where: path,
      remedy: "correct `sources` in [build], or add the file",
    });
  });
  const compiledApart = language === "c" || language === "cpp";
  const others = all.filter((file) => !compiledApart || !/\.(c|cc|cpp|cxx)$/i.test(file));
  const sources = new Map<string, Uint8Array>();
  let bytesLeft = projectBytesMax;
  for (const file of new Set([...named, ...others])) {
    const content = await readFile(`${folder}/${file}`, bytesLeft);
    bytesLeft -= content.length;
    sources.set(file, content);
  }
  return { sources, entry: named[0] ?? "" };
}

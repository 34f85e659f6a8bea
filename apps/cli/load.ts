/** From a path on the command line to a program that can be run. */

import { limits, SkerryError } from "@skerry/base";
import { type Manifest, type ManifestUse, parseManifest } from "@skerry/manifest";
import { exists, folderOf, isFolder, readFile, readText } from "@skerry/platform";
import { compile, type CompileOptions, type Program } from "@skerry/sandbox";
import type { Bundle } from "@skerry/wasi";
import { readStdin } from "./given_value.ts";
import { initialiseModule } from "./initialise_module.ts";
import { programInterfaces } from "./local_hostcalls.ts";
import { refusedModule, withDiagnostics } from "./module_refusal.ts";

/** A manifest and where it was found. */
export interface LoadedManifest {
  readonly path: string;
  /** The folder that its paths are relative to. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The path of the manifest that a folder or a path names; undefined where the path is a module. */
export async function manifestPath(path: string): Promise<string | undefined> {
  if (await isFolder(path)) return `${path.replace(/\/$/, "")}/skerry.toml`;
  return path.endsWith(".toml") ? path : undefined;
}

/** Reads and checks a manifest. */
export async function loadManifest(path: string, use?: ManifestUse): Promise<LoadedManifest> {
  if (!await exists(path)) {
    throw new SkerryError("SKERRY_FILE_UNREADABLE", "there is no manifest here", {
      where: path,
      remedy: "`skerry new NAME --language c` makes a project with one",
    });
  }
  const parsed = parseManifest(await readText(path, 1024 * 1024), use);
  if (!parsed.ok) {
    throw withDiagnostics("SKERRY_MANIFEST_INVALID", "mistakes in", path, parsed.error);
  }
  return { path, folder: folderOf(path), manifest: parsed.value };
}

/** Reads a module's bytes; `-` is standard input. */
export async function readModule(
  path: string,
  bytesMax: number = limits.moduleBytesMax,
): Promise<Uint8Array<ArrayBuffer>> {
  if (path !== "-") return await readFile(path, bytesMax);
  return await readStdin(bytesMax, "the module is too large");
}

/** What a program is loaded with. */
export interface LoadOptions {
  readonly memoryBytesMax?: number | undefined;
  readonly engineHeap?: CompileOptions["engineHeap"];
  /** Whether a module gets its isolation compiled in; an artifact is taken as it is. */
  readonly isolation?: CompileOptions["isolation"];
  /** Passes that an artifact must have been made with. */
  readonly requires?: CompileOptions["requires"];
  /** The export that initialises it, run once before anything else; an artifact has that behind it. */
  readonly snapshot?: string | undefined;
  /** What the initialisation finds mounted, and leaves in the module. */
  readonly bundles?: readonly Bundle[];
}

/** Compiles a module, or verifies an artifact, for the interfaces that Skerry offers. */
export async function loadProgram(path: string, options: LoadOptions = {}): Promise<Program> {
  return await programOf(path, await readModule(path, limits.artifactBytesMax), options);
}

/** As {@link loadProgram}, where the bytes are known already. `path` is where they come from. */
export async function programOf(
  path: string,
  given: Uint8Array<ArrayBuffer>,
  options: LoadOptions = {},
): Promise<Program> {
  const { snapshot, memoryBytesMax, engineHeap = "allowed" } = options;
  const bytes = snapshot === undefined ? given : await initialiseModule(path, given, {
    export: snapshot,
    memoryBytesMax,
    engineHeap,
    ...(options.bundles !== undefined && { bundles: options.bundles }),
  });
  const compiled = await compile(bytes, {
    interfaces: programInterfaces,
    memoryBytesMax: memoryBytesMax ?? limits.memoryBytesMax,
    tableElementsMax: limits.tableElementsMax,
    engineHeap,
    isolation: options.isolation ?? "none",
    requires: options.requires ?? [],
  });
  if (!compiled.ok) throw refusedModule(path, compiled.error);
  return compiled.value;
}

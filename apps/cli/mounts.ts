/**
 * What a program finds mounted when it starts: bundles that it brings along or that the manifest names, and
 * directories of this machine. Each is opened once, and asked for what one run or request is given of it.
 */

import { type Clock, limits, SkerryError } from "@skerry/base";
import type { Program } from "@skerry/sandbox";
import {
  type Bundle,
  bundleSectionName,
  MemoryBudget,
  memoryFileSystem,
  type MemoryFileSystemOptions,
  mountBundle,
  overlayFileSystem,
  type Preopen,
  readBundleSection,
  TreeBudget,
} from "@skerry/wasi";
import { openDirectory } from "./hand_over.ts";
import type { DirectoryOption } from "./options.ts";

/** Something that is mounted. */
export interface GuestMount {
  readonly guestPath: string;
  /** What one run or request gets of it; what it writes to a layer of its own is bounded. */
  readonly preopen: (bounds: MemoryFileSystemOptions) => Preopen;
}

/** What one request may write to all file systems that are its own. */
export function requestBounds(clock: Clock): MemoryFileSystemOptions {
  const { privateFilesBytesMax, privateFilesMax } = limits;
  return { clock, budget: new MemoryBudget(privateFilesBytesMax, privateFilesMax) };
}

/** What one run may, on this terminal. */
export function runBounds(clock: Clock): MemoryFileSystemOptions {
  const { runFilesBytesMax, runFilesMax } = limits;
  return { clock, budget: new MemoryBudget(runFilesBytesMax, runFilesMax) };
}

/**
 * All that a program finds, bundles first, in the order in which its initialisation found them. What stands later has
 * the place of what goes by the same path: the manifest wins over the program, and a directory over both.
 */
export function mountsOf(
  program: Program,
  bundles: readonly Bundle[],
  directories: readonly DirectoryOption[],
): GuestMount[] {
  const brought = program.customSections(bundleSectionName).map(readBundleSection);
  const mounts = new Map<string, () => GuestMount>();
  const budget = new TreeBudget();
  for (const bundle of [...brought, ...bundles]) {
    const { guestPath } = bundle;
    mounts.set(guestPath, () => ({ guestPath, preopen: mountBundle(bundle, budget) }));
  }
  for (const directory of directories) mounts.set(directory.guest, () => directoryMount(directory));
  checkMounts(mounts.size);
  return [...mounts.values()].map((open) => open());
}

/** Refuses more than a guest has descriptors for: a module says itself how many bundles it brings along. */
export function checkMounts(count: number): void {
  if (count <= limits.guestMountsMax) return;
  const found = `${count} bundles and directories are to be mounted`;
  throw new SkerryError("SKERRY_BUNDLE_REFUSED", `${found}, and ${limits.guestMountsMax} can be`, {
    remedy: "put more into one of them",
  });
}

/** `/tmp` for one request, gone with it. */
export function privateFolder(bounds: MemoryFileSystemOptions): Preopen {
  return { guestPath: "/tmp", fileSystem: memoryFileSystem(bounds) };
}

function directoryMount(option: DirectoryOption): GuestMount {
  const { guest: guestPath, mode } = option;
  const directory = openDirectory(option);
  if (mode !== "cow") return { guestPath, preopen: () => ({ guestPath, fileSystem: directory }) };
  return {
    guestPath,
    preopen: (bounds) => ({ guestPath, fileSystem: overlayFileSystem(directory, bounds) }),
  };
}

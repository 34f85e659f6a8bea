/**
 * The custom section `skerry.bundle`: a bundle inside a module or artifact, and where a guest finds it
 * (docs/artifact.md). A module may bring one along, so it is read as hostile.
 */

import { concatBytes, decodeUtf8, encodeUtf8, SkerryError } from "@skerry/base";
import { openBundle } from "./bundle_read.ts";
import type { Preopen } from "./context.ts";
import type { TreeBudget } from "./frozen_tree.ts";
import { pathBytesMax } from "./limits.ts";
import type { MemoryFileSystemOptions } from "./memory_budget.ts";
import { overlayFileSystem } from "./overlay_file_system.ts";

/** The section's name. A module can have several; of two for one path the later one counts. */
export const bundleSectionName = "skerry.bundle";

/** What a guest may do with a bundle: `cow` has it write to a layer of its own, `ro` has it read. */
export type BundleMode = "cow" | "ro";

/** A bundle and its place. */
export interface Bundle {
  /** An absolute path, which the guest knows it by. */
  readonly guestPath: string;
  readonly mode: BundleMode;
  /** A tar archive. */
  readonly archive: Uint8Array;
}

const version = 1;
const modes: readonly BundleMode[] = ["cow", "ro"];
const headBytes = 6;

/** The content of the section. */
export function writeBundleSection({ guestPath, mode, archive }: Bundle): Uint8Array<ArrayBuffer> {
  const path = encodeUtf8(guestPath);
  const head = new Uint8Array(headBytes);
  head[0] = version;
  head[1] = modes.indexOf(mode);
  new DataView(head.buffer).setUint32(2, path.length, true);
  return concatBytes([head, path, archive]);
}

/**
 * Reads the content of the section; the archive is a view of it, and is not opened.
 *
 * @throws SkerryError SKERRY_BUNDLE_REFUSED where it is none, or of another version
 */
export function readBundleSection(content: Uint8Array): Bundle {
  const mode = modes[content[1] ?? modes.length];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const pathBytes = content.length < headBytes ? Infinity : view.getUint32(2, true);
  const archiveAt = headBytes + pathBytes;
  const isWhole = pathBytes <= pathBytesMax && archiveAt <= content.length;
  if (content[0] !== version || mode === undefined || !isWhole) throw unreadable();
  const guestPath = decodeUtf8(content.subarray(headBytes, archiveAt));
  if (!/^\/[^\0\ufffd]*$/.test(guestPath)) throw unreadable();
  return { guestPath, mode, archive: content.subarray(archiveAt) };
}

/**
 * Opens a bundle once, for any number of guests: what comes back makes the preopen of one of them, with a layer of
 * its own where the bundle may be written to, within the bounds that it is given.
 *
 * @param budget of all bundles that one program finds
 * @throws SkerryError SKERRY_BUNDLE_REFUSED
 */
export function mountBundle(
  bundle: Bundle,
  budget?: TreeBudget,
): (bounds: MemoryFileSystemOptions) => Preopen {
  const { guestPath, mode, archive } = bundle;
  const image = openBundle(archive, `the bundle for ${guestPath}`, budget);
  return (bounds) => ({
    guestPath,
    fileSystem: mode === "ro" ? image : overlayFileSystem(image, bounds),
  });
}

function unreadable(): SkerryError {
  return new SkerryError("SKERRY_BUNDLE_REFUSED", "its section cannot be read", {
    where: bundleSectionName,
    remedy: "compile the artifact again",
  });
}

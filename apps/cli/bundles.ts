/** Bundles of this machine: archives and folders that go into an artifact, or that a manifest names. */

import { limits, SkerryError } from "@skerry/base";
import { hostDirectory, isFolder, readFile } from "@skerry/platform";
import {
  type Bundle,
  type BundleMode,
  bundleSectionName,
  openBundle,
  packBundle,
  writeBundleSection,
} from "@skerry/wasi";
import { ByteWriter, sectionId } from "@skerry/wasm";
import { InvalidArgumentError } from "commander";

/** A bundle that the command line or a manifest names. */
export interface BundleOption {
  readonly guest: string;
  /** A tar archive, or a folder. */
  readonly path: string;
  readonly mode: BundleMode;
}

/** `PATH::GUEST[:ro]`, collected. */
export function collectBundle(text: string, previous: readonly BundleOption[]): BundleOption[] {
  const mode = text.endsWith(":ro") ? "ro" : "cow";
  const [path = "", guest = "", ...more] = text.replace(/:(ro|cow)$/, "").split("::");
  if (!guest.startsWith("/") || path === "" || more.length > 0) {
    throw new InvalidArgumentError(
      "expected PATH::GUEST or PATH::GUEST:ro, such as ./files.tar::/usr or ./folder::/data:ro",
    );
  }
  if (previous.some((other) => other.guest === guest)) {
    throw new InvalidArgumentError(`two bundles cannot both be at ${guest}`);
  }
  return [...previous, { guest, path, mode }];
}

/** Reads archives and packs folders; all are opened once, so that what is wrong with them is said now. */
export async function readBundles(options: readonly BundleOption[]): Promise<Bundle[]> {
  const bundles: Bundle[] = [];
  for (const { guest, path, mode } of options) {
    const archive = await isFolder(path)
      ? await packBundle(hostDirectory(path, { readOnly: true }))
      : await readFile(path, limits.moduleBytesMax);
    if (archive[0] === 0x1f && archive[1] === 0x8b) {
      throw new SkerryError("SKERRY_BUNDLE_REFUSED", "the archive is compressed", {
        where: path,
        remedy: "unpack it with gunzip",
      });
    }
    openBundle(archive, path);
    bundles.push({ guestPath: guest, mode, archive });
  }
  return bundles;
}

/** Bundles as custom sections of an artifact. */
export function bundleSections(bundles: readonly Bundle[]) {
  return bundles.map((bundle) => ({
    name: bundleSectionName,
    content: writeBundleSection(bundle),
  }));
}

/** A module with bundles as custom sections behind all others. */
export function withBundles(
  module: Uint8Array<ArrayBuffer>,
  bundles: readonly Bundle[],
): Uint8Array<ArrayBuffer> {
  if (bundles.length === 0) return module;
  const writer = new ByteWriter(module.length).raw(module);
  for (const { name, content } of bundleSections(bundles)) {
    const section = writer.u8(sectionId.custom).beginSized();
    writer.name(name).raw(content).endSized(section);
  }
  return writer.toBytes();
}

/** A bundle that a module's initialisation finds mounted and may write to, and what becomes of it. */

import { bytesEqual, limits } from "@skerry/base";
import { systemClock } from "@skerry/platform";
import {
  type Bundle,
  bundleSectionName,
  memoryFileSystem,
  openBundle,
  packBundle,
  type Preopen,
  readBundleSection,
  TreeBudget,
} from "@skerry/wasi";
import { bytesOf, decodeModule } from "@skerry/wasm";
import { checkMounts } from "./mounts.ts";

/** One bundle during the initialisation. */
export class InitialisedBundle {
  readonly preopen: Preopen;
  readonly #bundle: Bundle;
  /** What it held before, packed as it will be afterwards. */
  readonly #before: Uint8Array;

  private constructor(bundle: Bundle, before: Uint8Array, preopen: Preopen) {
    this.#bundle = bundle;
    this.#before = before;
    this.preopen = preopen;
  }

  /** All that a module finds: what it brings along, and what it is given, which wins. */
  static async all(module: Uint8Array, given: readonly Bundle[]): Promise<InitialisedBundle[]> {
    const decoded = decodeModule(module);
    const customs = decoded.ok ? decoded.value.customs : [];
    const brought = customs.filter(({ name }) => name === bundleSectionName)
      .map(({ content }) => readBundleSection(bytesOf(content)));
    const bundles = new Map([...brought, ...given].map((bundle) => [bundle.guestPath, bundle]));
    checkMounts(bundles.size);
    const budget = new TreeBudget();
    const mount = (bundle: Bundle) => InitialisedBundle.#mount(bundle, budget);
    return await Promise.all([...bundles.values()].map(mount));
  }

  static async #mount(bundle: Bundle, budget: TreeBudget): Promise<InitialisedBundle> {
    const { guestPath, mode, archive } = bundle;
    const image = openBundle(archive, `the bundle for ${guestPath}`, budget);
    const bounds = {
      clock: systemClock,
      bytesMax: limits.initialisationFilesBytesMax,
      filesMax: limits.initialisationFilesMax,
    };
    const fileSystem = mode === "ro" ? image : memoryFileSystem(bounds, image);
    return new InitialisedBundle(bundle, await packBundle(image, "kept"), {
      guestPath,
      fileSystem,
    });
  }

  /** The bundle as the initialisation left it; the same archive where that changed nothing. */
  async after(): Promise<Bundle> {
    const archive = await packBundle(this.preopen.fileSystem, "kept");
    return bytesEqual(archive, this.#before) ? this.#bundle : { ...this.#bundle, archive };
  }
}

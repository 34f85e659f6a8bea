/** Every kind of file system that Skerry has, made for tests: empty, or with what another one holds. */

import { hostDirectory } from "@skerry/platform";
import type { FileSystem } from "../file_system.ts";
import { openBundle } from "../bundle_read.ts";
import { packBundle } from "../bundle_write.ts";
import { takeImage } from "../image.ts";
import { memoryFileSystem } from "../memory_file_system.ts";
import { overlayFileSystem } from "../overlay_file_system.ts";
import { TestClock } from "./guest.ts";

/** A file system to test, and what removes it. */
export interface Subject {
  readonly fileSystem: FileSystem;
  remove(): void;
}

/** Fills a file system that can be written to. */
export type Fill = (fileSystem: FileSystem) => void | Promise<void>;

/** Makes a file system of one kind, with what `fill` writes. */
export type Make = (fill: Fill) => Promise<Subject>;

const bounds = { bytesMax: 1 << 24, filesMax: 5000 };

/** What a layer can stand on, by name; each is only read. */
export const bases: Readonly<Record<string, Make>> = {
  "image": async (fill) => keep(await takeImage(await filledMemory(fill))),
  bundle,
  "host ro by descriptors": (fill) => host("descriptors", fill, "ro"),
  "host ro by paths": (fill) => host("paths", fill, "ro"),
};

/** What can be written to, by name. */
export const writable: Readonly<Record<string, Make>> = {
  "memory": async (fill) => keep(await filledMemory(fill)),
  "host rw by descriptors": (fill) => host("descriptors", fill, "rw"),
  "host rw by paths": (fill) => host("paths", fill, "rw"),
  "memory from an image": async (fill) => {
    const image = await takeImage(await filledMemory(fill));
    return keep(memoryFileSystem({ ...bounds, clock: new TestClock() }, image));
  },
  ...Object.fromEntries(
    Object.entries({ ...bases, "memory": async (fill: Fill) => keep(await filledMemory(fill)) })
      .map(([name, make]) => [`overlay on ${name}`, (fill: Fill) => layered(make, fill)]),
  ),
  "overlay on overlay on bundle": (fill) => layered((inner) => layered(bundle, inner), fill),
};

async function bundle(fill: Fill): Promise<Subject> {
  return keep(openBundle(await packBundle(await filledMemory(fill), "kept")));
}

async function layered(make: Make, fill: Fill): Promise<Subject> {
  const { fileSystem, remove } = await make(fill);
  const layer = overlayFileSystem(fileSystem, { ...bounds, clock: new TestClock() });
  return { fileSystem: layer, remove };
}

/** A memory file system with something in it. */
export async function filledMemory(fill: Fill): Promise<FileSystem> {
  const fileSystem = memoryFileSystem({ ...bounds, clock: new TestClock() });
  await fill(fileSystem);
  return fileSystem;
}

async function host(
  walk: "descriptors" | "paths",
  fill: Fill,
  mode: "ro" | "rw" = "ro",
): Promise<Subject> {
  const path = Deno.makeTempDirSync({ prefix: "skerry-file-system-" });
  await fill(hostDirectory(path, { walk }));
  return {
    fileSystem: hostDirectory(path, { walk, readOnly: mode === "ro" }),
    remove: () => Deno.removeSync(path, { recursive: true }),
  };
}

function keep(fileSystem: FileSystem): Subject {
  return { fileSystem, remove: () => {} };
}

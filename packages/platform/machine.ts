/** Facts about this machine. */

import fs from "node:fs";
import process from "node:process";

/** What a machine is. */
export interface MachineFacts {
  readonly deno: string;
  readonly v8: string;
  readonly processors: number;
  readonly memoryBytes: number;
}

/** Looks at this machine. */
export function machineFacts(): MachineFacts {
  return {
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    processors: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
  };
}

/** What this process has taken of the machine. */
export function processFigures(): { readonly residentBytes: number; readonly cpuMs: number } {
  const { user, system } = process.cpuUsage();
  return { residentBytes: Deno.memoryUsage().rss, cpuMs: (user + system) / 1e3 };
}

/** What the system calls itself since it was started; undefined where it has no name for that (random(4)). */
export function bootId(): string | undefined {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  } catch {
    return undefined;
  }
}

/** POSIX's least for open files, where the system does not tell. */
const openFilesMin = 256;

/** How many files, sockets among them, this process may have open at once. */
export function openFilesMax(): number {
  try {
    const text = Deno.readTextFileSync("/proc/self/limits");
    const count = Number(/^Max open files +(\d+)/m.exec(text)?.[1]);
    return Number.isInteger(count) ? count : openFilesMin;
  } catch {
    return openFilesMin;
  }
}

/** What Linux allows where it does not say (`DEFAULT_MAX_MAP_COUNT`). */
const mappingsDefault = 65_530;

/**
 * How many mappings of memory this process may have. One that asks for more is not told so but ended: V8 takes
 * it for a machine without memory.
 */
export function mappingsMax(): number {
  try {
    const count = Number(Deno.readTextFileSync("/proc/sys/vm/max_map_count"));
    return Number.isInteger(count) && count > 0 ? count : mappingsDefault;
  } catch {
    return mappingsDefault;
  }
}

/** How large the disk is that a folder lies on; 0 where the system does not say. */
export function diskBytes(folder: string): number {
  try {
    const { blocks, bsize } = fs.statfsSync(folder);
    return blocks * bsize;
  } catch {
    return 0;
  }
}

/** Whether files can be made in a folder: tried, not guessed. */
export async function isWritable(folder: string): Promise<boolean> {
  return await Deno.makeTempFile({ dir: folder, prefix: ".skerry-" })
    .then((path) => Deno.remove(path)).then(() => true, () => false);
}

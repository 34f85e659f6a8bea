/** Facts about this machine. */

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

/** Whether files can be made in a folder: tried, not guessed. */
export async function isWritable(folder: string): Promise<boolean> {
  return await Deno.makeTempFile({ dir: folder, prefix: ".skerry-" })
    .then((path) => Deno.remove(path)).then(() => true, () => false);
}

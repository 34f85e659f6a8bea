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

/** Whether files can be made in a folder: tried, not guessed. */
export async function isWritable(folder: string): Promise<boolean> {
  return await Deno.makeTempFile({ dir: folder, prefix: ".skerry-" })
    .then((path) => Deno.remove(path)).then(() => true, () => false);
}

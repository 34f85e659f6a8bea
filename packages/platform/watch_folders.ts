/**
 * Being told that something may have changed in folders.
 *
 * What is told are hints: some come twice, some for what is not yet whole, and where the kernel's queue runs over
 * some are lost and one is told that says so. Whoever hears one looks at the files themselves.
 */

/** A watch that runs. */
export interface FolderWatch {
  /** Nothing is told any more. */
  close(): void;
}

/** Kinds of events that change nothing. */
const idle: ReadonlySet<string> = new Set(["access"]);

/**
 * Watches what is directly in these folders, and not what is below. Looking at a file is no change.
 *
 * @param onHint told the paths that an event names; none where it names none
 * @param onLost told once where the watch has ended by itself
 * @throws where a folder cannot be watched: it is not there, or the kernel has no watches left
 */
export function watchFolders(
  folders: readonly string[],
  onHint: (paths: readonly string[]) => void,
  onLost: (error: unknown) => void,
): FolderWatch {
  const watcher = Deno.watchFs([...folders], { recursive: false });
  let isClosed = false;
  const listen = async () => {
    for await (const { kind, paths } of watcher) {
      if (!isClosed && !idle.has(kind)) onHint(paths);
    }
    if (!isClosed) onLost(new Error("the watch has ended"));
  };
  listen().catch((error) => {
    if (!isClosed) onLost(error);
  });
  return {
    close: () => {
      if (isClosed) return;
      isClosed = true;
      watcher.close();
    },
  };
}

/** Relative paths inside a project, as keys of its sources. */

/** What is wrong with a source's path, or undefined. */
export function pathFault(path: string): string | undefined {
  if (path === "") return "a path may not be empty";
  if (path.startsWith("/") || path.includes("\\") || path.includes("\0")) {
    return "a path must be relative and use /";
  }
  const sound = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return sound ? undefined : "a path may not contain empty, . or .. parts";
}

/**
 * Resolves `./x` and `../x` against the folder of another file.
 *
 * @returns undefined where the way leads out of the project
 */
export function resolvePath(from: string, relative: string): string | undefined {
  const parts = from.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

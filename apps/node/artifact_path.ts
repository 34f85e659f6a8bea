/** Where a node has its artifacts. */

/** Where an artifact is, by its digest. */
export function artifactPath(folder: string, digest: string): string {
  return `${folder}/${digest.replace(/^sha256:/, "")}`;
}

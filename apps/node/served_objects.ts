/** The disk tier as a thread has it. */

import { DiskObjects, type DiskTrouble } from "@skerry/cache";
import { objectDigests, openObjectFiles } from "@skerry/platform";
import type { ObjectsPlace } from "./messages.ts";

/**
 * Objects that a whole node shares.
 *
 * @param complain told once when the disk fails, and once when it works again
 */
export function openObjects(
  { folder, secret }: ObjectsPlace,
  complain: (problem: string) => void,
): DiskObjects {
  return new DiskObjects({
    files: openObjectFiles(folder),
    digests: objectDigests(Uint8Array.fromHex(secret)),
    nowMs: () => performance.now(),
    onTrouble: (trouble) => complain(textOf(trouble, folder)),
  });
}

function textOf(trouble: DiskTrouble, folder: string): string {
  switch (trouble.kind) {
    case "failed": {
      const { error } = trouble;
      const why = error instanceof Error ? error.message : String(error);
      return `responses cannot be written to ${folder}, and are kept in memory alone: ${why}`;
    }
    case "recovered":
      return `responses are written to ${folder} again`;
  }
}

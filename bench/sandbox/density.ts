/** How many sandboxes wait at once in one process, and what each takes while it does. */

import { runChild } from "./child.ts";

/** What marks count in. */
const pageBytes = 4096;

const suspendedWanted = 10_000;
const suspendedBeyond = 20_000;

/** What the child has found. */
export interface Density {
  readonly suspended: number;
  /** Resident memory of each, the pages that it wrote included. */
  readonly bytesEach: number;
  /** Mappings of each, as the system counts them and as the pool does. */
  readonly mappingsEach: number;
  readonly mappingsCounted: number;
  readonly mappingsMax: number;
  readonly memories: number;
  readonly memoryPages: number;
  readonly suspendedAtRefusal: number;
  readonly refused: string;
}

/** Suspends and resumes them in a process of their own. */
export async function measureDensity(): Promise<Density> {
  const args = [suspendedWanted, suspendedBeyond].map(String);
  const found = await runChild("density_child.ts", args) as Density;
  if (found.suspended !== suspendedWanted) {
    throw new Error(`${found.suspended} of ${suspendedWanted} were suspended at once`);
  }
  const refused = found.suspendedAtRefusal < suspendedBeyond;
  if (refused && found.refused !== "no mappings") {
    throw new Error(`the ${suspendedBeyond}th was refused for "${found.refused}"`);
  }
  return found;
}

/** Resident memory of a suspended sandbox, beyond the pages that its guest wrote. */
export function suspendedBytes({ bytesEach }: Density, dirtyPages: number): number {
  return Math.round(bytesEach - dirtyPages * pageBytes);
}

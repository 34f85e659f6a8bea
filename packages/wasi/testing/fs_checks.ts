/** A check of a file system through a guest's calls, and how checks become tests. */

import type { Subject } from "./fs_kinds.ts";
import { guestOf, type TestGuest } from "./guest.ts";

/** Looks at a file system as its guest. */
export type Check = (guest: TestGuest) => void | Promise<void>;

/** Registers a test for each check, by its title; each has a file system of its own. */
export function testChecks(
  name: string,
  checks: Readonly<Record<string, Check>>,
  make: () => Subject | Promise<Subject>,
): void {
  for (const [title, check] of Object.entries(checks)) {
    Deno.test(`file system: ${name}: ${title}`, async () => {
      const { fileSystem, remove } = await make();
      const guest = guestOf(fileSystem);
      try {
        await check(guest);
      } finally {
        guest.context.close();
        remove();
      }
    });
  }
}

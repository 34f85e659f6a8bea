/** What a node offers to programs. */

import type { HostInterface } from "@skerry/sandbox";
import { wasiInterfaces } from "@skerry/wasi";

/** Every interface that a program may import. */
export const guestInterfaces: readonly HostInterface<never>[] = wasiInterfaces;

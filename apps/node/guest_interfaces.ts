/** What a node offers to programs. */

import { hostcallInterfaces } from "@skerry/hostcalls";
import type { HostInterface } from "@skerry/sandbox";
import { wasiInterfaces } from "@skerry/wasi";

/** Every interface that a program may import. */
export const guestInterfaces: readonly HostInterface<never>[] = [
  ...wasiInterfaces,
  ...hostcallInterfaces,
];

/**
 * `skerry_http`: requests to backends, each as a descriptor of WASI's. docs/hostcalls.md describes it for those who call.
 *
 * What always holds: the memory that a call writes to is checked before it has an effect.
 */

import { decodeUtf8, ErrnoError, errnoOf, fail } from "@skerry/base";
import { type Guest, GuestMemoryFault, type HostInterface, immediate } from "@skerry/sandbox";
import { subrequestLimits as limits } from "./limits.ts";
import type { SubrequestAccess } from "./subrequest_access.ts";
import { readCaching } from "./subrequest_caching.ts";

const backendBytesMax = 63;

/** What a call counts as: it takes as long as some twenty small ones. */
const charge = 20;

/** request(backend, backend_len, head, head_len, fd_out) */
const request = immediate<
  SubrequestAccess,
  ["i32", "i32", "i32", "i32", "i32"],
  ["i32"]
>(
  ["i32", "i32", "i32", "i32", "i32"],
  ["i32"],
  (guest, backend, backendLength, head, headLength, result) =>
    begin(guest, [backend, backendLength], [head, headLength], 0, result),
  charge,
);

/** request_with(backend, backend_len, head, head_len, options, fd_out) */
const requestWith = immediate<
  SubrequestAccess,
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ["i32"]
>(
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  ["i32"],
  (guest, backend, backendLength, head, headLength, options, result) =>
    begin(guest, [backend, backendLength], [head, headLength], options, result),
  charge,
);

/** `skerry_http`, bound to a {@link SubrequestAccess} for each lease. */
export const subrequestInterface: HostInterface<SubrequestAccess> = {
  module: "skerry_http",
  functions: { request, request_with: requestWith },
};

type Slice = readonly [pointer: number, length: number];

function begin(
  { memory, state }: Guest<SubrequestAccess>,
  backend: Slice,
  head: Slice,
  options: number,
  result: number,
): number {
  try {
    memory.check(result, 4);
    const name = memory.view(...backend);
    const text = memory.view(...head);
    if (name.length > backendBytesMax) fail("ENOENT");
    if (text.length > limits.headBytesMax) fail("E2BIG");
    const caching = readCaching(memory, options);
    memory.writeU32(result, state.open(decodeUtf8(name), text, caching));
    return 0;
  } catch (error) {
    if (error instanceof ErrnoError) return errnoOf(error.errno);
    if (error instanceof GuestMemoryFault) return errnoOf("EFAULT");
    throw error;
  }
}

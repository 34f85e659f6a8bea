/** What is missing of preview 1: one list, each answering ENOSYS. */

import type { NumberType } from "@skerry/sandbox";
import { call, type WasiFunction } from "./call.ts";
import { fail } from "./errno.ts";

/** Functions that answer ENOSYS: there are no signals, and no sockets. */
export const unimplemented = [
  "proc_raise",
  "sock_accept",
  "sock_recv",
  "sock_send",
  "sock_shutdown",
] as const;

const signatures: Readonly<Record<typeof unimplemented[number], readonly NumberType[]>> = {
  proc_raise: ["i32"],
  sock_accept: ["i32", "i32", "i32"],
  sock_recv: ["i32", "i32", "i32", "i32", "i32", "i32"],
  sock_send: ["i32", "i32", "i32", "i32", "i32"],
  sock_shutdown: ["i32", "i32"],
};

/** These functions, by name. */
export const unimplementedFunctions: Readonly<Record<string, WasiFunction>> = Object.fromEntries(
  unimplemented.map((name) => [name, call(signatures[name], () => fail("ENOSYS"))]),
);

/** What the host says went wrong with its files and sockets, as the errors of WASI. */

import os from "node:os";
import { ErrnoError, errnoOfHostCode } from "@skerry/base";

/** Does something with the host's files or sockets; its errors become the guest's. Mistakes of ours pass through. */
export function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asErrno(error);
  }
}

/** As {@link attempt}, of something that takes its time. */
export async function attemptLater<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asErrno(error);
  }
}

function asErrno(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof ErrnoError || code === undefined || code.startsWith("ERR_")) return error;
  return new ErrnoError(errnoOfHostCode(code) ?? "EIO", String(error), error);
}

/** What `find` answers, or undefined where the host says that there is no such name. */
export function ifThere<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const hostErrnoNames: ReadonlyMap<number, string> = new Map(
  Object.entries(os.constants.errno).map(([name, number]) => [number, name]),
);

/** The POSIX name of a host's error. Deno leaves out the code of some, but not the number. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ErrnoError) return error.errno;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.name === "NotCapable") return "EACCES";
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined ? undefined : hostErrnoNames.get(Number(number));
}

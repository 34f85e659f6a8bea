/**
 * Error numbers of WASI preview 1 (`$errno` of its typenames.witx), and how a failure becomes one.
 *
 * File systems and calls throw {@link ErrnoError}; call.ts is the one place that turns it into a number.
 */

/** Every error by its POSIX name; the index is the number. `ESUCCESS` is not an error. */
export const errnoNames = [
  ...["ESUCCESS", "E2BIG", "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN"],
  ...["EALREADY", "EBADF", "EBADMSG", "EBUSY", "ECANCELED", "ECHILD", "ECONNABORTED"],
  ...["ECONNREFUSED", "ECONNRESET", "EDEADLK", "EDESTADDRREQ", "EDOM", "EDQUOT", "EEXIST"],
  ...["EFAULT", "EFBIG", "EHOSTUNREACH", "EIDRM", "EILSEQ", "EINPROGRESS", "EINTR", "EINVAL"],
  ...["EIO", "EISCONN", "EISDIR", "ELOOP", "EMFILE", "EMLINK", "EMSGSIZE", "EMULTIHOP"],
  ...["ENAMETOOLONG", "ENETDOWN", "ENETRESET", "ENETUNREACH", "ENFILE", "ENOBUFS", "ENODEV"],
  ...["ENOENT", "ENOEXEC", "ENOLCK", "ENOLINK", "ENOMEM", "ENOMSG", "ENOPROTOOPT", "ENOSPC"],
  ...["ENOSYS", "ENOTCONN", "ENOTDIR", "ENOTEMPTY", "ENOTRECOVERABLE", "ENOTSOCK", "ENOTSUP"],
  ...["ENOTTY", "ENXIO", "EOVERFLOW", "EOWNERDEAD", "EPERM", "EPIPE", "EPROTO"],
  ...["EPROTONOSUPPORT", "EPROTOTYPE", "ERANGE", "EROFS", "ESPIPE", "ESRCH", "ESTALE"],
  ...["ETIMEDOUT", "ETXTBSY", "EXDEV", "ENOTCAPABLE"],
] as const;

/** A name out of {@link errnoNames}. */
export type ErrnoName = typeof errnoNames[number];

const numbers: ReadonlyMap<string, number> = new Map(
  errnoNames.map((name, number) => [name, number]),
);

/** The number of an error. */
export function errnoOf(name: ErrnoName): number {
  return numbers.get(name) ?? 0;
}

/** A call that failed in a way which the guest is told of. */
export class ErrnoError extends Error {
  override readonly name = "ErrnoError";
  readonly errno: ErrnoName;

  constructor(errno: ErrnoName, message: string = errno, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.errno = errno;
  }
}

/** Fails the call under way with this error. */
export function fail(errno: ErrnoName): never {
  throw new ErrnoError(errno);
}

/** Codes of Node's and Linux's errors that go by another name here. */
const aliases: Readonly<Record<string, ErrnoName>> = {
  EOPNOTSUPP: "ENOTSUP",
  EWOULDBLOCK: "EAGAIN",
  EDQUOT: "ENOSPC",
};

/**
 * What a host's error means to a guest.
 *
 * @param code the `code` of the host's error, such as `ENOENT`
 * @returns the name, or undefined where the code is none that WASI knows
 */
export function errnoOfHostCode(code: string): ErrnoName | undefined {
  const name = aliases[code] ?? code;
  return numbers.has(name) && name !== "ESUCCESS" ? name as ErrnoName : undefined;
}

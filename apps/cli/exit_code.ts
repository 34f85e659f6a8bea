/** What the command's exit code means. `skerry run` otherwise gives the guest's own. */
export const exitCode = {
  success: 0,
  /** An operating error: a file, a module, an address. */
  failed: 1,
  /** Wrong usage of the command line. */
  usage: 2,
  /** The host failed (sysexits' EX_SOFTWARE). */
  hostFault: 70,
  /** `serve` wants to be started again (sysexits' EX_TEMPFAIL); the launcher does so. */
  startAgain: 75,
  /** `--timeout` was over, as `timeout(1)` says it. */
  timedOut: 124,
  /** A signal asked for the end: 128 and its number, as a shell says it of any program. */
  signalled: (signalNumber: number) => 128 + signalNumber,
  /** The guest trapped or ran out of its stack: 128 + SIGABRT, as a native program's abort. */
  trapped: 134,
} as const;

/** Being asked to stop. */

/** One Ctrl-C may come twice: from the terminal, and passed on by the launcher. */
const sameRequestMs = 500;

/** Resolves at the first SIGINT or SIGTERM; another one later ends the process at once. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let askedAtMs: number | undefined;
    const onSignal = () => {
      askedAtMs ??= performance.now();
      if (performance.now() - askedAtMs > sameRequestMs) Deno.exit(130);
      resolve();
    };
    Deno.addSignalListener("SIGINT", onSignal);
    Deno.addSignalListener("SIGTERM", onSignal);
  });
}

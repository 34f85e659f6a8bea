/** Being asked to stop. */

/** One Ctrl-C may come twice: from the terminal, and passed on by the launcher. */
const sameRequestMs = 500;

/** The number of each signal that asks a process to end: a shell sees 128 more. */
export const endSignals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Calls `act` at the first of {@link endSignals}. None of them ends the process from then on. */
export function onEndSignal(act: (signalNumber: number) => void): void {
  let heard = false;
  for (const name of Object.keys(endSignals) as (keyof typeof endSignals)[]) {
    Deno.addSignalListener(name, () => {
      if (!heard) act(endSignals[name]);
      heard = true;
    });
  }
}

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

/** Calls `act` at each SIGHUP, by which servers are asked to read their configuration again. */
export function onReload(act: () => void): void {
  Deno.addSignalListener("SIGHUP", act);
}

/**
 * A signal that is aborted with the first of some others, and lets go of them when it is told to.
 *
 * `AbortSignal.any` stays among the dependents of its sources for as long as these live; the ones here live as long as
 * a backend does, and have a dependent for each request.
 */

/** A signal, and how to let go of those that it follows. */
export interface FollowingSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** Follows these signals. */
export function anySignal(...sources: readonly AbortSignal[]): FollowingSignal {
  const controller = new AbortController();
  const follow = () => {
    release();
    controller.abort();
  };
  const release = () => {
    for (const source of sources) source.removeEventListener("abort", follow);
  };
  if (sources.some(({ aborted }) => aborted)) controller.abort();
  else for (const source of sources) source.addEventListener("abort", follow, { once: true });
  return { signal: controller.signal, release };
}

/**
 * The engine's features that TypeScript's library does not describe yet: JS Promise Integration
 * (WebAssembly JSPI proposal) and exceptions (WebAssembly JS API §5.9).
 */

type HostCall = (...args: never[]) => unknown;

interface Engine {
  promising(exported: HostCall): (...args: readonly unknown[]) => Promise<unknown>;
  readonly Suspending: new (imported: HostCall) => WebAssembly.ImportValue;
  readonly Exception: abstract new () => object;
}

const engine = WebAssembly as unknown as Engine;

/** Makes an export suspendable: it answers with a promise. */
export function promising(exported: HostCall): (...args: readonly unknown[]) => Promise<unknown> {
  return engine.promising(exported);
}

/** Makes an import that suspends the guest where it answers with a promise. */
export function suspendingImport(imported: HostCall): WebAssembly.ImportValue {
  return new engine.Suspending(imported);
}

/** Whether what was thrown is an exception of the guest's own. */
export function isGuestException(thrown: unknown): boolean {
  return thrown instanceof engine.Exception;
}

/**
 * The one way to end a guest from inside a host call.
 *
 * A JavaScript exception can be caught by the guest's `catch_all`; a trap cannot. So the host calls a tiny
 * Wasm function that executes `unreachable`, and the trap unwinds through the guest's frames, whichever
 * handlers they have installed (WebAssembly JS API, "traps are not caught by catch_all").
 */

/** `(module (func (export "stop") unreachable))` */
const moduleBytes = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x08, 0x01, 0x04, 0x73, 0x74, 0x6f, 0x70, 0x00, 0x00],
  ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
]);

const { stop } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes)).exports;

/** Ends the guest on whose stack this is called. What the run's outcome is, the lease has recorded before. */
export function stopGuest(): never {
  (stop as () => void)();
  throw new Error("unreachable: the stop function traps");
}

/** How V8 names the module above in stack traces, so that its frame is left out of backtraces. */
export const stopModuleUrl: string | undefined = (() => {
  try {
    return stopGuest();
  } catch (trap) {
    return /\((wasm:\/\/\S+):wasm-function\[0\]/.exec((trap as Error).stack ?? "")?.[1];
  }
})();

/** A job for every runtime: an instance that waits for its host, by JS Promise Integration. */

type HostCall = (...args: never[]) => unknown;

/** The part of the engine that TypeScript's library does not describe yet. */
interface Engine {
  promising(exported: HostCall): () => Promise<unknown>;
  readonly Suspending: new (imported: HostCall) => WebAssembly.ImportValue;
}

/** `(module (import "" "" (func (result i32))) (func (export "f") (result i32) call 0 i32.const 2 i32.mul))` */
const module = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f], // type 0: [] → [i32]
  ...[0x02, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00], // import of type 0
  ...[0x03, 0x02, 0x01, 0x00], // one function of type 0
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x01], // its export
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x10, 0x00, 0x41, 0x02, 0x6c, 0x0b],
);

/** Gives 42, half of which comes from a promise. */
export async function run(): Promise<unknown> {
  const engine = WebAssembly as unknown as Engine;
  const half = new engine.Suspending(() => new Promise((resolve) => setTimeout(resolve, 1, 21)));
  const { instance } = await WebAssembly.instantiate(module, { "": { "": half } });
  return await engine.promising(instance.exports["f"] as HostCall)();
}

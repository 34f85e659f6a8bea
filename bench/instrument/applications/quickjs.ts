/**
 * QuickJS, which evaluates a script once and then calls its function in each round.
 *
 * The engine's own interface is used, without the package's wrapper: that one makes instances itself. Values
 * are boxes in the engine's heap, known by their addresses.
 */

import { encodeUtf8 } from "@skerry/base";
import type { LoadedProgram, MakeInstance, Rounds } from "../program.ts";
import { stillWasi } from "../still_wasi.ts";
import { readModule, readScript } from "./files.ts";

/** What is used of the engine's exports. */
interface Engine {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  qjs_init(): void;
  wasm_malloc(bytes: number): number;
  qjs_eval(code: number, length: number, fileName: number, flags: number): number;
  qjs_get_undefined(): number;
  qjs_call(callee: number, self: number, count: number, args: number): number;
  qjs_is_exception(box: number): number;
  qjs_get_float64(box: number): number;
  qjs_free_value(box: number): void;
}

/** The engine's callbacks; the script wants none of them. */
const hostCallbacks = {
  host_call: () => 0,
  host_get_timezone_offset: () => 0,
  host_interrupt: () => 0,
  host_module_load: () => 0,
  host_module_normalize: () => 0,
  host_promise_rejection: () => {},
};

/** The engine with quickjs.js. */
export function loadQuickJs(): LoadedProgram {
  const script = readScript("quickjs.js");
  return {
    bytes: readModule("quickjs-wasi/quickjs.wasm"),
    prepare: (makeInstance) => prepare(makeInstance, script),
  };
}

function prepare(makeInstance: MakeInstance, script: string): Rounds {
  const wasi = stillWasi();
  const instance = makeInstance({ ...wasi.imports, env: hostCallbacks });
  wasi.attach(instance);
  const engine = instance.exports as unknown as Engine;
  engine._initialize();
  engine.qjs_init();
  const [code, length] = putText(engine, script);
  const [fileName] = putText(engine, "quickjs.js");
  const round = checked(engine, engine.qjs_eval(code, length, fileName, 0));
  const self = engine.qjs_get_undefined();
  return {
    round() {
      const box = checked(engine, engine.qjs_call(round, self, 0, 0));
      const checksum = engine.qjs_get_float64(box);
      engine.qjs_free_value(box);
      return checksum;
    },
  };
}

function checked(engine: Engine, box: number): number {
  if (engine.qjs_is_exception(box) !== 0) throw new Error("the script threw an exception");
  return box;
}

/** A text on the engine's heap, with a NUL after it: its address and length. */
function putText(engine: Engine, text: string): [address: number, length: number] {
  const bytes = encodeUtf8(`${text}\0`);
  const address = engine.wasm_malloc(bytes.length);
  new Uint8Array(engine.memory.buffer).set(bytes, address);
  return [address, bytes.length - 1];
}

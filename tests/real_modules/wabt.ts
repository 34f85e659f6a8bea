/** wabt by Emscripten: assembles text, with its module inside its JavaScript. */

import loadWabt from "wabt";
import { withEngineHook } from "./engine_hook.ts";
import type { RealProgram } from "./real_program.ts";

const text = `(module
  (type $callback (func (param i32) (result i32)))
  (memory (export "memory") 1 4)
  (table 2 funcref)
  (elem (i32.const 0) $double $square)
  (func $double (type $callback) (i32.shl (local.get 0) (i32.const 1)))
  (func $square (type $callback) (i32.mul (local.get 0) (local.get 0)))
  (func (export "apply") (param $which i32) (param $value i32) (result i32)
    (i32.store (i32.const 16) (local.get $value))
    (call_indirect (type $callback) (i32.load (i32.const 16)) (local.get $which)))
  (data (i32.const 16) "\\01\\02\\03"))`;

/** Assembles a module, and prints it again. */
export const wabt: RealProgram = {
  name: "wabt assembles and prints a module",
  output:
    `0061736d01000000010c0260017f017f60027f7f017f030403000001040401700002050401010104071202066d656d6f72790200056170706c7900020908010041000b0200010a2503070020004101740b0700200020006c0b130041102001360200411028020020001100000b0b09010041100b03010203
(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i32 i32) (result i32)))
  (func (;0;) (type 0) (param i32) (result i32)
    (i32.shl
      (local.get 0)
      (i32.const 1)))
  (func (;1;) (type 0) (param i32) (result i32)
    (i32.mul
      (local.get 0)
      (local.get 0)))
  (func (;2;) (type 1) (param i32 i32) (result i32)
    (i32.store
      (i32.const 16)
      (local.get 1))
    (call_indirect (type 0)
      (i32.load
        (i32.const 16))
      (local.get 0)))
  (table (;0;) 2 funcref)
  (memory (;0;) 1 4)
  (export "memory" (memory 0))
  (export "apply" (func 2))
  (elem (;0;) (i32.const 0) func 0 1)
  (data (;0;) (i32.const 16) "\\01\\02\\03"))
`,
  async run(instantiate) {
    const library = await withEngineHook(instantiate, () => loadWabt());
    const module = library.parseWat("apply.wat", text);
    try {
      module.validate();
      const { buffer } = module.toBinary({});
      const again = library.readWasm(buffer, { readDebugNames: false });
      try {
        again.applyNames();
        return `${buffer.toHex()}\n${again.toText({ foldExprs: true })}`;
      } finally {
        again.destroy();
      }
    } finally {
      module.destroy();
    }
  },
};

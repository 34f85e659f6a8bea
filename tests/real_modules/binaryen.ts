/** Binaryen by Emscripten: optimises a module, with its own module inside its JavaScript. */

import { withEngineHook } from "./engine_hook.ts";
import { freshModule } from "./fresh_package.ts";
import type { RealProgram } from "./real_program.ts";

const text = `(module
  (func $power (param $base i32) (param $exponent i32) (result i32)
    (local $result i32)
    (local.set $result (i32.const 1))
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $exponent)))
        (local.set $result (i32.mul (local.get $result) (local.get $base)))
        (local.set $exponent (i32.sub (local.get $exponent) (i32.const 1)))
        (br $again)))
    (local.get $result))
  (func $unused (result i32) (i32.const 7))
  (func (export "main") (result i32)
    (i32.add (i32.mul (i32.const 6) (i32.const 7)) (call $power (i32.const 2) (i32.const 10)))))`;

type Binaryen = typeof import("binaryen").default;

/** Optimises a module and prints it. */
export const binaryen: RealProgram = {
  name: "Binaryen optimises a module",
  output: `(module
 (type $0 (func (result i32)))
 (export "main" (func $0))
 (func $0 (result i32)
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (i32.const 10)
  )
  (local.set $1
   (i32.const 1)
  )
  (loop $again
   (if
    (local.get $0)
    (then
     (local.set $1
      (i32.shl
       (local.get $1)
       (i32.const 1)
      )
     )
     (local.set $0
      (i32.sub
       (local.get $0)
       (i32.const 1)
      )
     )
     (br $again)
    )
   )
  )
  (i32.add
   (local.get $1)
   (i32.const 42)
  )
 )
)
`,
  async run(instantiate) {
    // The package instantiates its module while it is imported.
    const { default: library } = await withEngineHook(
      instantiate,
      () => freshModule<{ default: Binaryen }>("binaryen/index.js"),
    );
    const module = library.parseText(text);
    try {
      library.setOptimizeLevel(3);
      library.setShrinkLevel(1);
      module.optimize();
      if (!module.validate()) throw new Error("Binaryen made a module that is not valid");
      return module.emitText();
    } finally {
      module.dispose();
    }
  },
};

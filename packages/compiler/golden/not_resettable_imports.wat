;; What is shared with others cannot be put back.
(module
  (import "m" "memory" (memory 1))
  (import "m" "table" (table 1 funcref))
  (import "m" "global" (global (mut i32)))
  (func $f (param $p i32) (i32.store (local.get $p) (i32.const 1))))

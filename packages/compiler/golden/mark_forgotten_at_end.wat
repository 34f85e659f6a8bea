;; What was learnt in a block is forgotten at its `else` and `end`; what was known before it is not.
(module
  (memory 3)
  (func $f (param $p i32) (param $q i32)
    (i32.store (local.get $q) (i32.const 0))
    (if (local.get $p)
      (then (i32.store (local.get $p) (i32.const 1)) (i32.store (local.get $q) (i32.const 1)))
      (else (i32.store (local.get $p) (i32.const 2)) (i32.store (local.get $q) (i32.const 2))))
    (i32.store (local.get $p) (i32.const 3))
    (i32.store (local.get $q) (i32.const 3))))

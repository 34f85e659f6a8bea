;; One mark covers all stores to the same base, as far as the slack goes.
(module
  (memory 3)
  (func $f (param $p i32)
    (i32.store (local.get $p) (i32.const 1))
    (i64.store offset=4 (local.get $p) (i64.const 2))
    (i32.store8 offset=1023 (local.get $p) (i32.const 3))))

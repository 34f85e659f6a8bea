;; A constant that was added is a displacement from a base: what is near enough above the marked address
;; needs no mark.
(module
  (memory 3)
  (func $f (param $p i32) (local $q i32)
    (i32.store (local.get $p) (i32.const 1))
    (local.set $q (i32.add (local.get $p) (i32.const 16)))
    (i32.store (local.get $q) (i32.const 2))
    (i32.store (i32.add (local.get $p) (i32.const 2000)) (i32.const 3))
    (i32.store (i32.sub (local.get $p) (i32.const 4)) (i32.const 4))))

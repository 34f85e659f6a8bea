;; With "always", a small memory has a barrier too.
;; passes: {"dirty": "always"}
(module
  (memory 1)
  (func $f (param $p i32) (i32.store (local.get $p) (i32.const 1))))

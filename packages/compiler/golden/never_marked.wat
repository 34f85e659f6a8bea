;; With "never", a large memory has none and is restored whole.
;; passes: {"dirty": "never"}
(module
  (memory 100)
  (func $f (param $p i32) (i32.store (local.get $p) (i32.const 1))))

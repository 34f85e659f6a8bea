;; Code without loops has no stores that are worth restoring a whole memory for, however small it is.
;; shows: memory
(module
  (memory 2 4)
  (func $f (param $p i32) (i32.store (local.get $p) (i32.const 1))))

;; Another thread may write whenever it likes.
(module
  (memory 3 4 shared)
  (func $f (param $p i32) (i32.store (local.get $p) (i32.const 1))))

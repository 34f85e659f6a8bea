;; The page of a constant address is known.
(module
  (memory 3)
  (func $f
    (i32.store (i32.const 8192) (i32.const 1))
    (i32.store offset=8 (i32.const 8192) (i32.const 2))
    (i32.store offset=4100 (i32.const 8192) (i32.const 3))))

;; The mark stands after the store, which has shown by then that the address is in bounds.
(module
  (memory 3)
  (func $f (param $p i32)
    (i32.store offset=8 (local.get $p) (i32.const 1))))

;; An offset beyond the slack is added to the address that is marked.
(module
  (memory 3)
  (func $f (param $p i32)
    (i32.store offset=1020 (local.get $p) (i32.const 1)))
  (func $g (param $p i32)
    (i32.store offset=1021 (local.get $p) (i32.const 1)))
  (func $h (param $p i32)
    (i32.store offset=5000 (local.get $p) (i32.const 1))
    (i32.store offset=5020 (local.get $p) (i32.const 2))))

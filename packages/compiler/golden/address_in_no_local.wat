;; An address that is in no local is parked in one of ours, with the value above it.
(module
  (memory 3)
  (func $f (param $p i32)
    (i32.store (i32.load (local.get $p)) (i32.const 1))
    (f64.store (i32.load (local.get $p)) (f64.const 2))))

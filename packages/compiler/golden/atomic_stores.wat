;; Atomic stores, read-modify-writes and compare-exchanges.
(module
  (memory 3)
  (func $f (param $p i32) (param $q i32)
    (i32.atomic.store (local.get $p) (i32.const 1))
    (drop (i64.atomic.rmw16.add_u (local.get $q) (i64.const 2)))
    (drop (i32.atomic.rmw.cmpxchg (i32.load (local.get $p)) (i32.const 3) (i32.const 4)))))

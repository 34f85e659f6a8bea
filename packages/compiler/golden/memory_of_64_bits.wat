;; A memory with 64-bit addresses.
(module
  (memory i64 3)
  (func $f (param $p i64)
    (i32.store (local.get $p) (i32.const 1))
    (i32.store offset=0x100000000 (local.get $p) (i32.const 2))
    (i32.store (i64.load (local.get $p)) (i32.const 3))
    (loop $again
      (i32.store (local.get $p) (i32.const 4))
      (local.set $p (i64.add (local.get $p) (i64.const 4)))
      (br $again))))

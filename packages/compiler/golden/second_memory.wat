;; Each memory has a map of its own in the side memory; one of up to two pages is restored whole, as there is a loop.
;; shows: memory
(module
  (memory $a 3)
  (memory $b 4)
  (memory $c 1)
  (func $f (param $p i32)
    (i32.store $a (local.get $p) (i32.const 1))
    (i32.store $b (local.get $p) (i32.const 1))
    (i32.store $c (local.get $p) (i32.const 1))
    (loop)))

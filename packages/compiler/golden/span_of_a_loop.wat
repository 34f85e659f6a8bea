;; What a loop stores at a stride that no constant tells is marked before it, from its first address to its bound.
;; The second loop assigns its bound, and the third has a stride that copies of its body share a mark for.
(module
  (memory 3)
  (func $f (param $p i32) (param $end i32) (param $stride i32)
    (loop $again
      (i32.store8 (i32.add (local.get $p) (i32.const 5000)) (i32.const 1))
      (br_if $again
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (local.get $stride))) (local.get $end)))))
  (func $g (param $p i32) (param $end i32) (param $stride i32)
    (loop $again
      (i32.store (local.get $p) (i32.const 1))
      (local.set $end (i32.load (local.get $end)))
      (br_if $again
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (local.get $stride))) (local.get $end)))))
  (func $h (param $p i32) (param $end i32)
    (loop $again
      (i32.store (local.get $p) (i32.const 1))
      (br_if $again
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))))

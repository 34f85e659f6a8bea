;; Each loop has a check of its own. The instructions of the inner loop do not weigh on the outer one.
(module
  (func $count (param $n i32) (local $m i32)
    (loop $outer
      (local.set $m (i32.const 9))
      (loop $inner
        (br_if $inner (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
      (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

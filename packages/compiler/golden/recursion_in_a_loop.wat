;; A loop with a call that has to be paid for begins with a charge, whose weight has the call in it.
(module
  (func $f (param $n i32)
    (loop $again
      (call $f (i32.const 0))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

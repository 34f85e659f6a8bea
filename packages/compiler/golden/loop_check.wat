;; A small loop is written several times, and pays where it turns for the longest way through it: here each time
;; through the `else`.
(module
  (func $count (param $n i32)
    (loop $again
      (if (local.get $n)
        (then (nop))
        (else (nop) (nop) (nop) (nop)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

;; A loop that turns by a br_table is written twice, with the loop in it, and pays at its start for both.
(module
  (func $f (param $n i32)
    (loop $again
      (block $done
        (block $step
          (br_table $step $again $done (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (loop $inner
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop)
          (br_if $inner (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (br $again)))))

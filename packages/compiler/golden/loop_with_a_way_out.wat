;; Labels beyond a loop whose copies are in blocks are more than they were, those of a br_table too.
(module
  (func $f (param $n i32)
    (block $out
      (block $far
        (loop $again
          (nop) (nop) (nop) (nop) (nop) (nop)
          (br_if $out (local.get $n))
          (block $near
            (br_table $near $far $again $out (local.get $n)))
          (br_if $again (local.get $n)))
        (return))
      (nop))))

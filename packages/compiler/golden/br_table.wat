;; Each label of a br_table is reached with what the way to it has cost.
(module
  (func $f (param $n i32)
    (loop $again
      (block $far
        (block $near
          (br_table $near $far $again (local.get $n)))
        (nop) (nop) (nop))
      (br $again))))

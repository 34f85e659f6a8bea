;; A loop that turns in two places and gives a result: its copies are in blocks, which the branches to its start leave.
(module
  (func $f (param $n i32) (result i32)
    (loop $again (result i32)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (i32.and (local.get $n) (i32.const 1)))
      (br_if $again (i32.and (local.get $n) (i32.const 2)))
      (local.get $n))))

;; With many calls in a circle, a function pays for them at one place: the last that all ways to them pass, behind its
;; first way out. Who calls it pays nothing.
(module
  (func $many (param $n i32)
    (block $out
      (br_if $out (i32.eqz (local.get $n)))
      (if (i32.and (local.get $n) (i32.const 1))
        (then (call $one (i32.const 1)) (call $one (i32.const 2)))
        (else (call $one (i32.const 3)) (call $one (i32.const 4))))
      (call $one (i32.const 5)))
    (nop))
  (func $one (param $n i32)
    (call $many (local.get $n))))

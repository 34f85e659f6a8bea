;; A loop that assigns a local makes it another one at its start; a local that it leaves alone keeps its mark.
(module
  (memory 3)
  (func $f (param $p i32) (param $q i32)
    (i32.store (local.get $p) (i32.const 1))
    (i32.store (local.get $q) (i32.const 1))
    (loop $again
      (i32.store (local.get $p) (i32.const 2))
      (i32.store (local.get $q) (i32.const 2))
      (local.set $p (i32.load (local.get $p)))
      (br_if $again (local.get $p)))))

;; In a loop, an address that stands still or goes on in steps is marked only when it leaves the page that
;; was marked last. One that jumps is marked each time.
(module
  (memory 3)
  (func $steps (param $p i32)
    (loop $again
      (i32.store (local.get $p) (i32.const 1))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br $again)))
  (func $jumps (param $p i32)
    (loop $again
      (i32.store (local.get $p) (i32.const 1))
      (local.set $p (i32.load (local.get $p)))
      (br $again))))

;; After an assignment a local has another value; a copy of it still has the one that is marked.
(module
  (memory 3)
  (func $f (param $p i32) (local $copy i32)
    (local.set $copy (local.get $p))
    (i32.store (local.get $p) (i32.const 1))
    (local.set $p (i32.load (local.get $p)))
    (i32.store (local.get $p) (i32.const 2))
    (i32.store (local.get $copy) (i32.const 3))))

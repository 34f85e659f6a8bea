;; A table that guest code changes has a copy of its beginning, and a flag which says that it was changed.
;; shows: table, global
(module
  (table $t 2 9 funcref)
  (table $unchanged 1 funcref)
  (elem $e func $f)
  (func $f (param $n i32)
    (table.set $t (local.get $n) (ref.null func))
    (drop (table.grow $t (ref.null func) (local.get $n)))
    (table.fill $t (i32.const 0) (ref.null func) (local.get $n))
    (table.copy $t $unchanged (i32.const 0) (i32.const 0) (local.get $n))
    (table.init $t $e (i32.const 0) (i32.const 0) (local.get $n))
    (drop (table.size $t))
    (drop (table.get $unchanged (i32.const 0)))))

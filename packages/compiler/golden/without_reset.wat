;; Without the reset pass there are no marks and no flags, and active segments stay what they are.
;; passes: {"reset": false}
;; shows: export, data
(module
  (memory 3)
  (table $t 1 funcref)
  (data $d (i32.const 8) "abc")
  (func $f (param $p i32)
    (loop $again
      (i32.store (local.get $p) (i32.const 1))
      (memory.fill (local.get $p) (i32.const 0) (i32.const 9))
      (table.set $t (i32.const 0) (ref.null func))
      (drop (memory.grow (i32.const 1)))
      (data.drop $d)
      (br $again))))

;; Bulk operations are called, so that they are cut into pieces, paid for and marked.
(module
  (memory $a 3)
  (memory $b 3)
  (data $d "abc")
  (func $f (param $p i32) (param $n i32)
    (memory.fill $a (local.get $p) (i32.const 0) (local.get $n))
    (memory.copy $a $a (local.get $p) (i32.const 0) (local.get $n))
    (memory.copy $a $b (local.get $p) (i32.const 0) (local.get $n))
    (memory.init $a $d (local.get $p) (i32.const 0) (local.get $n))))

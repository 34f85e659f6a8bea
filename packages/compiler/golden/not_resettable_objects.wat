;; Objects of the engine's heap that guest code can change, made once for all runs.
(module
  (type $a (array (mut i8)))
  (global $g (ref $a) (array.new_default $a (i32.const 3)))
  (table $t 1 (ref null $a) (array.new_default $a (i32.const 3)))
  (elem $e (ref null $a) (item (array.new_default $a (i32.const 3))))
  (func $f (drop (global.get $g))))

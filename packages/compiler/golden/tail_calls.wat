;; A circle of tail calls is a loop: it pays like any other recursion.
(module
  (type $t (func))
  (table $table 1 funcref)
  (func $a (return_call $b))
  (func $b (return_call $a))
  (func $through_table (return_call_indirect $table (type $t) (i32.const 0)))
  (func $through_reference (param (ref $t)) (return_call_ref $t (local.get 0))))

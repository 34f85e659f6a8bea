;; Nobody knows what a table or a reference leads to, so a call through either is paid for.
(module
  (type $t (func))
  (table $table 1 funcref)
  (func $table_call (call_indirect $table (type $t) (i32.const 0)))
  (func $reference_call (param (ref $t)) (call_ref $t (local.get 0)))
  (func $paid_once (param (ref $t))
    (call_ref $t (local.get 0))
    (call_ref $t (local.get 0))))

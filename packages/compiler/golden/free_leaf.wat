;; A short function without loops or calls is free: its callers pay for it. Two calls of $leaf cost $caller
;; what they take, which is little enough that $caller is free too.
(module
  (func $leaf (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func $caller (param i32) (result i32) (call $leaf (call $leaf (local.get 0)))))

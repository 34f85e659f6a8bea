;; At a handler the way has cost at most what was spent in the body; whether it is paid is what it was
;; where the `try_table` began, so the call after the handler needs a charge of its own.
(module
  (tag $e)
  (func $f
    (block $h
      (try_table (catch $e $h) (call_indirect (i32.const 0)) (nop) (nop)))
    (call $f))
  (table 1 funcref))

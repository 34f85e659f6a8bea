;; memories: not reset
;; not resettable: it has a shared memory
(func $f (;0;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store
)

;; memories: barrier
(func $f (;0;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i64.const 2
  i64.store offset=4
  local.get $p
  i32.const 3
  i32.store8 offset=1023
)

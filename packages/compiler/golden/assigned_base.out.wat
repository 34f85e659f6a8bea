;; memories: barrier
(func $f (;0;) (type 0) (param $p i32)
  (local $copy i32)
  local.get $p
  local.set $copy
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.load
  local.set $p
  local.get $p
  i32.const 2
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $copy
  i32.const 3
  i32.store
)

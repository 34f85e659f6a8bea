;; memories: barrier
(func $f (;0;) (type 0) (param $p i32)
  (local i32 i32 f64)
  local.get $p
  i32.load
  i32.const 1
  local.set 2
  local.tee 1
  local.get 2
  i32.store
  local.get 1
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.load
  f64.const 0x1p+1 (;=2;)
  local.set 3
  local.tee 1
  local.get 3
  f64.store
  local.get 1
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)

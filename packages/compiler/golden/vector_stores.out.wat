;; memories: barrier
(func $f (;0;) (type 0) (param $p i32) (param $q i32) (param $v v128)
  (local i32 v128)
  local.get $p
  local.get $v
  v128.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $q
  local.get $v
  v128.store64_lane 1
  local.get $q
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.load
  local.get $v
  local.set 4
  local.tee 3
  local.get 4
  v128.store8_lane 15
  local.get 3
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)

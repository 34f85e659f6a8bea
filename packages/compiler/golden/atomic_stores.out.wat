;; memories: barrier
(func $f (;0;) (type 0) (param $p i32) (param $q i32)
  (local i32 i32 i32)
  local.get $p
  i32.const 1
  i32.atomic.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $q
  i64.const 2
  i64.atomic.rmw16.add_u
  local.get $q
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  drop
  local.get $p
  i32.load
  i32.const 3
  i32.const 4
  local.set 4
  local.set 3
  local.tee 2
  local.get 3
  local.get 4
  i32.atomic.rmw.cmpxchg
  local.get 2
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  drop
)

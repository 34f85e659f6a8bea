;; memories: barrier
(func $f (;0;) (type 0) (param $p i32)
  (local $q i32)
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.const 16
  i32.add
  local.set $q
  local.get $q
  i32.const 2
  i32.store
  local.get $p
  i32.const 2000
  i32.add
  i32.const 3
  i32.store
  local.get $p
  i32.const 2000
  i32.add
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.const 4
  i32.sub
  i32.const 4
  i32.store
  local.get $p
  i32.const -4
  i32.add
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)

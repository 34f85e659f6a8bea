;; memories: barrier
(func $f (;0;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store offset=1020
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)
(func $g (;1;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store offset=1021
  local.get $p
  i32.const 1021
  i32.add
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)
(func $h (;2;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store offset=5000
  local.get $p
  i32.const 5000
  i32.add
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.const 2
  i32.store offset=5020
)
